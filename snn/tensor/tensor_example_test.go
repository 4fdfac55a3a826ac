package tensor_test

import (
	"fmt"

	"github.com/livespike/livespike/snn/tensor"
)

func Example() {
	x := tensor.Linspace(-3, 3, 7).Sigmoid().Diff()
	fmt.Println(x)
	fmt.Println(x.Repeat(9, 1).Shape())
	// Output:
	// tensor([0.0718, 0.1497, 0.2311, 0.2311, 0.1497, 0.0718])
	// [9 6]
}

func ExampleTensor_Add() {
	row := tensor.Of(1, 2, 3)
	fmt.Println(row.Add(0.5))
	fmt.Println(row.Add(tensor.Of(10, 20).Unsqueeze(1)))
	// Output:
	// tensor([1.5000, 2.5000, 3.5000])
	// tensor([[11., 12., 13.],
	//         [21., 22., 23.]])
}

func ExampleTensor_Sum() {
	x := tensor.Arange(0, 6, 1).Reshape(2, 3)
	fmt.Println(x.Sum(), x.Sum(0), x.Sum(-1), x.Mean(0, 1))
	// Output: tensor(15.) tensor([3., 5., 7.]) tensor([ 3., 12.]) tensor(2.5000)
}

func ExampleTensor_Slice() {
	x := tensor.Arange(0, 12, 1).Reshape(3, 4)
	fmt.Println(x.Slice(1, -2, 4))
	x.Slice(0, 0, 1).FillInPlace(9) // along the first axis a slice shares its elements
	fmt.Println(x.Index(0))
	// Output:
	// tensor([[ 2.,  3.],
	//         [ 6.,  7.],
	//         [10., 11.]])
	// tensor([9., 9., 9., 9.])
}

func ExampleTensor_MatMul() {
	w := tensor.FromSlice([]float32{1, 2, 3, 4}, 2, 2)
	fmt.Println(w.MatMul(tensor.Of(1, 10)))
	fmt.Println(tensor.Of(1, 10).MatMul(w))
	// Output:
	// tensor([21., 43.])
	// tensor([31., 42.])
}

func ExampleTensor_AddInto() {
	v, i := tensor.Zeros(3), tensor.Of(1, 2, 3)
	for range 2 {
		v.AddInto(v, i) // no allocation in a loop
	}
	fmt.Println(v)
	// Output: tensor([2., 4., 6.])
}

func ExampleSeed() {
	tensor.Seed(1)
	a := tensor.Rand(3)
	tensor.Seed(1)
	fmt.Println(a.Equal(tensor.Rand(3)))
	// Output: true
}

func ExampleCat() {
	a, b := tensor.Of(1, 2), tensor.Of(3, 4)
	fmt.Println(tensor.Cat(0, a, b))
	fmt.Println(tensor.Stack(a, b))
	// Output:
	// tensor([1., 2., 3., 4.])
	// tensor([[1., 2.],
	//         [3., 4.]])
}

func ExampleTensor_Backward() {
	w := tensor.Of(1, 2).SetRequiresGrad(true)
	loss := w.Mul(w).Sum()
	loss.Backward()
	fmt.Println(w.Grad())
	tensor.NoGrad(func() { w.SubInPlace(w.Grad().Mul(0.1)) })
	fmt.Println(w)
	// Output:
	// tensor([2., 4.])
	// tensor([0.8000, 1.6000], requires_grad=True)
}

// A step function whose derivative is taken for that of a triangle, as neurons do.
func ExampleRecord() {
	x := tensor.Of(-0.5, 0.25, 2).SetRequiresGrad(true)
	z := x.Detach().Gt(0)
	tensor.Record(tensor.Node{
		Name: "triangle", Inputs: []*tensor.Tensor{x}, Outputs: []*tensor.Tensor{z}, Saved: []*tensor.Tensor{x},
		Backward: func(dy []*tensor.Tensor) []*tensor.Tensor {
			slope := x.Detach().Abs().Neg().Add(1).Relu()
			return []*tensor.Tensor{slope.Mul(dy[0])}
		},
	})
	z.Sum().Backward()
	fmt.Println(z, x.Grad())
	// Output: tensor([0., 1., 1.]) tensor([0.5000, 0.7500, 0.0000])
}

func ExampleCrossEntropy() {
	logits := tensor.FromSlice([]float32{2, 0, 0, 3}, 2, 2)
	fmt.Println(tensor.CrossEntropy(logits, tensor.Of(0, 1)))
	fmt.Println(logits.Softmax(-1))
	// Output:
	// tensor(0.0878)
	// tensor([[0.8808, 0.1192],
	//         [0.0474, 0.9526]])
}
