package snn

import (
	"fmt"
	"slices"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

// every is from, from+step, … up to to.
func every(from, step, to int) []int {
	var list []int
	for k := from; k <= to; k += step {
		list = append(list, k)
	}
	return list
}

// spikeTimes is the steps at which the first neuron spikes.
func spikeTimes(z *tensor.Tensor) []int {
	var list []int
	n := len(z.Data()) / z.Shape()[0]
	for k := range z.Shape()[0] {
		if z.Data()[k*n] == 1 {
			list = append(list, k)
		}
	}
	return list
}

// TestTalkSpikeTimes: the spike times on a constant input of 1 over 100 steps, as Norse 065a3b45 prints them today and
// as Norse 0.0.7 printed them on the talk's slides, cell and layer.
func TestTalkSpikeTimes(t *testing.T) {
	x := tensor.Ones(100, 1)
	for _, c := range []struct {
		cell  *Cell
		layer *Layer
		want  []int
	}{
		{LIFCell(), LIF(), every(5, 3, 98)},
		{LIFCell(Delayed()), LIF(Delayed()), every(6, 3, 99)},
		{LIFRefracCell(), LIFRefrac(), every(5, 8, 99)},
		{LIFRefracCell(Delayed()), LIFRefrac(Delayed()), every(6, 8, 99)},
	} {
		z, last := c.layer.Forward(x, nil)
		if got := spikeTimes(z); !slices.Equal(got, c.want) {
			t.Errorf("%v spikes at %v, want %v", c.layer, got, c.want)
		}
		var s *State
		var got []int
		for k := range 100 {
			z, s = c.cell.Forward(tensor.Ones(1), s)
			if z.At1(0) == 1 {
				got = append(got, k)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%v spikes at %v, want %v", c.cell, got, c.want)
		}
		if s.String() != last.String() {
			t.Errorf("the cell ends in %v, the layer in %v", s, last)
		}
	}
}

// TestTalkCells: the values that the cells of the talk's first notebook print, with the step orders of today and of the
// slides.
func TestTalkCells(t *testing.T) {
	one := tensor.Ones(1)
	for _, c := range []struct {
		m    Module
		want string
	}{
		{LICell(), "tensor([0.1000]) LIState(v=tensor([0.1000]), i=tensor([0.8000]))"},
		{LICell(Delayed()), "tensor([0.]) LIState(v=tensor([0.]), i=tensor([1.]))"},
		{LIFCell(), "tensor([0.]) LIFState(v=tensor([0.1000]), i=tensor([0.8000]))"},
		{LIFCell(Delayed()), "tensor([0.]) LIFState(v=tensor([0.]), i=tensor([1.]))"},
	} {
		out, s := c.m.Forward(one, nil)
		if got := fmt.Sprint(out, " ", s); got != c.want {
			t.Errorf("%v\n got %s\nwant %s", c.m, got, c.want)
		}
	}
	_, s := LIF().Forward(tensor.Ones(100, 1), nil)
	if v, i := s.V().At1(0), s.I().At1(0); v != 0.4999999 || i != 3.9999993 {
		t.Errorf("LIF ends at v %v, i %v; want 0.4999999 and 3.9999993", v, i)
	}
	_, s = LIF(Delayed()).Forward(tensor.Ones(100, 1), nil)
	if v, i := s.V().At1(0), s.I().At1(0); v != 0 || i != 4.999999 {
		t.Errorf("delayed LIF ends at v %v, i %v; want 0 and 4.999999", v, i)
	}
}

// TestTalkNetwork: Conv-LIF-Flatten-Linear-Sigmoid on (100, 1, 1, 100, 100).
func TestTalkNetwork(t *testing.T) {
	net := Sequential(Lift(Conv2d(1, 3, 5, Padding(2))), LIF(), Flatten(1), Linear(30000, 10), Sigmoid())
	scores, s := net.Forward(tensor.Ones(100, 1, 1, 100, 100), nil)
	if got := scores.Shape(); !slices.Equal(got, []int{100, 10}) {
		t.Errorf("scores have shape %v", got)
	}
	for k := range net.Len() {
		if (s.At(k) != nil) != (k == 1) {
			t.Errorf("module %d has the state %v", k, s.At(k))
		}
	}
	if got := s.At(1).V().Shape(); !slices.Equal(got, []int{1, 3, 100, 100}) {
		t.Errorf("v has shape %v", got)
	}
}

// edgeKernel is the receptive field of the talk, computed as in its script.
func edgeKernel() *tensor.Tensor {
	return tensor.Linspace(-10, 10, 10).Sigmoid().Diff().Sub(0.14).Repeat(9, 1)
}

// TestTalkEdges: the edge detector takes a plain frame, with the kernels as on the slide and with a channel axis, and
// answers to horizontal and vertical edges.
func TestTalkEdges(t *testing.T) {
	kernel := edgeKernel()
	want := tensor.Of(-0.13962664, -0.13656773, -0.10940583, 0.07321869, 0.36467224, 0.07321869, -0.10940589, -0.13656767, -0.1396267)
	if !kernel.Index(0).AllClose(want) {
		t.Errorf("kernel row %v, want %v", kernel.Index(0), want)
	}
	stack := tensor.Stack(kernel, kernel.T())
	for _, c := range []struct {
		weight *tensor.Tensor
		opts   []Option
		out    []int
	}{
		{stack, nil, []int{2, 632, 472}},
		{stack.Unsqueeze(1), []Option{Dilation(3), Padding(12)}, []int{2, 640, 480}},
	} {
		model := Sequential(LIFRefracCell(), Conv2d(1, 2, 9, append(c.opts, Weight(c.weight), Bias(false))...))
		frame := tensor.Zeros(640, 480)
		for r := range 640 { // a vertical line of strong input
			frame.Data()[r*480+240] = 20
		}
		out, s := model.Forward(frame, nil)
		if !slices.Equal(out.Shape(), c.out) {
			t.Fatalf("output has shape %v, want %v", out.Shape(), c.out)
		}
		if got := s.At(0).Get("rho").Shape(); !slices.Equal(got, []int{640, 480}) {
			t.Errorf("rho has shape %v", got)
		}
		// the first kernel varies along x, so it answers to the vertical line; the second sums one of its own columns,
		// which nearly cancels
		if first, second := out.Index(0).Max(), out.Index(1).Max(); !(first.Item() > 5*second.Item()) {
			t.Errorf("a vertical line gives %v in the first channel and %v in the second", first, second)
		}
	}
}

// TestTalkBraitenberg: the vehicle's leaky integrator with tau_mem_inv 100, input 0.5 again and again; the values of
// Norse 065a3b45 and of the slide.
func TestTalkBraitenberg(t *testing.T) {
	for _, c := range []struct {
		cell *Cell
		want string
	}{
		{LICell(TauMemInv(100)), "tensor([0.0500, 0.1350, 0.2435])"},
		{LICell(TauMemInv(100), Delayed()), "tensor([0.0000, 0.0500, 0.1350])"},
	} {
		var s *State
		var v []float32
		for range 3 {
			var y *tensor.Tensor
			y, s = c.cell.Forward(tensor.Of(0.5), s)
			v = append(v, y.At1(0))
		}
		if got := fmt.Sprint(tensor.Of(v...)); got != c.want {
			t.Errorf("%v gives %s, want %s", c.cell, got, c.want)
		}
	}
}
