package train_test

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
	"github.com/livespike/livespike/snn/train"
)

// array is a tensor as the golden file holds it: little-endian float32 in base64.
type array struct {
	Shape []int
	Data  string
}

func (a array) tensor(t *testing.T) *tensor.Tensor {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(a.Data)
	out := tensor.Zeros(a.Shape...)
	if err != nil || len(raw) != 4*out.Numel() {
		t.Fatalf("%d bytes for shape %v, error %v", len(raw), a.Shape, err)
	}
	for i := range out.Data() {
		out.Data()[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
	}
	return out
}

// reference is testdata/optim.json.
type reference struct {
	Optimizers []struct {
		Name        string
		Options     map[string]float64
		W, G, After array
	}
	Schedules []struct {
		Name             string
		Numbers, Factors []float64
	}
	Clips []struct {
		Limit, Norm   float64
		Before, After []array
	}
}

func readReference(t *testing.T) (r reference) {
	t.Helper()
	text, err := os.ReadFile("testdata/optim.json")
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err != nil || len(r.Optimizers) == 0 || len(r.Schedules) == 0 || len(r.Clips) == 0 {
		t.Fatalf("testdata/optim.json: %v", err)
	}
	return r
}

var (
	optimizers = map[string]func([]train.Parameter, ...train.Option) *train.Optimizer{
		"SGD": train.SGD, "Adam": train.Adam, "AdamW": train.AdamW,
	}
	options = map[string]func(float64) train.Option{
		"lr": train.LR, "momentum": train.Momentum, "dampening": train.Dampening, "weight_decay": train.WeightDecay,
		"beta1": train.Beta1, "beta2": train.Beta2, "eps": train.Eps,
		"nesterov": func(float64) train.Option { return train.Nesterov() },
	}
)

// setGrad makes g the gradient of w.
func setGrad(w, g *tensor.Tensor) {
	w.ZeroGrad()
	w.Mul(g).Sum().Backward()
}

// The oracle is PyTorch. Its vector code fuses products and sums, so the last bits differ.
func TestOptimizersArePyTorchs(t *testing.T) {
	for _, c := range readReference(t).Optimizers {
		var opts []train.Option
		for name, v := range c.Options {
			opts = append(opts, options[name](v))
		}
		w, g, after := c.W.tensor(t), c.G.tensor(t), c.After.tensor(t)
		opt := optimizers[c.Name]([]train.Parameter{{Name: "w", Value: w}}, opts...)
		for step := range g.Len() {
			setGrad(w, w.Detach().Mul(0.1).Add(g.Index(step)))
			opt.Step()
			if want := after.Index(step); !w.AllCloseTol(want, 2e-6, 2e-7) {
				t.Errorf("%v: after step %d: %v, want %v", opt, step, w, want)
				break
			}
		}
	}
}

func TestSchedulesArePyTorchs(t *testing.T) {
	for _, c := range readReference(t).Schedules {
		n := c.Numbers
		s := map[string]func() train.Schedule{
			"StepDecay":   func() train.Schedule { return train.StepDecay(int(n[0]), n[1]) },
			"Exponential": func() train.Schedule { return train.Exponential(n[0]) },
			"Cosine":      func() train.Schedule { return train.Cosine(int(n[0]), n[1]) },
			"Warmup":      func() train.Schedule { return train.Warmup(int(n[0])) },
		}[c.Name]()
		for epoch, want := range c.Factors {
			if got := s.Factor(epoch); math.Abs(got-want) > 1e-12 {
				t.Errorf("%v: epoch %d: %v, want %v", s, epoch, got, want)
			}
		}
	}
	if f := train.Cosine(4, 0.1).Factor(9); f != 0.1 {
		t.Errorf("Cosine ends at %v", f)
	}
	if f := (train.Schedule{}).Factor(3); f != 1 {
		t.Errorf("the zero schedule has factor %v", f)
	}
}

func TestClippingIsPyTorchs(t *testing.T) {
	for _, c := range readReference(t).Clips {
		var params []train.Parameter
		for i, a := range c.Before {
			g := a.tensor(t)
			w := tensor.ZerosLike(g).SetRequiresGrad(true)
			setGrad(w, g)
			params = append(params, train.Parameter{Name: fmt.Sprint(i), Value: w})
		}
		params = append(params, train.Parameter{Name: "without", Value: tensor.Zeros(1).SetRequiresGrad(true)})
		if norm := train.ClipNorm(params, c.Limit); math.Abs(norm-c.Norm) > 1e-6*c.Norm {
			t.Errorf("limit %v: norm %v, want %v", c.Limit, norm, c.Norm)
		}
		for i, a := range c.After {
			if got, want := params[i].Value.Grad(), a.tensor(t); !got.AllCloseTol(want, 1e-6, 1e-8) {
				t.Errorf("limit %v: gradient %v, want %v", c.Limit, got, want)
			}
		}
	}
	w := tensor.Zeros(3).SetRequiresGrad(true)
	setGrad(w, tensor.Of(-2, 0.25, 7))
	if train.ClipValue([]train.Parameter{{Name: "w", Value: w}}, 0.5); !w.Grad().Equal(tensor.Of(-0.5, 0.25, 0.5)) {
		t.Errorf("ClipValue: %v", w.Grad())
	}
}

func TestStepLeavesWhatHasNoGradient(t *testing.T) {
	for name, make := range optimizers {
		w, unused := tensor.Ones(2), tensor.Ones(2)
		opt := make([]train.Parameter{{Name: "unused", Value: unused}, {Name: "w", Value: w}})
		setGrad(w, tensor.Ones(2))
		opt.Step()
		if w.At1(0) == 1 || !unused.Equal(tensor.Ones(2).SetRequiresGrad(true)) {
			t.Errorf("%s: %v, %v", name, w, unused)
		}
	}
}

func TestStepDoesNotAllocate(t *testing.T) {
	for name, make := range optimizers {
		w := tensor.Zeros(100)
		opt := make([]train.Parameter{{Name: "w", Value: w}})
		setGrad(w, tensor.Ones(100))
		if n := testing.AllocsPerRun(20, opt.Step); n != 0 {
			t.Errorf("%s allocates %v times a step", name, n)
		}
	}
}

func TestOptimizerMisuse(t *testing.T) {
	w := tensor.Ones(2).SetRequiresGrad(true)
	p := []train.Parameter{{Name: "w", Value: w}}
	for want, f := range map[string]func(){
		"train.SGD: unknown option beta1; SGD knows dampening, lr, momentum, nesterov, weight_decay": func() { train.SGD(p, train.Beta1(0)) },
		"train.Adam: beta2 is 1.5; it must be from 0 to 1":                                           func() { train.Adam(p, train.Beta2(1.5)) },
		"train.SGD: lr is -1; it must be at least 0":                                                 func() { train.SGD(p).SetLR(-1) },
		"train.SGD: lr is NaN; it must be at least 0":                                                func() { train.SGD(p, train.LR(math.NaN())) },
		"train.AdamW: parameter v is computed from others; learn those":                              func() { train.AdamW([]train.Parameter{{Name: "v", Value: w.Mul(2)}}) },
		"train.Adam: two parameters are named w":                                                     func() { train.Adam(append(p, p...)) },
		"train.SGD: two options lr: 0.1 and 0.2":                                                     func() { train.SGD(p, train.LR(0.1), train.LR(0.2)) },
		"train.Adam: parameter x is nil":                                                             func() { train.Adam([]train.Parameter{{Name: "x"}}) },
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); got != want {
					t.Errorf("got %q, want %q", got, want)
				}
			}()
			f()
		}()
	}
	y := w.Mul(w).Sum()
	opt := train.SGD(p)
	setGrad(w, tensor.Ones(2))
	opt.Step()
	defer func() {
		if recover() == nil {
			t.Error("Backward with weights that a step has changed does not panic")
		}
	}()
	y.Backward()
}

func TestCheckFinite(t *testing.T) {
	w := tensor.Ones(2).SetRequiresGrad(true)
	p := []train.Parameter{{Name: "0.weight", Value: w}}
	if err := train.CheckFinite(p); err != nil {
		t.Error(err)
	}
	setGrad(w, tensor.Of(1, float32(math.Inf(1))))
	if err := train.CheckFinite(p); err == nil || err.Error() != "train: gradient of 0.weight: element 1 is +Inf" {
		t.Error(err)
	}
	w.Data()[0] = float32(math.NaN())
	if err := train.CheckFinite(p); err == nil || err.Error() != "train: parameter 0.weight: element 0 is NaN" {
		t.Error(err)
	}
}
