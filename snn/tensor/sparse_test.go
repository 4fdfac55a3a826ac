package tensor_test

import (
	"fmt"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

// ToSparse and ToDense are each other's inverse, and the list holds what is not zero, in order.
func TestSparse(t *testing.T) {
	tensor.Seed(1)
	for _, shape := range [][]int{{0}, {1}, {7}, {3, 1025}, {2, 40, 60}} {
		x := tensor.Bernoulli(0.1, shape...).Mul(tensor.Randn(shape...))
		s := x.ToSparse()
		if !s.ToDense().Equal(x.Add(0)) { // 0·(negative) is −0, which is zero
			t.Errorf("shape %v: ToDense does not give the tensor back", shape)
		}
		k := 0
		for at, v := range x.Data() {
			if v == 0 {
				continue
			}
			if k >= s.Len() || int(s.Index()[k]) != at || s.Values()[k] != v {
				t.Fatalf("shape %v: entry %d is not element %d", shape, k, at)
			}
			k++
		}
		if k != s.Len() {
			t.Errorf("shape %v: %d entries, want %d", shape, s.Len(), k)
		}
	}
}

func TestSparseMisuse(t *testing.T) {
	for what, f := range map[string]func(){
		"lengths": func() { tensor.NewSparse([]int32{1}, nil, 4) },
		"order":   func() { tensor.NewSparse([]int32{2, 1}, []float32{1, 1}, 4) },
		"twice":   func() { tensor.NewSparse([]int32{1, 1}, []float32{1, 1}, 4) },
		"outside": func() { tensor.NewSparse([]int32{4}, []float32{1}, 4) },
		"below":   func() { tensor.NewSparse([]int32{-1}, []float32{1}, 4) },
		"shape":   func() { tensor.NewSparse(nil, nil, -4) },
		"large":   func() { tensor.NewSparse(nil, nil, 1<<20, 1<<12) },
	} {
		func() {
			defer func() {
				if r := recover(); r == nil {
					t.Errorf("%s: no panic", what)
				}
			}()
			f()
		}()
	}
}

func ExampleSparse() {
	s := tensor.NewSparse([]int32{1, 5}, []float32{2, 3}, 2, 3)
	fmt.Println(s)
	fmt.Println(s.ToDense())
	// Output:
	// tensor.Sparse(2 of 6 elements, shape [2 3])
	// tensor([[0., 2., 0.],
	//         [0., 0., 3.]])
}
