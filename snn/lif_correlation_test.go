package snn

import (
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

// TestLIFCorrelation: the spikes are those of LIFRecurrentCell, and the traces those of the sensor's definition, synapse
// by synapse, for two samples at once.
func TestLIFCorrelation(t *testing.T) {
	tensor.Seed(19)
	m := LIFCorrelation(3, 4, Set("tau_c_inv", 20), Set("eta_m", 0.5))
	cell := LIFRecurrentCell(3, 4, InputWeights(m.InputWeights()), RecurrentWeights(m.RecurrentWeights()), Autapses(true))
	type trace struct{ pp, c, ac float32 }
	var input [2][3][4]trace
	var back [2][4][4]trace
	update := func(s *trace, pre, post float32) {
		s.c += float32((1 - s.pp) * float32(float32(0.001)*20*-s.c))
		s.c += pre
		s.ac += float32(s.pp * float32(float32(0.001)*10*-s.ac))
		s.ac += 0.5 * post
		if s.pp+post-pre > 0 {
			s.pp = 1
		} else {
			s.pp = 0
		}
	}
	var s, q *State
	spikes := float32(0)
	for range 100 {
		x := tensor.Bernoulli(0.4, 2, 3)
		before := tensor.Zeros(2, 4)
		if q != nil {
			before = q.Z().Clone()
		}
		var z, want *tensor.Tensor
		z, s = m.ForwardWeights(x, m.InputWeights(), m.RecurrentWeights(), s)
		want, q = cell.Forward(x, q)
		sameBits(t, "spikes", z, want)
		spikes += z.Sum().Item()
		for b := range 2 {
			for h := range 4 {
				for i := range 3 {
					update(&input[b][i][h], x.At2(b, i), z.At2(b, h))
				}
				for j := range 4 {
					update(&back[b][j][h], before.At2(b, j), z.At2(b, h))
				}
			}
		}
	}
	if spikes == 0 {
		t.Fatal("no spikes")
	}
	for b := range 2 {
		for h := range 4 {
			for i := range 3 {
				got := s.Child("input_correlation_state")
				same := trace{got.Get("post_pre").At3(b, i, h), got.Get("correlation_trace").At3(b, i, h), got.Get("anti_correlation_trace").At3(b, i, h)}
				if same != input[b][i][h] {
					t.Errorf("input synapse %d %d %d: %v, want %v", b, i, h, same, input[b][i][h])
				}
			}
			for j := range 4 {
				got := s.Child("recurrent_correlation_state")
				if c := got.Get("correlation_trace").At3(b, j, h); c != back[b][j][h].c {
					t.Errorf("recurrent synapse %d %d %d: %v, want %v", b, j, h, c, back[b][j][h].c)
				}
			}
		}
	}
	dst, x := tensor.Zeros(2, 4), tensor.Ones(2, 3)
	if n := testing.AllocsPerRun(10, func() { s = m.ForwardInto(dst, x, s) }); n != 0 {
		t.Errorf("%v allocations per call", n)
	}
	wantPanic(t, "LIFCorrelation: the state is LIFState, not a LIFCorrelationState", func() { m.Forward(x, q) })
}
