package snntest

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/surrogate"
	"github.com/livespike/livespike/snn/tensor"
)

// TestSurrogates checks what must hold for every registered method, whatever its slope.
func TestSurrogates(t *testing.T) {
	for _, name := range surrogate.Methods() {
		if err := Surrogate(surrogate.ByName(name)); err != nil {
			t.Error(err)
		}
	}
}

// TestSurrogateFaults: each rule finds what breaks it.
func TestSurrogateFaults(t *testing.T) {
	for text, grad := range map[string]func(x, g, alpha float32) float32{
		"at -100 is NaN: the gradient must be finite": func(x, g, _ float32) float32 { return g * float32(math.Sqrt(float64(x))) },
		"must not be negative":                        func(x, g, _ float32) float32 { return g * (1 - x*x) },
		"the maximum must be at the threshold":        func(x, g, _ float32) float32 { return g / (1 + (x-1)*(x-1)) },
		"must be linear":                              func(x, g, _ float32) float32 { return g * g / (1 + x*x) },
	} {
		if err := Surrogate(surrogate.New("own", 1, grad)); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%v, want %q", err, text)
		}
	}
}

// TestOwnSurrogate: SuperSpike written anew passes, and gives the gradients of the one that there is.
func TestOwnSurrogate(t *testing.T) {
	own := surrogate.New("mine", 10, func(x, g, alpha float32) float32 {
		d := float32(alpha*float32(math.Abs(float64(x)))) + 1
		return g / float32(d*d)
	})
	if err := Surrogate(own); err != nil {
		t.Error(err)
	}
	tensor.Seed(3)
	x := tensor.Rand(30, 5)
	var grads []*tensor.Tensor
	for _, f := range []surrogate.Function{own, surrogate.SuperSpike(10)} {
		in := x.Clone().SetRequiresGrad(true)
		y, _ := snn.LIF(snn.Surrogate(f)).Forward(in, nil)
		y.Sum().Backward()
		grads = append(grads, in.Grad())
	}
	if !grads[0].Equal(grads[1]) {
		t.Errorf("%v\n%v", grads[0], grads[1])
	}
	if text := fmt.Sprint(own); text != "mine(10)" {
		t.Error(text)
	}
}
