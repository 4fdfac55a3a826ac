package train_test

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/livespike/livespike/internal/interrupt"
	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
	"github.com/livespike/livespike/snn/train"
)

// module is a function as a model.
type module func(x *tensor.Tensor) *tensor.Tensor

func (m module) Forward(x *tensor.Tensor, s *snn.State) (*tensor.Tensor, *snn.State) { return m(x), s }

// linear is y = x·w + b, and the data that w = (2, -1), b = 0.5 make.
func linear() (train.Data, module, []train.Parameter) {
	tensor.Seed(1)
	x := tensor.Randn(64, 2)
	y := x.MatMul(tensor.Of(2, -1)).Add(0.5)
	w, b := tensor.Zeros(2), tensor.Zeros(1)
	return train.Data{X: x, Y: y}, func(x *tensor.Tensor) *tensor.Tensor { return x.MatMul(w).Add(b) },
		[]train.Parameter{{Name: "w", Value: w}, {Name: "b", Value: b}}
}

// The oracle is the rule that made the data.
func TestFitFindsALine(t *testing.T) {
	data, model, params := linear()
	h, err := train.Fit(model, train.SGD(params, train.LR(0.1)), data, tensor.MSE, train.Epochs(60), train.Batch(10), train.Timeless())
	if err != nil {
		t.Fatal(err)
	}
	wantClose(t, "w", params[0].Value.Detach(), 2, -1)
	wantClose(t, "b", params[1].Value.Detach(), 0.5)
	if len(h.Epochs) != 60 || h.Epochs[59].Loss > 1e-9 || h.Losses().At1(0) != float32(h.Epochs[0].Loss) {
		t.Errorf("history\n%v", h)
	}
}

// TestFitGivesTheRateBack: the schedule's last rate is not where the next Fit begins.
func TestFitGivesTheRateBack(t *testing.T) {
	data, model, params := linear()
	opt := train.SGD(params, train.LR(0.1))
	for range 2 {
		h, err := train.Fit(model, opt, data, tensor.MSE, train.Epochs(3), train.Timeless(), train.With(train.StepDecay(1, 0.1)))
		if err != nil || h.Epochs[0].LR != 0.1 || opt.LR() != 0.1 {
			t.Errorf("rates %v and then %v, error %v; want 0.1", h.Epochs[0].LR, opt.LR(), err)
		}
	}
}

// spiking is a layer of spiking neurons and a readout, written with operations; it must tell early from late input.
// The random numbers in its input are there to see that a resumed run has the same.
func spiking() (train.Data, module, []train.Parameter) {
	tensor.Seed(2)
	const examples, steps, in, hidden = 60, 10, 4, 12
	x, y := tensor.Zeros(examples, steps, in), tensor.Zeros(examples)
	for i := range examples {
		y.Set(float32(i%2), i)
		for s := range steps / 2 {
			for k := range in {
				x.Set(tensor.Bernoulli(0.7).Item(), i, s+i%2*steps/2, k)
			}
		}
	}
	w1, w2 := tensor.Randn(in, hidden).Mul(0.8), tensor.Randn(hidden, 2).Mul(0.3)
	model := func(x *tensor.Tensor) *tensor.Tensor {
		noise := tensor.Randn(x.Shape()...).Mul(0.05)
		drive := x.Add(noise).MatMul(w1)
		v := tensor.Zeros(drive.Shape()[1:]...)
		u := tensor.Zeros(drive.Shape()[1], 2)
		var out []*tensor.Tensor
		for s := range drive.Len() {
			v = v.Mul(0.8).Add(drive.Index(s))
			z := spike(v.Sub(1))
			v = v.Sub(z)
			u = u.Mul(0.7).Add(z.MatMul(w2))
			out = append(out, u)
		}
		return tensor.Stack(out...)
	}
	return train.Data{X: x, Y: y}, model, []train.Parameter{{Name: "0.weight", Value: w1}, {Name: "2.weight", Value: w2}}
}

