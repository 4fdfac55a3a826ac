package snn

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/livespike/livespike/internal/interrupt"
	"github.com/livespike/livespike/snn/tensor"
)

// TestSharedModules: one module used by several goroutines, on inputs of different shapes, gives what it gives alone.
func TestSharedModules(t *testing.T) {
	tensor.Seed(37)
	for _, m := range []Module{
		LIF(TauMemInv(tensor.Of(80, 100, 120))),
		LIFRecurrent(3, 3, VTh(tensor.Of(0.5, 1, 1.5))),
		LIFMC(3),
		Sequential(LIF(), Linear(3, 3), LI(Delayed())),
	} {
		inputs := make([]*tensor.Tensor, 4)
		want := make([]*tensor.Tensor, 4)
		for k := range inputs {
			inputs[k] = tensor.Rand(50, k+1, 3).Mul(4)
			want[k], _ = m.Forward(inputs[k], nil)
		}
		got := make([]*tensor.Tensor, 4)
		var group sync.WaitGroup
		for k := range inputs {
			group.Go(func() {
				for range 5 {
					got[k], _ = m.Forward(inputs[k], nil)
				}
			})
		}
		group.Wait()
		for k := range got {
			sameBits(t, "shared", got[k], want[k])
		}
	}
}

// TestInterrupt: long runs stop when the running cell is interrupted, with the context's error.
func TestInterrupt(t *testing.T) {
	x := tensor.Zeros(200, 100, 100)
	for _, m := range []Module{
		LIF(), LIFRecurrent(100, 100), Conv2d(1, 1, 3), MaxPool2d(2), Linear(100, 100), Sequential(Relu(), LIFRefrac()),
	} {
		in := x
		if _, ok := m.(*Conv); ok {
			in = x.Unsqueeze(1)
		}
		m.Forward(in, nil) // runs while the cell does
		func() {
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			defer interrupt.Set(ctx)()
			defer func() {
				err, ok := recover().(error)
				if !ok || !errors.Is(err, context.Canceled) {
					t.Errorf("%T went on, or stopped with %v", m, err)
				}
			}()
			m.Forward(in, nil)
		}()
	}
}
