package tensor_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

// opCase is a row of testdata/ops.json.
type opCase struct {
	Op     string
	In     []array
	Hashed []int // shape of an input that hashed makes
	Num    []float64
	Class  string
	Out    array
}

// hashed makes the long inputs of the golden file: numbers in [-0.5, 0.5) by multiplicative hashing.
func hashed(shape ...int) *tensor.Tensor {
	x := tensor.Zeros(shape...)
	for i := range x.Data() {
		h := uint32(i) * 2654435761 >> 8
		x.Data()[i] = float32(float64(h)/(1<<24) - 0.5)
	}
	return x
}

func ints(v []float64) []int {
	out := make([]int, len(v))
	for i, x := range v {
		out[i] = int(x)
	}
	return out
}

func numbers(v []float64) *tensor.Tensor {
	out := tensor.Zeros(len(v))
	for i, x := range v {
		out.Data()[i] = float32(x)
	}
	return out
}

type (
	pair = func(a *tensor.Tensor, b any) *tensor.Tensor
	axes = func(a *tensor.Tensor, axes ...int) *tensor.Tensor
	one  = func(a *tensor.Tensor) *tensor.Tensor
	at   = func(a *tensor.Tensor, axis int) *tensor.Tensor
)

// ops is every operation with a result to compare, by name.
var ops = map[string]any{
	"Add": (*tensor.Tensor).Add, "Sub": (*tensor.Tensor).Sub, "Mul": (*tensor.Tensor).Mul, "Div": (*tensor.Tensor).Div,
	"Pow": (*tensor.Tensor).Pow, "Maximum": (*tensor.Tensor).Maximum, "Minimum": (*tensor.Tensor).Minimum,
	"Gt": (*tensor.Tensor).Gt, "Ge": (*tensor.Tensor).Ge, "Lt": (*tensor.Tensor).Lt, "Le": (*tensor.Tensor).Le,
	"Eq": (*tensor.Tensor).Eq, "Neg": (*tensor.Tensor).Neg, "Abs": (*tensor.Tensor).Abs, "Sign": (*tensor.Tensor).Sign,
	"Sqrt": (*tensor.Tensor).Sqrt, "Exp": (*tensor.Tensor).Exp, "Log": (*tensor.Tensor).Log, "Sin": (*tensor.Tensor).Sin,
	"Cos": (*tensor.Tensor).Cos, "Tanh": (*tensor.Tensor).Tanh, "Sigmoid": (*tensor.Tensor).Sigmoid,
	"Relu": (*tensor.Tensor).Relu, "Diff": (*tensor.Tensor).Diff, "T": (*tensor.Tensor).T,
	"Sum": (*tensor.Tensor).Sum, "Mean": (*tensor.Tensor).Mean, "Max": (*tensor.Tensor).Max, "Min": (*tensor.Tensor).Min,
	"ArgMax": (*tensor.Tensor).ArgMax, "Reshape": (*tensor.Tensor).Reshape, "Squeeze": (*tensor.Tensor).Squeeze,
	"Permute": (*tensor.Tensor).Permute, "Repeat": (*tensor.Tensor).Repeat, "Expand": (*tensor.Tensor).Expand,
	"Cumsum": (*tensor.Tensor).Cumsum, "Unsqueeze": (*tensor.Tensor).Unsqueeze, "Flatten": (*tensor.Tensor).Flatten,
	"Index": (*tensor.Tensor).Index, "Softmax": (*tensor.Tensor).Softmax, "LogSoftmax": (*tensor.Tensor).LogSoftmax,
}

func (c opCase) run(t *testing.T) *tensor.Tensor {
	var in []*tensor.Tensor
	for _, a := range c.In {
		in = append(in, a.tensor(t))
	}
	if c.Hashed != nil {
		in = append(in, hashed(c.Hashed...))
	}
	return c.apply(t, in)
}

func (c opCase) apply(t *testing.T, in []*tensor.Tensor) *tensor.Tensor {
	n := ints(c.Num)
	switch f := ops[c.Op].(type) {
	case pair:
		if len(in) == 1 {
			return f(in[0], c.Num[0])
		}
		return f(in[0], in[1])
	case axes:
		return f(in[0], n...)
	case one:
		return f(in[0])
	case at:
		return f(in[0], n[0])
	}
	switch c.Op {
	case "Clamp":
		return in[0].Clamp(c.Num[0], c.Num[1])
	case "Transpose":
		return in[0].Transpose(n[0], n[1])
	case "Slice":
		return in[0].Slice(n[0], n[1], n[2])
	case "MatMul":
		return in[0].MatMul(in[1])
	case "Stack":
		return tensor.Stack(in...)
	case "Cat":
		return tensor.Cat(n[0], in...)
	case "Arange":
		return tensor.Arange(c.Num[0], c.Num[1], c.Num[2])
	case "Linspace":
		return tensor.Linspace(c.Num[0], c.Num[1], n[2])
	case "MSE":
		return tensor.MSE(in[0], in[1])
	case "CrossEntropy":
		return tensor.CrossEntropy(in[0], numbers(c.Num))
	case "SoftCrossEntropy":
		return tensor.CrossEntropy(in[0], numbers(c.Num).Reshape(in[0].Shape()...))
	case "Eye":
		return tensor.Eye(n[0])
	}
	t.Fatalf("no operation %s", c.Op)
	return nil
}

// differs describes the first element that differs more than the class allows; NaN equals NaN.
func differs(got, want *tensor.Tensor, class string) string {
	if fmt.Sprint(got.Shape()) != fmt.Sprint(want.Shape()) {
		return fmt.Sprintf("shape %v, want %v", got.Shape(), want.Shape())
	}
	for i, g := range got.Data() {
		w := want.Data()[i]
		if math.Float32bits(g) == math.Float32bits(w) || g != g && w != w {
			continue
		}
		gap := math.Abs(float64(g) - float64(w))
		switch class {
		case "ulp": // 4 units in the last place
			if gap <= 4*float64(math.Nextafter32(float32(math.Abs(float64(w))), 1e38)-float32(math.Abs(float64(w)))) {
				continue
			}
		case "sum", "gradient":
			if gap <= 1e-5+1e-5*math.Abs(float64(w)) {
				continue
			}
		}
		return fmt.Sprintf("element %d is %g (%#08x), want %g (%#08x)", i, g, math.Float32bits(g), w, math.Float32bits(w))
	}
	return ""
}

// The oracle is NumPy, or PyTorch where NumPy has no such function: testdata/generate_ops.py.
func TestOperationsAreNumPys(t *testing.T) {
	var golden struct{ Cases []opCase }
	readGolden(t, "ops.json", &golden)
	count := map[string]int{}
	for i, c := range golden.Cases {
		count[c.Op]++
		if diff := differs(c.run(t), c.Out.tensor(t), c.Class); diff != "" {
			var shapes [][]int
			for _, a := range c.In {
				shapes = append(shapes, a.Shape)
			}
			t.Errorf("case %d: %s of %v %v %v: %s", i, c.Op, shapes, c.Hashed, c.Num, diff)
		}
	}
	for name := range ops {
		if count[name] == 0 && !strings.Contains(name, "Softmax") { // PyTorch's; see grads.json
			t.Errorf("no case for %s", name)
		}
	}
}