func spike(x *tensor.Tensor) *tensor.Tensor {
	z := x.Detach().Gt(0)
	tensor.Record(tensor.Node{
		Name: "spike", Inputs: []*tensor.Tensor{x}, Outputs: []*tensor.Tensor{z},
		Backward: func(dy []*tensor.Tensor) []*tensor.Tensor {
			d := x.Detach().Abs().Mul(5).Add(1)
			return []*tensor.Tensor{dy[0].Div(d.Mul(d))}
		},
	})
	return z
}

func accuracy(out, y *tensor.Tensor) float64 { return train.Accuracy(out.Index(-1), y) }

func values(params []train.Parameter) *tensor.Tensor {
	var all []*tensor.Tensor
	for _, p := range params {
		all = append(all, p.Value.Detach().Flatten(0))
	}
	return tensor.Cat(0, all...)
}

func TestFitTrainsSpikes(t *testing.T) {
	var weights []*tensor.Tensor
	for range 2 {
		data, model, params := spiking()
		learn, test := data.Shuffle(1).Split(40)
		h, err := train.Fit(model, train.Adam(params, train.LR(0.03)), learn, train.LastCrossEntropy, train.Epochs(15), train.Batch(8),
			train.Validate(test), train.Measure("accuracy", accuracy), train.With(train.Cosine(15, 0.1)), train.Clip(1))
		if err != nil {
			t.Fatal(err)
		}
		first, last := h.Epochs[0], h.Epochs[len(h.Epochs)-1]
		if last.Measured < 0.95 || last.Validation > first.Validation/2 || math.Abs(last.LR-0.03*train.Cosine(15, 0.1).Factor(14)) > 1e-12 {
			t.Errorf("not learned:\n%v", h)
		}
		weights = append(weights, values(params))
	}
	if !weights[0].Equal(weights[1]) {
		t.Error("two runs from one seed differ")
	}
}

// A run that is stopped after some epochs and resumed in a new process (here: with new parameters, another optimiser
// and other random numbers) has the same bits as one without the stop.
func TestResumedTrainingIsUninterruptedTraining(t *testing.T) {
	for name, extra := range map[string][]train.FitOption{
		"plain":    nil,
		"patience": {train.Patience(3)},
	} {
		run := func(opts ...train.FitOption) (*train.History, *tensor.Tensor) {
			data, model, params := spiking()
			learn, test := data.Split(40)
			opts = append(append(opts, extra...), train.Batch(8), train.Validate(test), train.With(train.Exponential(0.9)))
			h, err := train.Fit(model, train.AdamW(params, train.LR(0.05)), learn, train.MaxCrossEntropy, opts...)
			if err != nil {
				t.Fatal(err)
			}
			return h, values(params)
		}
		wantHistory, want := run(train.Epochs(7))
		path := filepath.Join(t.TempDir(), "kept")
		run(train.Epochs(3), train.Keep(path))
		history, got := run(train.Epochs(7), train.Resume(path))
		if !got.Equal(want) {
			t.Errorf("%s: weights differ", name)
		}
		if history.String() != wantHistory.String() || !history.Losses().Equal(wantHistory.Losses()) {
			t.Errorf("%s: history\n%v\nwant\n%v", name, history, wantHistory)
		}
	}
}

// What neurons learn is in the model's text, which decides whether a checkpoint is of this model.
func TestResumeOfLearnedNeurons(t *testing.T) {
	data, _, _ := spiking()
	learn, test := data.Split(40)
	features := data.X.Shape()[len(data.X.Shape())-1]
	for name, extra := range map[string][]train.FitOption{"plain": nil, "validated": {train.Validate(test), train.Patience(9)}} {
		run := func(other snn.Option, opts ...train.FitOption) (*tensor.Tensor, error) {
			tensor.Seed(3)
			model := snn.Sequential(snn.Linear(features, 4), snn.LIF(snn.Learn("tau_mem_inv", "v_th"), snn.VTh(tensor.Of(0.4, 0.5, 0.6, 0.7)), other),
				snn.Freeze(snn.LI(snn.Learn("v_leak"))), snn.Linear(4, 2), snn.LI(snn.TauMemInv(100)))
			params := snn.Parameters(model)
			_, err := train.Fit(model, train.Adam(params, train.LR(0.05)), learn, train.MaxCrossEntropy, append(opts, extra...)...)
			return values(params), err
		}
		want, err := run(snn.VReset(0), train.Epochs(4))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "kept")
		if _, err := run(snn.VReset(0), train.Epochs(2), train.Keep(path)); err != nil {
			t.Fatal(err)
		}
		if got, err := run(snn.VReset(0), train.Epochs(4), train.Resume(path)); err != nil || !got.Equal(want) {
			t.Errorf("%s: resumed training differs from uninterrupted training: %v", name, err)
		}
		if _, err := run(snn.VReset(0.1), train.Epochs(4), train.Resume(path)); err == nil || !strings.Contains(err.Error(), "a checkpoint of") {
			t.Errorf("%s: another v_reset: %v", name, err)
		}
	}
}

