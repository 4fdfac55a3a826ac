package encode

import (
	"fmt"
	"math"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/internal/option"
	"github.com/livespike/livespike/snn/tensor"
)

// Indices makes SpikesToTimes give the steps of the spikes and not their times in s.
func Indices() snn.Option { return snn.NewOption("convert_indices_to_times", false) }

// SpikesToTimes gives the times in s of the first spikeCount spikes of every element of a sequence (time, …) of 0 and
// 1, in order, +Inf where there are fewer: output (min(spikeCount, time), …). The first step is time 0. Options: dt
// 0.001 s; Indices. Gradients are those of SpikesToTimesGrad.
//
// Source: Norse, functional/spikes_to_times_decoder.py at 065a3b45.
func SpikesToTimes(spikes *tensor.Tensor, spikeCount int, opts ...snn.Option) *tensor.Tensor {
	dt, times := readSpikesToTimes("SpikesToTimes", spikeCount, opts)
	n, each := steps("SpikesToTimes", spikes)
	count := min(spikeCount, n)
	inputs := []*tensor.Tensor{spikes}
	out := tensor.Zeros(over(count, spikes.Shape()[1:])...)
	for i := range each {
		found := 0
		for t := 0; t < n && found < count; t++ {
			if spikes.Data()[t*each+i] == 0 {
				continue
			}
			out.Data()[found*each+i] = float32(t)
			if times {
				out.Data()[found*each+i] = float32(t) * dt
			}
			found++
		}
		for ; found < count; found++ {
			out.Data()[found*each+i] = float32(math.Inf(1))
		}
	}
	tensor.Record(tensor.Node{
		Name: "encode.SpikesToTimes", Inputs: inputs, Outputs: []*tensor.Tensor{out}, Saved: inputs,
		Backward: func(dy []*tensor.Tensor) []*tensor.Tensor {
			return []*tensor.Tensor{SpikesToTimesGrad(spikes.Detach(), dy[0], spikeCount, opts...)}
		},
	})
	return out
}

// SpikesToTimesGrad is the gradient that SpikesToTimes passes back to its spikes for the gradient dy of its output:
// −dy·dt at the place of each spike that was decoded, −dy for Indices, since a spike that comes earlier is a larger
// input. A spike that was asked for and did not come passes nothing; Norse's backward raises there.
func SpikesToTimesGrad(spikes, dy *tensor.Tensor, spikeCount int, opts ...snn.Option) *tensor.Tensor {
	dt, times := readSpikesToTimes("SpikesToTimesGrad", spikeCount, opts)
	if !times {
		dt = 1
	}
	n, each := steps("SpikesToTimesGrad", spikes)
	count := min(spikeCount, n)
	if want := count * each; len(dy.Data()) != want {
		panic(fmt.Sprintf("encode.SpikesToTimesGrad: gradient %v of an output %v", dy.Shape(), over(count, spikes.Shape()[1:])))
	}
	dx := tensor.Zeros(spikes.Shape()...)
	for i := range each {
		found := 0
		for t := 0; t < n && found < count; t++ {
			if spikes.Data()[t*each+i] != 0 {
				dx.Data()[t*each+i] = -float32(dy.Data()[found*each+i] * dt)
				found++
			}
		}
	}
	return dx
}

func readSpikesToTimes(who string, spikeCount int, opts []snn.Option) (dt float32, times bool) {
	if spikeCount < 1 {
		panic(fmt.Sprintf("encode.%s: %d spikes; it starts at 1", who, spikeCount))
	}
	step := option.Standard(0.001)
	times = true
	option.Set{
		Who: "encode." + who, Numbers: map[string]*option.Number{"dt": &step},
		Flags: map[string]*bool{"convert_indices_to_times": &times},
	}.Apply(opts)
	step.Positive("encode."+who, "dt")
	return float32(step.Value), times
}

// SpikesToTimesDecoder is SpikesToTimes as a module.
func SpikesToTimesDecoder(spikeCount int, opts ...snn.Option) *Encoder {
	readSpikesToTimes("SpikesToTimesDecoder", spikeCount, opts)
	return &Encoder{
		text:   fmt.Sprintf("SpikesToTimesDecoder(spike_count=%d)", spikeCount),
		encode: func(x *tensor.Tensor) *tensor.Tensor { return SpikesToTimes(x, spikeCount, opts...) },
	}
}
