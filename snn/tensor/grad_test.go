package tensor_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

func leaf(values ...float32) *tensor.Tensor { return tensor.Of(values...).SetRequiresGrad(true) }

func wantGrad(t *testing.T, name string, x *tensor.Tensor, want ...float32) {
	t.Helper()
	if x.Grad() == nil || !x.Grad().Equal(tensor.Of(want...)) {
		t.Errorf("%s: gradient %v, want %v", name, x.Grad(), want)
	}
}

// Closed forms throughout: d(3x²)/dx = 6x.
func TestBackwardAddsUp(t *testing.T) {
	x := leaf(1, -2)
	loss := func() *tensor.Tensor { return x.Mul(x).Mul(3).Sum() }
	loss().Backward()
	wantGrad(t, "once", x, 6, -12)
	loss().Backward()
	wantGrad(t, "twice", x, 12, -24)
	x.ZeroGrad()
	if x.Grad() != nil {
		t.Errorf("after ZeroGrad: %v", x.Grad())
	}
	loss().Backward()
	wantGrad(t, "after ZeroGrad", x, 6, -12)
}

// A value used on several ways gets the sum of all, in any order of use: y = (x+x)·x + x, dy/dx = 4x + 1.
func TestBackwardJoinsWays(t *testing.T) {
	x := leaf(2, 3)
	twice := x.Add(x)
	twice.Mul(x).Add(x).Sum().Backward()
	wantGrad(t, "joined", x, 9, 13)

	// The gradient that Add hands to both sides is one tensor; what a gets besides must not reach b.
	x = leaf(1, 1)
	a, b := x.Mul(1), x.Mul(2)
	more := a.Mul(3)
	a.Add(b).Add(more).Sum().Backward()
	wantGrad(t, "shared", x, 6, 6)

	x = leaf(1, 2, 3, 4)
	var parts []*tensor.Tensor
	for i := range 4 {
		parts = append(parts, x.Index(3-i).Mul(float64(i)))
	}
	tensor.Stack(parts...).Add(x).Sum().Backward()
	wantGrad(t, "entries", x, 4, 3, 2, 1)
}

// A long chain must not overflow the stack, and its gradient is exact: 100000 times +x.
func TestBackwardOfALongChain(t *testing.T) {
	x := leaf(1)
	y := x
	const n = 100000
	for range n {
		y = y.Add(x)
	}
	y.Backward()
	wantGrad(t, "chain", x, n+1)
}

func TestGradientsFollowOnlyWhatAsks(t *testing.T) {
	x, constant := leaf(1, 2), tensor.Of(3, 4)
	y := x.Mul(constant)
	if !y.RequiresGrad() || constant.RequiresGrad() || x.Detach().Mul(2).RequiresGrad() || x.Gt(0).RequiresGrad() {
		t.Error("RequiresGrad")
	}
	if !x.IsLeaf() || !constant.IsLeaf() || y.IsLeaf() || !y.Detach().IsLeaf() {
		t.Error("IsLeaf")
	}
	y.Sum().Backward()
	wantGrad(t, "x", x, 3, 4)
	if constant.Grad() != nil || y.Grad() != nil {
		t.Errorf("gradients %v, %v without asking", constant.Grad(), y.Grad())
	}
	x.SetRequiresGrad(false)
	if x.Mul(2).RequiresGrad() || x.Grad() != nil {
		t.Error("recorded after SetRequiresGrad(false)")
	}
}

func TestNoGrad(t *testing.T) {
	x := leaf(1, 2)
	tensor.NoGrad(func() {
		tensor.NoGrad(func() {})
		if x.Mul(2).RequiresGrad() || tensor.Recording(x) {
			t.Error("recorded inside NoGrad")
		}
		x.SubInPlace(0.5) // an optimiser's step
		done := make(chan bool)
		go func() { done <- x.Mul(2).RequiresGrad() }()
		if !<-done {
			t.Error("another goroutine is not inside NoGrad")
		}
	})
	if !x.Mul(2).RequiresGrad() {
		t.Error("not recorded after NoGrad")
	}
	if panicOf(func() { tensor.NoGrad(func() { panic("x") }) }); !tensor.Recording(x) {
		t.Error("not recorded after a panic inside NoGrad")
	}
}