// Every epoch has another order of all examples, and the seed decides it.
func TestOrderOfExamples(t *testing.T) {
	const n = 6
	y := tensor.Arange(0, n, 1)
	orders := func(opts ...train.FitOption) (out []string) {
		w := tensor.Zeros(1)
		model := module(func(x *tensor.Tensor) *tensor.Tensor { return x.Flatten(0).Mul(w) })
		loss := func(output, target *tensor.Tensor) *tensor.Tensor {
			out = append(out, target.String())
			return tensor.MSE(output, target)
		}
		opts = append(opts, train.Timeless(), train.Batch(n), train.Epochs(3))
		if _, err := train.Fit(model, train.SGD([]train.Parameter{{Name: "w", Value: w}}), train.Data{X: y, Y: y}, loss, opts...); err != nil {
			t.Fatal(err)
		}
		return out
	}
	first, again, other, sorted := orders(), orders(), orders(train.Seed(1)), orders(train.InOrder())
	if !slices.Equal(first, again) || slices.Equal(first, other) {
		t.Errorf("orders %v, again %v, of another seed %v", first, again, other)
	}
	if first[0] == first[1] || first[1] == first[2] {
		t.Errorf("the same order in every epoch: %v", first)
	}
	if sorted[2] != y.String() {
		t.Errorf("in order: %v", sorted)
	}
}

func TestPatience(t *testing.T) {
	kept := filepath.Join(t.TempDir(), "kept")
	run := func(epochs int, opts ...train.FitOption) (h *train.History, seen []*tensor.Tensor, params []train.Parameter) {
		data, model, params := linear()
		watched := module(func(x *tensor.Tensor) *tensor.Tensor {
			if !tensor.Recording(params[0].Value) { // the validation after an epoch
				seen = append(seen, values(params).Clone())
			}
			return model(x)
		})
		// The learning rate doubles every epoch until the loss grows.
		opts = append(opts, train.Epochs(epochs), train.Batch(64), train.Timeless(), train.Validate(data), train.Patience(2),
			train.With(train.Exponential(2)))
		h, err := train.Fit(watched, train.SGD(params, train.LR(0.05)), data, tensor.MSE, opts...)
		if err != nil {
			t.Fatal(err)
		}
		return h, seen, params
	}
	h, seen, params := run(50)
	best := h.Best()
	if best == 0 || len(h.Epochs) != best+3 {
		t.Errorf("stopped after %d epochs, the best was %d\n%v", len(h.Epochs), best, h)
	}
	if !values(params).Equal(seen[best]) {
		t.Errorf("weights %v, the best were %v", values(params), seen[best])
	}
	// A stop after the best epoch does not lose it.
	run(best+2, train.Keep(kept))
	h, _, params = run(50, train.Resume(kept))
	if len(h.Epochs) != best+3 || !values(params).Equal(seen[best]) {
		t.Errorf("resumed: %d epochs, weights %v, the best were %v", len(h.Epochs), values(params), seen[best])
	}
}

