package snn

import "math"

// LILinearCell is LICell behind a matrix of input weights, one step at a time: x is (…, in), the output, which is the
// membrane potential, (…, hidden).
//
//	i  = i + W_in·x
//	v' = v + dt·τm⁻¹·((v_leak − v) + i)
//	i' = i − dt·τs⁻¹·i
//
// State: v, i of shape (…, hidden), starting at v_leak and 0. Options: InputWeights, (hidden, in), which starts as
// N(0, 1)/√in, and those of LICell. There is no bias.
//
//	tau_syn_inv  200 1/s    tau_mem_inv  100 1/s    v_leak 0    dt 0.001 s
//
// Source: Norse, module/leaky_integrator.py at 065a3b45.
func LILinearCell(in, hidden int, opts ...Option) *RecurrentCell {
	r, _ := li.recurrence("LILinearCell", in, hidden, liLinearWeights(in), false, opts)
	return &RecurrentCell{r}
}

// LILinear is LILinearCell over a sequence: x is (T, …, in), the output (T, …, hidden). Norse has no such layer.
func LILinear(in, hidden int, opts ...Option) *Recurrent {
	r, set := li.recurrence("LILinear", in, hidden, liLinearWeights(in), false, opts, "record_states")
	return &Recurrent{r, set.given["record_states"] != nil}
}

func liLinearWeights(in int) weighting { return weighting{input: 1 / math.Sqrt(float64(in))} }
