package snn

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

// TestForwardSparse: a list of what is not zero gives the bits, and the states, that the dense input gives, in every module
// that takes one and in those that do not, in several calls, on one processor and on two, with packed spikes and without.
func TestForwardSparse(t *testing.T) {
	defer func(n int) { runtime.GOMAXPROCS(n); packing = true }(runtime.GOMAXPROCS(0))
	tensor.Seed(3)
	edges := func() Module { return Sequential(LIFRefracCell(), Conv2d(1, 2, 9, Dilation(3), Padding(12))) }
	for _, c := range []struct {
		m     Module
		shape []int
	}{
		{Conv2d(1, 2, 9), []int{1, 1, 70, 90}},
		{Conv2d(2, 4, 3, Stride(2), Groups(2)), []int{3, 2, 31, 33}},
		{Conv2d(1, 3, 5, Padding("same")), []int{61, 77}},
		{Linear(301, 70), []int{301}},
		{Linear(1504, 30), []int{20, 1504}},
		{LIFRefracCell(), []int{50, 64}},
		{LIFCell(Delayed()), []int{7, 9}},
		{LICell(), []int{11}},
		{IAFCell(), []int{5000}},
		{IzhikevichCell(), []int{50}},
		{LIF(), []int{5, 64}},
		{edges(), []int{1, 1, 64, 80}},
		{edges(), []int{1, 1, 63, 81}},
		{Sequential(LIFCell(), Linear(64, 8), LIFRefracCell(), Linear(8, 3)), []int{4, 64}},
		{Sequential(Flatten(0), Linear(64*9, 8), LIFCell()), []int{9, 64}},
		{Sequential(Sequential(Conv2d(1, 8, 3), LIFCell()), Conv2d(8, 1, 3)), []int{1, 1, 20, 34}},
		{Sequential(LIF(), Lift(Conv2d(1, 2, 3))), []int{4, 1, 1, 20, 34}},
	} {
		for _, share := range []float64{0, 0.01, 0.2, 1} {
			for _, packing = range []bool{false, true} {
				for _, n := range []int{1, 2} {
					runtime.GOMAXPROCS(n)
					what := fmt.Sprintf("%v of %v, share %v, packing %v, %d processors", c.m, c.shape, share, packing, n)
					var s, dense, into *State
					for call := range 3 {
						x := tensor.Bernoulli(share, c.shape...).Mul(30)
						list := x.ToSparse()
						var y, want *tensor.Tensor
						y, s = ForwardSparse(c.m, list, s)
						want, dense = c.m.Forward(x, dense)
						sameBits(t, fmt.Sprintf("%s, call %d", what, call), y, want)
						if s.String() != dense.String() {
							t.Fatalf("%s, call %d: state\n%v\nwant\n%v", what, call, s, dense)
						}
						if a, ok := c.m.(lister); ok && a.takesList(c.shape) {
							dst := tensor.Ones(y.Shape()...)
							into = ForwardSparseInto(c.m, dst, list, into)
							sameBits(t, what+", into", dst, want)
						}
					}
				}
			}
		}
	}
}

// TestForwardSparseAllocatesNothing in steady state.
func TestForwardSparseAllocatesNothing(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, n := range []int{1, 2} {
		runtime.GOMAXPROCS(n)
		m := Sequential(LIFRefracCell(), Conv2d(1, 2, 9))
		x := tensor.Bernoulli(0.02, 1, 1, 120, 160).ToSparse()
		y := tensor.Zeros(m.OutputShape(x.Shape()...)...)
		s := ForwardSparseInto(m, y, x, nil)
		if got := testing.AllocsPerRun(20, func() { ForwardSparseInto(m, y, x, s) }); got >= 1 {
			t.Errorf("%v allocations with %d processors", got, n)
		}
	}
}

// TestForwardSparseGradients: what records gets the dense input, and its gradients.
func TestForwardSparseGradients(t *testing.T) {
	x := tensor.Bernoulli(0.1, 6, 50).ToSparse()
	grad := func(run func(m Module) *tensor.Tensor) *tensor.Tensor {
		tensor.Seed(5)
		m := Linear(50, 4)
		Train(m)
		y := run(m)
		y.Mul(y).Sum().Backward()
		return m.Weight().Grad()
	}
	got := grad(func(m Module) *tensor.Tensor { y, _ := ForwardSparse(m, x, nil); return y })
	want := grad(func(m Module) *tensor.Tensor { y, _ := m.Forward(x.ToDense(), nil); return y })
	sameBits(t, "the weight's gradient", got, want)
}

// TestPackedConv: spikes that go into a convolution as bits give what they give as numbers.
func TestPackedConv(t *testing.T) {
	defer func() { packing = true }()
	tensor.Seed(7)
	for _, m := range []*Chain{
		Sequential(LIFRefracCell(), Conv2d(1, 2, 9, Dilation(3), Padding(12))),
		Sequential(LIFCell(), Conv2d(2, 6, 3, Stride(2), Groups(2))),
		Sequential(LIF(), Conv2d(2, 3, 5)),
		Sequential(LIF(), Flatten(2), Linear(2*24*33, 5)),
	} {
		for _, gain := range []float64{0, 2, 30} {
			x := tensor.Rand(6, 2, 2, 24, 33).Mul(gain)
			if m.At(1).(applier).label() == "Conv2d(1, 2, 9)" {
				x = tensor.Rand(1, 1, 64, 81).Mul(gain)
			}
			run := func(pack bool) (y, v *tensor.Tensor) {
				packing = pack
				var s *State
				y = tensor.Zeros(m.OutputShape(x.Shape()...)...)
				for range 4 {
					s = m.ForwardInto(y, x, s)
				}
				if on := s.work.packs[0]; on != (pack && packer(m.modules[0]).fast.Bits != nil) {
					t.Fatalf("%v: packed is %v", m, on)
				}
				return y, s.At(0).V()
			}
			y, v := run(true)
			want, wantV := run(false)
			sameBits(t, fmt.Sprintf("%v, gain %v", m, gain), y, want)
			sameBits(t, "v", v, wantV)
		}
	}
}