// With a limit c no step of gradient descent is longer than lr·c.
func TestClipInFit(t *testing.T) {
	data, model, params := linear()
	before := values(params).Clone()
	opt := train.SGD(params, train.LR(0.5))
	if _, err := train.Fit(model, opt, data, tensor.MSE, train.Epochs(1), train.Batch(64), train.Timeless(), train.Clip(0.01)); err != nil {
		t.Fatal(err)
	}
	d := values(params).Sub(before)
	if length := math.Sqrt(float64(d.Mul(d).Sum().Item())); math.Abs(length-0.005) > 1e-6 {
		t.Errorf("a step of length %v, want 0.005", length)
	}
}

func TestFitReportsWhatIsNoNumber(t *testing.T) {
	nan := float32(math.NaN())
	for want, f := range map[string]func(data *train.Data, model *module, params []train.Parameter){
		"train: data: X of example 3 holds NaN": func(d *train.Data, _ *module, _ []train.Parameter) { d.X.Set(nan, 3, 1) },
		"train: parameter b: element 0 is NaN":  func(_ *train.Data, _ *module, p []train.Parameter) { p[1].Value.Data()[0] = nan },
		"train: gradient of w: element 0 is +Inf, epoch 0, batch 0": func(_ *train.Data, m *module, p []train.Parameter) {
			*m = func(*tensor.Tensor) *tensor.Tensor { return p[0].Value.Sqrt().Sum() }
		},
		"train: element 1 of the output, shape [16], is +Inf, epoch 0, batch 1": func(_ *train.Data, m *module, _ []train.Parameter) {
			inner, calls := *m, 0
			*m = func(x *tensor.Tensor) *tensor.Tensor {
				if calls++; calls == 2 {
					return inner(x).Add(tensor.Cat(0, tensor.Of(0, float32(math.Inf(1))), tensor.Zeros(14)))
				}
				return inner(x)
			}
		},
	} {
		data, model, params := linear()
		f(&data, &model, params)
		loss := func(out, y *tensor.Tensor) *tensor.Tensor {
			if out.Numel() == 1 {
				return out
			}
			return tensor.MSE(out, y)
		}
		before := values(params).Clone()
		_, err := train.Fit(model, train.SGD(params), data, loss, train.Batch(16), train.Timeless(), train.InOrder())
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
		if strings.Contains(want, "batch 0") && !values(params).Equal(before) {
			t.Errorf("%s: the parameters have changed", want)
		}
	}
}

func TestFitStopsWithTheCell(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer interrupt.Set(ctx)()
	data, model, params := linear()
	calls := 0
	h, err := train.Fit(module(func(x *tensor.Tensor) *tensor.Tensor {
		if calls++; calls == 6 {
			cancel()
		}
		return model(x)
	}), train.SGD(params), data, tensor.MSE, train.Batch(16), train.Timeless())
	if !errors.Is(err, context.Canceled) || len(h.Epochs) != 1 || calls != 6 {
		t.Errorf("%v after %d epochs, %d calls", err, len(h.Epochs), calls)
	}
}

func TestProgress(t *testing.T) {
	data, model, params := linear()
	var text strings.Builder
	_, err := train.Fit(model, train.SGD(params), data, tensor.MSE, train.Epochs(2), train.Batch(32), train.Timeless(), train.Progress(&text))
	if err != nil {
		t.Fatal(err)
	}
	if got := text.String(); strings.Count(got, "\n") != 2 || strings.Count(got, "\r") != 6 ||
		!strings.Contains(got, "\repoch   1  [===============               ] 32/64  loss ") {
		t.Errorf("%q", got)
	}
}

