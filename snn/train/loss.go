package train

import (
	"fmt"
	"math"

	"github.com/livespike/livespike/snn/tensor"
)

// Loss compares the output of a model with what it should be; smaller is better. MSE and CrossEntropy of package tensor
// are losses too.
type Loss func(output, target *tensor.Tensor) *tensor.Tensor

// MaxCrossEntropy is the cross-entropy of the largest value over time: the output is (time, batch, classes), the target
// holds class numbers, (batch), or probabilities, (batch, classes). The gradient goes to the step of the maximum.
func MaxCrossEntropy(output, target *tensor.Tensor) *tensor.Tensor {
	return tensor.CrossEntropy(overTime("MaxCrossEntropy", output).Max(0), target)
}

// MeanCrossEntropy is the cross-entropy of the mean over time, with the shapes of MaxCrossEntropy.
func MeanCrossEntropy(output, target *tensor.Tensor) *tensor.Tensor {
	return tensor.CrossEntropy(overTime("MeanCrossEntropy", output).Mean(0), target)
}

// LastCrossEntropy is the cross-entropy of the last step, with the shapes of MaxCrossEntropy.
func LastCrossEntropy(output, target *tensor.Tensor) *tensor.Tensor {
	return tensor.CrossEntropy(overTime("LastCrossEntropy", output).Index(-1), target)
}

// SpikeCount is the mean squared difference of the number of spikes of each neuron, summed over time, axis 0, and the
// target, which has the shape of one step.
func SpikeCount(spikes, target *tensor.Tensor) *tensor.Tensor {
	return tensor.MSE(overTime("SpikeCount", spikes).Sum(0), target)
}

// FirstSpike is the mean squared difference of the time of each neuron's first spike, in seconds, and the target, which
// has the shape of one step. A neuron without a spike counts as one that spikes after the last step, and gets no
// gradient: to make silent neurons spike, add a SpikeCount. A later spike is undone by more input, so the gradient of a
// time goes with the sign turned to its spike, times dt.
//
// Source of the gradient: Norse, SpikesToTimesDecoder.
func FirstSpike(dt float64) Loss {
	return func(spikes, target *tensor.Tensor) *tensor.Tensor {
		return tensor.MSE(firstTimes(overTime("FirstSpike", spikes), dt), target)
	}
}

func firstTimes(spikes *tensor.Tensor, dt float64) *tensor.Tensor {
	steps, n := spikes.Len(), spikes.Index(0).Numel()
	times := tensor.Full(float64(steps)*dt, spikes.Shape()[1:]...)
	first := make([]int, n) // position of the spike, -1 without one
	for i := range first {
		first[i] = -1
		for t := range steps {
			if spikes.Data()[t*n+i] > 0 {
				first[i] = t*n + i
				times.Data()[i] = float32(float64(t) * dt)
				break
			}
		}
	}
	tensor.Record(tensor.Node{
		Name: "FirstSpike", Inputs: []*tensor.Tensor{spikes}, Outputs: []*tensor.Tensor{times},
		Backward: func(dy []*tensor.Tensor) []*tensor.Tensor {
			dx := tensor.ZerosLike(spikes)
			for i, at := range first {
				if at >= 0 {
					dx.Data()[at] = -float32(float64(dy[0].Data()[i]) * dt)
				}
			}
			return []*tensor.Tensor{dx}
		},
	})
	return times
}

// SmoothLabels is the probabilities of CrossEntropy for class numbers of which a part eps is spread over all classes
// (Szegedy et al., CVPR 2016): 1 - eps + eps/classes at the class and eps/classes elsewhere, on a new last axis.
func SmoothLabels(labels *tensor.Tensor, classes int, eps float64) *tensor.Tensor {
	out := tensor.Full(eps/float64(classes), append(append([]int(nil), labels.Shape()...), classes)...)
	for i, v := range labels.Data() {
		c := int(v)
		if float32(c) != v || c < 0 || c >= classes {
			panic(fmt.Sprintf("train.SmoothLabels: class %v of %d", v, classes))
		}
		out.Data()[i*classes+c] = float32(1 - eps + eps/float64(classes))
	}
	return out
}

// Accuracy is the part of rows whose largest value is at the class that the labels say. The output is (batch, classes).
func Accuracy(output, labels *tensor.Tensor) float64 {
	if output.Dim() != 2 || labels.Dim() != 1 || output.Len() != labels.Len() {
		panic(fmt.Sprintf("train.Accuracy: output of shape %v and labels of shape %v", output.Shape(), labels.Shape()))
	}
	if output.Len() == 0 {
		return math.NaN()
	}
	return float64(output.Detach().ArgMax(1).Eq(labels).Sum().Item()) / float64(output.Len())
}

// overTime checks that there is a step.
func overTime(who string, x *tensor.Tensor) *tensor.Tensor {
	if x.Dim() == 0 || x.Len() == 0 {
		panic(fmt.Sprintf("train.%s: shape %v has no time step", who, x.Shape()))
	}
	return x
}
