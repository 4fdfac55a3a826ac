package snntest

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
)

// Rest checks that the state a model starts from is a point of rest: steps without input leave it as it is. shape is one
// sample's input of one step.
func Rest(fresh func() snn.Module, shape ...int) error {
	err := guarded(func() error {
		m, zero := fresh(), tensor.Zeros(shape...)
		_, first := m.Forward(zero, nil)
		_, s := m.Forward(zero, first)
		for t := range steps {
			now := snn.States(s)
			for i, v := range snn.States(first) {
				if err := same(v.Name, now[i].Value, v.Value); err != nil {
					return fmt.Errorf("step %d without input: %w", t+1, err)
				}
			}
			_, s = m.Forward(zero, s)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("snntest: rest: %w", err)
	}
	return nil
}

// Rates checks a spiking model's f–I curve: with a constant input of each of the currents, in so many steps, a neuron spikes
// as often as the closed form says, up to one spike. want is the spikes per step for a current.
func Rates(fresh func() snn.Module, count int, want func(current float64) float64, currents ...float64) error {
	var all []error
	for _, current := range currents {
		err := guarded(func() error {
			spikes, _ := snn.Lift(fresh()).Forward(tensor.Full(current, count, 1), nil)
			got, expected := float64(spikes.Sum().Item()), want(current)*float64(count)
			if !(math.Abs(got-expected) <= 1) {
				return fmt.Errorf("%v spikes in %d steps, want %.1f", got, count, expected)
			}
			return nil
		})
		if err != nil {
			all = append(all, fmt.Errorf("snntest: rates: current %v: %w", current, err))
		}
	}
	return errors.Join(all...)
}

// Options checks that a constructor refuses an option that it does not know, in one line that lists those it does.
func Options(construct func(opts ...snn.Option) snn.Module, known ...string) error {
	const odd = "no_such_option"
	err := guarded(func() error {
		construct(snn.NewOption(odd, 1))
		return nil
	})
	if err == nil {
		return fmt.Errorf("snntest: options: an unknown one was taken")
	}
	text := err.Error()
	for _, name := range append([]string{odd}, known...) {
		if !strings.Contains(text, name) {
			return fmt.Errorf("snntest: options: %s is not in the message %q", name, text)
		}
	}
	if strings.Contains(text, "\n") {
		return fmt.Errorf("snntest: options: the message has more than one line: %q", text)
	}
	return nil
}