// A checkpoint that does not fit is an error and changes nothing.
func TestForeignCheckpoints(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	make := func(shape ...int) (*train.Optimizer, []train.Parameter) {
		p := []train.Parameter{{Name: "w", Value: tensor.Ones(shape...)}, {Name: "b", Value: tensor.Ones(1)}}
		return train.Adam(p, train.LR(0.5)), p
	}
	opt, p := make(2)
	if err := train.SaveCheckpoint(path("good"), opt, train.Info{Model: "m", DT: 0.001, Epoch: 3}); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path("good"))
	if err != nil {
		t.Fatal(err)
	}
	write := func(name string, content []byte) {
		if err := os.WriteFile(path(name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("cut", whole[:len(whole)-5])
	write("other", []byte("{}"))
	if err := train.SaveTensors(path("tensors"), p, nil); err != nil {
		t.Fatal(err)
	}
	wide, _ := make(3)
	sgd := train.SGD(p)
	more := train.Adam(append([]train.Parameter{{Name: "c", Value: tensor.Ones(1)}}, p[1:]...))
	for _, c := range []struct {
		file, want string
		opt        *train.Optimizer
	}{
		{"cut", "not a whole safetensors file", opt},
		{"other", "not a whole safetensors file", opt},
		{"missing", "no such file", opt},
		{"tensors", `format "", expected livespike-checkpoint/1`, opt},
		{"good", "model/w has shape [2], the model's [3]", wide},
		{"good", "a checkpoint of Adam, not of SGD", sgd},
		{"good", "no tensor model/c", more},
	} {
		for _, p := range c.opt.Parameters() {
			tensor.NoGrad(func() { p.Value.FillInPlace(7) })
		}
		tensor.Seed(1)
		before := tensor.RandomState()
		_, err := train.LoadCheckpoint(path(c.file), c.opt)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.file) {
			t.Errorf("%s: %v, want %s", c.file, err, c.want)
		}
		for _, p := range c.opt.Parameters() {
			if p.Value.Data()[0] != 7 {
				t.Errorf("%s: %s has changed", c.file, p.Name)
			}
		}
		if string(before) != string(tensor.RandomState()) {
			t.Errorf("%s: the random numbers have changed", c.file)
		}
	}
	opt.SetLR(0.1)
	info, err := train.LoadCheckpoint(path("good"), opt)
	if err != nil || info.Model != "m" || info.DT != 0.001 || info.Epoch != 3 || p[0].Value.Data()[1] != 1 || opt.LR() != 0.5 {
		t.Errorf("%+v, %v, %v", info, err, p[0].Value)
	}
}

// named is a model with a text.
type named struct {
	module
	text string
}

func (n named) String() string { return n.text }

func TestResumeOfAnotherModel(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kept")
	run := func(text string, opt train.FitOption) ([]train.Parameter, error) {
		data, model, params := linear()
		_, err := train.Fit(named{model, text}, train.SGD(params), data, tensor.MSE, train.Timeless(), train.Epochs(1), opt)
		return params, err
	}
	if _, err := run("LIF()", train.Keep(path)); err != nil {
		t.Fatal(err)
	}
	if _, err := run("LIF()", train.Resume(path)); err != nil {
		t.Error(err)
	}
	params, err := run("LI()", train.Resume(path))
	if err == nil || !strings.Contains(err.Error(), `a checkpoint of "LIF()", not of "LI()"`) {
		t.Error(err)
	}
	if !values(params).Equal(tensor.Zeros(3)) {
		t.Errorf("the parameters have changed: %v", values(params))
	}
}

func TestFitMisuse(t *testing.T) {
	data, model, params := linear()
	opt := train.SGD(params)
	for want, f := range map[string]func(){
		"train.Fit: X of shape [64] has no time axis; see Timeless": func() {
			train.Fit(model, opt, train.Data{X: data.Y, Y: data.Y}, tensor.MSE)
		},
		"train.Fit: data: X [64 2] and Y [3] have not the same number of examples": func() {
			train.Fit(model, opt, train.Data{X: data.X, Y: tensor.Zeros(3)}, tensor.MSE)
		},
		"train.Fit: a batch of 0 examples":                                func() { train.Fit(model, opt, data, tensor.MSE, train.Batch(0)) },
		"train.Fit: 10 epochs, patience 0, clip -1; none may be negative": func() { train.Fit(model, opt, data, tensor.MSE, train.Clip(-1)) },
		"train.StepDecay: the number of epochs must be positive":          func() { train.StepDecay(0, 1) },
		"train.Cosine: the number of epochs must be positive":             func() { train.Cosine(0, 1) },
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("got %q, want %q", got, want)
				}
			}()
			f()
		}()
	}
}
