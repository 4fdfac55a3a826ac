package train_test

import (
	"fmt"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
	"github.com/livespike/livespike/snn/train"
)

func ExampleAdam() {
	w := tensor.Of(5, -3)
	opt := train.Adam([]train.Parameter{{Name: "w", Value: w}}, train.LR(0.5))
	for range 100 {
		opt.ZeroGrad()
		w.Mul(w).Sum().Backward()
		train.ClipNorm(opt.Parameters(), 1)
		opt.Step()
	}
	fmt.Println(opt)
	fmt.Println(w.Abs().Max().Item() < 0.1)
	// Output:
	// Adam(lr=0.5, beta1=0.9, beta2=0.999, eps=1e-08, weight_decay=0)
	// true
}

func ExampleFit() {
	data, model, params := linear() // 64 examples of y = 2·x₀ − x₁ + 0.5
	learn, test := data.Shuffle(1).Split(48)
	h, err := train.Fit(model, train.SGD(params, train.LR(0.1), train.Momentum(0.5)), learn, tensor.MSE,
		train.Epochs(20), train.Batch(8), train.Timeless(), train.Validate(test), train.Patience(5))
	if err != nil {
		fmt.Println(err)
	}
	fmt.Println(h.Epochs[h.Best()].Validation < 1e-6)
	// Output: true
}

func ExampleSchedule() {
	s := train.Warmup(4)
	for epoch := range 5 {
		fmt.Print(s.Factor(epoch), " ")
	}
	// Output: 0.25 0.5 0.75 1 1
}

func ExampleSmoothLabels() {
	fmt.Println(train.SmoothLabels(tensor.Of(2, 0), 4, 0.2))
	// Output:
	// tensor([[0.0500, 0.0500, 0.8500, 0.0500],
	//         [0.8500, 0.0500, 0.0500, 0.0500]])
}

// A classifier, with a bound on the gradients and its accuracy in the history.
func ExampleMeasure() {
	x := tensor.Of(1, 0, 0, 1, 2, 0, 0, 2).Reshape(4, 2)
	data := train.Data{X: x, Y: tensor.Of(0, 1, 0, 1)}
	model := snn.Linear(2, 2, snn.Weight(tensor.Zeros(2, 2)), snn.Bias(false))
	h, err := train.Fit(model, train.SGD(snn.Parameters(model), train.LR(0.5)), data, tensor.CrossEntropy,
		train.Epochs(20), train.Batch(4), train.Timeless(), train.Clip(1), train.Measure("accuracy", train.Accuracy))
	fmt.Println(h.Epochs[19].Measured, err)
	// Output:
	// 1 <nil>
}
