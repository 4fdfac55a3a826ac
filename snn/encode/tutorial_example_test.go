package encode_test

import (
	"fmt"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/encode"
	"github.com/livespike/livespike/snn/tensor"
)

func ExamplePoissonEncode() {
	spikes := encode.PoissonEncode(tensor.Of(0, 0.5, 1), 1000, encode.Seed(1))
	fmt.Println(spikes.Shape(), spikes.Index(0).At1(0))
	// Output:
	// [1000 3] 0
}

func ExampleSeed() {
	a := encode.PoissonEncode(tensor.Ones(5), 100, encode.Seed(1))
	b := encode.PoissonEncode(tensor.Ones(5), 100, encode.Seed(1))
	fmt.Println(a.Equal(b))
	// Output:
	// true
}

func ExampleRateDecode() {
	spikes := tensor.Of(1, 0, 0, 1).Reshape(4, 1) // two spikes in 4 ms
	fmt.Println(encode.RateDecode(spikes, 0.001))
	// Output:
	// tensor([500.0000])
}

func ExampleSpikeLatencyLIFEncode() {
	spikes := encode.SpikeLatencyLIFEncode(tensor.Of(1.5, 4), 60)
	fmt.Println(encode.SpikesToTimes(spikes, 1)) // the stronger current is the earlier spike
	// Output:
	// tensor([[0.0100, 0.0020]])
}

func ExampleSpikesToTimes() {
	spikes := tensor.Of(0, 0, 1, 0, 1).Reshape(5, 1)
	fmt.Println(encode.SpikesToTimes(spikes, 2))
	// Output:
	// tensor([[0.0020],
	//         [0.0040]])
}

func ExamplePopulationEncode() {
	fmt.Println(encode.PopulationEncode(tensor.Of(0, 1), 3, encode.Scale(1.0)))
	// Output:
	// tensor([[1.0000, 0.8825, 0.6065],
	//         [0.6065, 0.8825, 1.0000]])
}

func ExampleKernel() {
	narrow := encode.Kernel(func(d *tensor.Tensor) *tensor.Tensor { return encode.GaussianRBF(d, 0.1) })
	fmt.Println(encode.PopulationEncode(tensor.Of(0.5), 3, encode.Scale(1.0), narrow).ArgMax(1))
	// Output:
	// tensor([1.])
}

func ExampleThresholdEncode() {
	signal := tensor.Of(0, 0.3, 0.6, 0.1)
	fmt.Println(encode.ThresholdEncode(signal, 0.25))
	// Output:
	// tensor([ 0.,  1.,  1., -1.])
}

func ExampleGaussianRBF() {
	fmt.Println(encode.GaussianRBF(tensor.Of(0, 2), 1)) // 1, exp(-1)
	// Output:
	// tensor([1.0000, 0.3679])
}

func ExampleSpatialReceptiveField2d() {
	upright := tensor.FromSlice([]float32{1, 0}, 1, 2) // the first derivative along x
	fields := encode.SpatialParameters(tensor.Of(2), tensor.Of(0), tensor.Of(0.5), upright)
	detector := encode.SpatialReceptiveField2d(1, 9, fields, snn.Bias(false), snn.Padding(4))
	edge := tensor.Zeros(1, 20, 20)
	for y := range 20 {
		for x := 10; x < 20; x++ {
			edge.Set(1, 0, y, x)
		}
	}
	answer, _ := detector.Forward(edge, nil)
	fmt.Println(fields.Shape(), answer.Shape(), answer.Abs().Index(0).Index(10).Slice(0, 5, 15).ArgMax())
	// Output:
	// [1 7] [1 20 20] tensor(4.)
}

func ExampleDeltaEncode() {
	x := tensor.Of(0, 0.5, 0.6, 2, 1) // a step of 0.5 or more is a spike, with its sign
	fmt.Println(encode.DeltaEncode(x, 0.5))
	// Output:
	// tensor([ 0.,  1.,  0.,  1., -1.])
}

func ExampleSignedPoissonEncode() {
	spikes := encode.SignedPoissonEncode(tensor.Of(1, -1, 0), 1000, encode.Seed(1))
	sum := spikes.Sum(0)
	fmt.Println(sum.At1(0) > 50, sum.At1(1) < -50, sum.At1(2)) // 100 Hz for a second, with the sign of the input
	// Output:
	// true true 0
}
