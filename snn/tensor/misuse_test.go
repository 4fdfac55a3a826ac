package tensor_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

// A shape mistake is one line that names the operation and what does not fit.
func TestShapeMistakesPanic(t *testing.T) {
	a, b := tensor.Zeros(2, 3), tensor.Zeros(4, 5)
	scalar, empty := tensor.Scalar(1), tensor.Zeros(0)
	for want, f := range map[string]func(){
		"tensor.Add: shapes [2 3] and [4 5] do not broadcast":         func() { a.Add(b) },
		"tensor.Pow: shapes [2 3] and [4 5] do not broadcast":         func() { a.Pow(b) },
		"tensor.Le: shapes [2 3] and [4 5] do not broadcast":          func() { a.Le(b) },
		"tensor.Mul: string is neither a number nor a tensor":         func() { a.Mul("2") },
		"tensor.Mul: nil is neither a number nor a tensor":            func() { a.Mul(nil) },
		"tensor.AddInPlace: shapes [2 3] and [4 5] into [2 3]":        func() { a.AddInPlace(b) },
		"tensor.AddInPlace: shapes [3] and [2 3] into [3]":            func() { a.Index(0).AddInPlace(a) },
		"tensor.MulInto: shapes [2 3] and [3] into [4 5]":             func() { a.MulInto(b, tensor.Zeros(3)) },
		"tensor.SubInto: shape [2 3] into [4 5]":                      func() { a.SubInto(b, 1) },
		"tensor.CopyFrom: shape [4 5] into [2 3]":                     func() { a.CopyFrom(b) },
		"tensor.MatMul: shapes [2 3] and [4 5]":                       func() { a.MatMul(b) },
		"tensor.MatMul: shapes [2 3] and []":                          func() { a.MatMul(scalar) },
		"tensor.MatMul: shapes [2 2 3] and [5 3 1]":                   func() { tensor.Zeros(2, 2, 3).MatMul(tensor.Zeros(5, 3, 1)) },
		"tensor.FromSlice: 3 values do not fill shape [2 2]":          func() { tensor.FromSlice(make([]float32, 3), 2, 2) },
		"tensor.Zeros: negative size in shape [2 -1]":                 func() { tensor.Zeros(2, -1) },
		"tensor.Arange: step is 0":                                    func() { tensor.Arange(0, 1, 0) },
		"tensor.Stack: no tensors":                                    func() { tensor.Stack() },
		"tensor.Stack: tensor 1 has shape [4 5], the first [2 3]":     func() { tensor.Stack(a, b) },
		"tensor.Cat: no tensors":                                      func() { tensor.Cat(0) },
		"tensor.Cat: tensor 1 has shape [4 5], the first [2 3]":       func() { tensor.Cat(0, a, b) },
		"tensor.Cat: tensor 1 has shape [], the first [2 3]":          func() { tensor.Cat(0, a, scalar) },
		"tensor.Cat: axis 2 of shape [2 3]":                           func() { tensor.Cat(2, a, a) },
		"tensor.Reshape: shape [2 3] has 6 elements, [4] does not":    func() { a.Reshape(4) },
		"tensor.Reshape: shape [2 3] has 6 elements, [4 -1] does not": func() { a.Reshape(4, -1) },
		"tensor.Reshape: shape [2 3] into [-1 -1]":                    func() { a.Reshape(-1, -1) },
		"tensor.Reshape: shape [0] has 0 elements, [0 -1] does not":   func() { empty.Reshape(0, -1) },
		"tensor.Unsqueeze: axis 3 of shape [2 3]":                     func() { a.Unsqueeze(3) },
		"tensor.Squeeze: axis -3 of shape [2 3]":                      func() { a.Squeeze(-3) },
		"tensor.Flatten: axis 2 of shape [2 3]":                       func() { a.Flatten(2) },
		"tensor.Transpose: axis 5 of shape [2 3]":                     func() { a.Transpose(0, 5) },
		"tensor.Permute: order [0] for shape [2 3]":                   func() { a.Permute(0) },
		"tensor.Permute: order [1 -1] names an axis twice":            func() { a.Permute(1, -1) },
		"tensor.Repeat: 1 counts [2] for shape [2 3]":                 func() { a.Repeat(2) },
		"tensor.Repeat: 2 counts [2 -1] for shape [2 3]":              func() { a.Repeat(2, -1) },
		"tensor.Expand: shape [2 3] into [3]":                         func() { a.Expand(3) },
		"tensor.Expand: shapes [2 3] and [2 4] do not broadcast":      func() { a.Expand(2, 4) },
		"tensor.Index: index 0 of shape [], which has no axis":        func() { scalar.Index(0) },
		"tensor: index 2 is out of range for axis 0 of shape [2 3]":   func() { a.Index(2) },
		"tensor.Slice: axis 2 of shape [2 3]":                         func() { a.Slice(2, 0, 1) },
		"tensor.Sum: axis 2 of shape [2 3]":                           func() { a.Sum(2) },
		"tensor.Mean: axes [0 -2] of shape [2 3] name one twice":      func() { a.Mean(0, -2) },
		"tensor.Max: no element along axes [] of shape [0]":           func() { empty.Max() },
		"tensor.Min: no element along axes [0] of shape [0 2]":        func() { tensor.Zeros(0, 2).Min(0) },
		"tensor.ArgMax: 2 axes, at most one":                          func() { a.ArgMax(0, 1) },
		"tensor.ArgMin: 2 axes, at most one":                          func() { a.ArgMin(0, 1) },
		"tensor.Arange: from 0 to +Inf in steps of 1":                 func() { tensor.Arange(0, math.Inf(1), 1) },
		"tensor.Arange: from NaN to 1 in steps of 1":                  func() { tensor.Arange(math.NaN(), 1, 1) },
		"tensor.Linspace: negative size in shape [-1]":                func() { tensor.Linspace(0, 1, -1) },
		"tensor.Cumsum: axis -3 of shape [2 3]":                       func() { a.Cumsum(-3) },
		"tensor.Diff: shape [] has no axis":                           func() { scalar.Diff() },
		"tensor.Diff: the last axis of shape [0] is empty":            func() { empty.Diff() },
		"tensor.Item: shape [2 3] has 6 elements, need 1":             func() { a.Item() },
		"tensor.At1: shape [2 3] has 2 axes":                          func() { a.At1(0) },
		"tensor.At2: shape [] has 0 axes":                             func() { scalar.At2(0, 0) },
		"tensor.At3: shape [2 3] has 2 axes":                          func() { a.At3(0, 0, 0) },
		"tensor.At: 1 indices for shape [2 3]":                        func() { a.At(1) },
		"tensor.Set: 3 indices for shape [2 3]":                       func() { a.Set(1, 0, 0, 0) },
		"tensor: index -4 is out of range for axis 1 of shape [2 3]":  func() { a.At2(0, -4) },
	} {
		if got := panicOf(f); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// A nil where a tensor belongs is one line that names the function and the argument.
func TestNilPanics(t *testing.T) {
	a := tensor.Zeros(2, 3)
	for want, f := range map[string]func(){
		"tensor.MatMul: o is nil, expected a tensor":            func() { a.MatMul(nil) },
		"tensor.CopyFrom: from is nil, expected a tensor":       func() { a.CopyFrom(nil) },
		"tensor.Equal: other is nil, expected a tensor":         func() { a.Equal(nil) },
		"tensor.AllClose: other is nil, expected a tensor":      func() { a.AllClose(nil) },
		"tensor.AllCloseTol: other is nil, expected a tensor":   func() { a.AllCloseTol(nil, 0, 0) },
		"tensor.Stack: tensor 1 is nil, expected a tensor":      func() { tensor.Stack(a, nil) },
		"tensor.Cat: tensor 0 is nil, expected a tensor":        func() { tensor.Cat(0, nil, a) },
		"tensor.ZerosLike: t is nil, expected a tensor":         func() { tensor.ZerosLike(nil) },
		"tensor.OnesLike: t is nil, expected a tensor":          func() { tensor.OnesLike(nil) },
		"tensor.MSE: y is nil, expected a tensor":               func() { tensor.MSE(nil, a) },
		"tensor.MSE: target is nil, expected a tensor":          func() { tensor.MSE(a, nil) },
		"tensor.CrossEntropy: logits is nil, expected a tensor": func() { tensor.CrossEntropy(nil, a) },
		"tensor.CrossEntropy: target is nil, expected a tensor": func() { tensor.CrossEntropy(a, nil) },
		"tensor.AddInto: dst is nil, expected a tensor":         func() { a.AddInto(nil, 1) },
		"tensor.DivInto: nil is neither a number nor a tensor":  func() { a.DivInto(a, (*tensor.Tensor)(nil)) },
		"tensor.BackwardFrom: dy is nil, expected a tensor":     func() { a.BackwardFrom(nil) },
		"tensor.Map: f is nil, expected a function":             func() { a.Map(nil) },
		"tensor.NoGrad: f is nil, expected a function":          func() { tensor.NoGrad(nil) },
		"tensor.Record: output 0 of layer is nil, expected a tensor": func() {
			in := tensor.Zeros(1).SetRequiresGrad(true)
			tensor.Record(tensor.Node{Name: "layer", Inputs: []*tensor.Tensor{in}, Outputs: []*tensor.Tensor{nil}})
		},
	} {
		if got := panicOf(f); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// panicOf is the text of the panic of f, without one the empty string.
func panicOf(f func()) (text string) {
	defer func() {
		if r := recover(); r != nil {
			text = strings.TrimSpace(fmt.Sprint(r))
		}
	}()
	f()
	return ""
}
