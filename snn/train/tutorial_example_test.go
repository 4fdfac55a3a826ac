package train_test

import (
	"fmt"

	"github.com/livespike/livespike/snn/tensor"
	"github.com/livespike/livespike/snn/train"
)

func ExampleAccuracy() {
	scores := tensor.Of(0.9, 0.1, 0.2, 0.8).Reshape(2, 2) // of two examples
	fmt.Println(train.Accuracy(scores, tensor.Of(0, 0)))
	// Output:
	// 0.5
}

// Both losses look at outputs over time, (time, batch, classes): one at the largest, the other at the mean.
func ExampleMaxCrossEntropy() {
	output := tensor.Zeros(3, 1, 2)
	fmt.Println(train.MaxCrossEntropy(output, tensor.Of(0))) // two classes that are alike: log 2
	// Output:
	// tensor(0.6931)
}

func ExampleMeanCrossEntropy() {
	output := tensor.Zeros(3, 1, 2)
	fmt.Println(train.MeanCrossEntropy(output, tensor.Of(0)))
	// Output:
	// tensor(0.6931)
}