func TestBackwardInSeveralGoroutines(t *testing.T) {
	x := leaf(1, 2)
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 100 {
				x.Mul(x).Sum().Backward()
			}
		})
	}
	wait.Wait()
	wantGrad(t, "sum of all", x, 1600, 3200)
}

// A node of one's own: two inputs, two outputs.
func TestRecord(t *testing.T) {
	build := func(x, w *tensor.Tensor, back func(dy []*tensor.Tensor) []*tensor.Tensor) (sum, product *tensor.Tensor) {
		sum, product = x.Detach().Add(w.Detach()), x.Detach().Mul(w.Detach())
		tensor.Record(tensor.Node{
			Name: "both", Inputs: []*tensor.Tensor{x, nil, w}, Outputs: []*tensor.Tensor{sum, product},
			Saved: []*tensor.Tensor{x, w}, Backward: back,
		})
		return sum, product
	}
	x, w := leaf(1, 2), leaf(3, 4)
	exact := func(dy []*tensor.Tensor) []*tensor.Tensor {
		dx, dw := tensor.Zeros(2), tensor.Zeros(2)
		if dy[0] != nil {
			dx.AddInPlace(dy[0])
			dw.AddInPlace(dy[0])
		}
		if dy[1] != nil {
			dx.AddInPlace(dy[1].Mul(w.Detach()))
			dw.AddInPlace(dy[1].Mul(x.Detach()))
		}
		return []*tensor.Tensor{dx, nil, dw}
	}
	sum, product := build(x, w, exact)
	sum.Add(product.Mul(10)).Sum().Backward()
	wantGrad(t, "x by both", x, 31, 41)
	wantGrad(t, "w by both", w, 11, 21)
	_, product = build(x, w, exact)
	product.Sum().Backward()
	wantGrad(t, "x by one more", x, 34, 45)

	plain, _ := build(tensor.Of(1, 2), tensor.Of(3, 4), nil)
	if plain.RequiresGrad() {
		t.Error("recorded without a leaf")
	}
	for want, back := range map[string]func(dy []*tensor.Tensor) []*tensor.Tensor{
		"tensor.Backward: both gave 1 gradients for 3 inputs": func(dy []*tensor.Tensor) []*tensor.Tensor { return dy[:1] },
		"tensor.Backward: both gave a gradient of shape [3] for input 2 of shape [2]": func(dy []*tensor.Tensor) []*tensor.Tensor {
			return []*tensor.Tensor{nil, nil, tensor.Zeros(3)}
		},
	} {
		sum, _ := build(x, w, back)
		if got := panicOf(sum.Sum().Backward); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// What would give a wrong gradient is a panic.
func TestGradientMisusePanics(t *testing.T) {
	x := leaf(1, 2)
	buffer := tensor.Of(3, 4)
	used := x.Mul(x)
	used.Sum().Backward()
	for want, f := range map[string]func(){
		"tensor.Backward: shape [2] has 2 elements, need 1; BackwardFrom takes any shape":                                   func() { x.Mul(2).Backward() },
		"tensor.BackwardFrom: gradient of shape [3] for shape [2]":                                                          func() { x.Mul(2).BackwardFrom(tensor.Zeros(3)) },
		"tensor.Backward: the tensor of shape [] does not depend on one that requires gradients":                            func() { buffer.Sum().Backward() },
		"tensor.Backward: an earlier Backward has used the record of Mul; compute it again, or Detach what is carried over": func() { used.Sum().Backward() },
		"tensor.AddInPlace: the tensor of shape [2] records gradients; change it inside NoGrad, or change a copy":           func() { x.AddInPlace(1) },
		"tensor.FillInPlace: the tensor of shape [] records gradients; change it inside NoGrad, or change a copy":           func() { x.Index(0).FillInPlace(1) },
		"tensor.Set: the tensor of shape [2] records gradients; change it inside NoGrad, or change a copy":                  func() { x.Set(1, 0) },
		"tensor.MulInto: the tensor of shape [2] requires gradients, which would be lost; use Detach or NoGrad":             func() { buffer.MulInto(buffer, x) },
		"tensor.CopyFrom: the tensor of shape [2] requires gradients, which would be lost; use Detach or NoGrad":            func() { buffer.CopyFrom(x) },
		"tensor.Map: the tensor of shape [2] requires gradients, which would be lost; use Detach or NoGrad":                 func() { x.Map(func(v float32) float32 { return v }) },
		"tensor.SetRequiresGrad: the tensor is the result of Add; use Detach":                                               func() { x.Add(1).SetRequiresGrad(false) },
		"tensor.Backward: a tensor of shape [2] that Mul needs was changed in place after it; change a Clone":               func() { y := x.Mul(buffer); buffer.Set(9, 0); y.Sum().Backward() },
		"tensor.Backward: a tensor of shape [2] that Exp needs was changed in place after it; change a Clone":               func() { y := x.Exp(); tensor.NoGrad(func() { x.AddInPlace(1) }); y.Sum().Backward() },
		"tensor.Backward: a tensor of shape [1 2] that Div needs was changed in place after it; change a Clone":             func() { y := x.Div(buffer.Unsqueeze(0)); buffer.AddInto(buffer, 1); y.Sum().Backward() },
		"tensor.Record: output 0 of f, shape [2], has a gradient already": func() {
			tensor.Record(tensor.Node{Name: "f", Inputs: []*tensor.Tensor{x}, Outputs: []*tensor.Tensor{x}})
		},
		"tensor.MSE: shapes [2] and [1]":                                     func() { tensor.MSE(x, tensor.Zeros(1)) },
		"tensor.CrossEntropy: logits of shape [2 3] and target of shape [3]": func() { tensor.CrossEntropy(tensor.Zeros(2, 3), tensor.Zeros(3)) },
		"tensor.CrossEntropy: class 3 of 3, target of shape [2]":             func() { tensor.CrossEntropy(tensor.Zeros(2, 3), tensor.Of(0, 3)) },
		"tensor.CrossEntropy: class 0.5 of 3, target of shape [2]":           func() { tensor.CrossEntropy(tensor.Zeros(2, 3), tensor.Of(0, 0.5)) },
		"tensor.CrossEntropy: logits of shape [] have no axis of classes":    func() { tensor.CrossEntropy(tensor.Scalar(1), tensor.Scalar(1)) },
		"tensor.Softmax: axis 1 of shape [2]":                                func() { x.Softmax(1) },
		"tensor.LogSoftmax: axis -2 of shape [2]":                            func() { x.LogSoftmax(-2) },
	} {
		if got := panicOf(f); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := panicOf(func() {
		y := x.MatMul(buffer)
		buffer.MulInPlace(2)
		y.Backward()
	}); !strings.Contains(got, "that MatMul needs was changed") {
		t.Errorf("got %q", got)
	}
	if got := panicOf(func() {
		y := x.Mul(buffer)
		buffer.Data()[0] = 5
		buffer.MarkChanged()
		y.Sum().Backward()
	}); !strings.Contains(got, "that Mul needs was changed") {
		t.Errorf("got %q", got)
	}
	// A change of what no gradient is computed from is fine: x + buffer.
	y := x.Add(buffer)
	buffer.Set(7, 0)
	y.Sum().Backward()
}

// Text and tables read values and record nothing.
func TestPrintingOfResults(t *testing.T) {
	y := leaf(1, 2).Mul(2)
	if got := y.String(); got != "tensor([2., 4.])" {
		t.Error(got)
	}
	if text, _ := y.HTML(); !strings.Contains(text, "4.") {
		t.Error(text)
	}
}
