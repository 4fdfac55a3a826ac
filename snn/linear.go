package snn

import (
	"fmt"
	"math"

	"github.com/livespike/livespike/internal/pool"
	"github.com/livespike/livespike/snn/tensor"
)

// Dense is a fully connected layer, made by Linear. It has no state and may be used by several goroutines.
type Dense struct {
	mode
	in, out int
	weight  *tensor.Tensor // (out, in)
	bias    *tensor.Tensor // (out), or nil
	memo    shapeMemo
}

// Linear is a fully connected layer: x·Wᵀ + b.
//
// The input is (…, in), the output (…, out). Options: Weight of shape (out, in); Bias. Both are drawn uniformly from
// ±1/√in, as in PyTorch, by the generator that tensor.Seed sets.
//
// Each sum runs over the inputs in order, in pieces of 1024 that are added in order, each product fused with its
// addition; the bias comes last. A zero input adds nothing, whatever its weight: where less than 30 % of the inputs are not zero
// only those are visited, which gives the same bits for finite weights.
func Linear(in, out int, opts ...Option) *Dense {
	const who = "snn.Linear"
	set := options(who, "Linear", opts, []string{"weight", "bias"})
	if in < 1 || out < 1 {
		panicf("%s: %d inputs and %d outputs; both must be at least 1", who, in, out)
	}
	bound := float32(1 / math.Sqrt(float64(in)))
	l := &Dense{in: in, out: out}
	if v, ok := set.given["weight"]; ok {
		l.weight = ownTensor(who, "weight", v, out, in)
	} else {
		l.weight = uniform(bound, out, in)
	}
	l.bias = biasOf(who, set, out, bound)
	return l
}

// Weight is the matrix, (out, in). Changing its elements changes the layer.
func (l *Dense) Weight() *tensor.Tensor { return l.weight }

// Bias is the bias, (out), or nil.
func (l *Dense) Bias() *tensor.Tensor { return l.bias }

// Forward multiplies the last axis of x. It returns s as it came. It panics if the last axis is not in long.
func (l *Dense) Forward(x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	needInput(l, x)
	d := deviceOf(x)
	together(l, d, l.weight)
	if d != nil {
		return l.forwardOn(d, x), s
	}
	y := (*tensor.Tensor)(nil)
	if tensor.Recording(x, l.weight, l.bias) {
		y = l.recorded(x)
	} else {
		y = forwardNew(l, x)
	}
	return checked(l, x.Dim() > 2, x, y, nil), s
}

// recorded is the output for gradients.
func (l *Dense) recorded(x *tensor.Tensor) *tensor.Tensor {
	shape := l.outputShape(x.Shape())
	y := wrap(pool.Uncleared(size(shape)), shape)
	out := y.Data()
	of, few := packed(x.Data(), pool.Uncleared(packedBits(len(x.Data()))), l.in)
	linearPacked(out, of, few, l.weight.Data(), l.in, l.out)
	l.addBias(out)
	tensor.Record(tensor.Node{
		Name: "Linear", Inputs: []*tensor.Tensor{x, l.weight, l.bias}, Outputs: []*tensor.Tensor{y},
		Saved:    []*tensor.Tensor{x, l.weight},
		Backward: func(dy []*tensor.Tensor) []*tensor.Tensor { return l.backward(x, of, few, dy[0]) },
	})
	return y
}

// ForwardInto is Forward that writes into dst, which must not be x. It allocates nothing in steady state.
func (l *Dense) ForwardInto(dst, x *tensor.Tensor, s *State) *State {
	return forwardInto(l, dst, x, s)
}

// OutputShape is the shape of the output for an input of that shape.
func (l *Dense) OutputShape(in ...int) []int { return append([]int(nil), l.outputShape(in)...) }

func (l *Dense) outputShape(in []int) []int {
	if out := l.memo.find(in); out != nil {
		return out
	}
	switch n := len(in); {
	case n == 0:
		panicf("%s: input has no axes", l.label())
	case in[n-1] != l.in:
		panicf("%s: input has %d features", l.label(), in[n-1])
	}
	return l.memo.keep(in, append(append([]int(nil), in[:len(in)-1]...), l.out))
}

func (l *Dense) apply(dst, x []float32, in []int, s *State) *State {
	l.take(dst, numbers(x), in)
	return s
}

// take is apply for inputs of any kind.
func (l *Dense) take(dst []float32, x inputs, _ []int) {
	together(l, nil, l.weight)
	linearOf(dst, x, l.weight.Data(), l.in, l.out)
	l.addBias(dst)
}

func (l *Dense) addBias(dst []float32) {
	if l.bias == nil {
		return
	}
	for b := l.bias.Data(); len(dst) > 0; dst = dst[l.out:] {
		add(dst[:l.out], b)
	}
}

func (l *Dense) label() string { return fmt.Sprintf("Linear(%d, %d)", l.in, l.out) }

// String is PyTorch's text: Linear(in_features=30000, out_features=10, bias=True).
func (l *Dense) String() string {
	bias := "True"
	if l.bias == nil {
		bias = "False"
	}
	return fmt.Sprintf("Linear(in_features=%d, out_features=%d, bias=%s)", l.in, l.out, bias)
}
