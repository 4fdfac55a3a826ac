package tensor_test

import (
	"fmt"

	"github.com/livespike/livespike/snn/tensor"
)

func ExampleOnes() {
	fmt.Println(tensor.Ones(2, 3))
	// Output:
	// tensor([[1., 1., 1.],
	//         [1., 1., 1.]])
}

func ExampleFull() {
	fmt.Println(tensor.Full(0.5, 2, 2))
	// Output:
	// tensor([[0.5000, 0.5000],
	//         [0.5000, 0.5000]])
}

func ExampleZerosLike() {
	fmt.Println(tensor.ZerosLike(tensor.Of(1, 2, 3)))
	// Output:
	// tensor([0., 0., 0.])
}

func ExampleBernoulli() {
	tensor.Seed(1)
	a := tensor.Bernoulli(0.3, 1000) // 1 with a chance of 0.3, else 0
	tensor.Seed(1)
	fmt.Println(a.Equal(tensor.Bernoulli(0.3, 1000)), a.Max().Item())
	// Output:
	// true 1
}
