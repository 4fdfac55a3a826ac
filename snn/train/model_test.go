package train_test

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
	"github.com/livespike/livespike/snn/train"
)

// network is a model of snn's modules that keep something of their own: a batch norm, a dropout, a frozen layer.
func network(opts ...snn.Option) snn.Module {
	tensor.Seed(3)
	return snn.Sequential(
		snn.Linear(4, 12), snn.Lift(snn.BatchNorm1d(12)), snn.LIF(opts...), snn.Dropout(0.2),
		snn.Freeze(snn.Linear(12, 6)), snn.Linear(6, 2), snn.LI(opts...))
}

// Oracle: the same run without a stop, through a batch norm, whose means no optimiser knows, and a dropout.
func TestResumedTrainingKeepsWhatTheModelGathers(t *testing.T) {
	data, _, _ := spiking()
	learn, test := data.Split(40)
	run := func(opts ...train.FitOption) (snn.Module, *train.History) {
		m := network()
		opts = append(opts, train.Batch(8), train.Validate(test), train.Patience(4))
		h, err := train.Fit(m, train.Adam(snn.Parameters(m), train.LR(0.01)), learn, train.MaxCrossEntropy, opts...)
		if err != nil {
			t.Fatal(err)
		}
		return m, h
	}
	dir := t.TempDir()
	whole, wantHistory := run(train.Epochs(6))
	run(train.Epochs(3), train.Keep(filepath.Join(dir, "kept")))
	resumed, history := run(train.Epochs(6), train.Resume(filepath.Join(dir, "kept")))
	if history.String() != wantHistory.String() {
		t.Errorf("history\n%v\nwant\n%v", history, wantHistory)
	}
	x, _ := data.Split(5)
	a, _ := whole.Forward(x.X.Transpose(0, 1), nil)
	b, _ := resumed.Forward(x.X.Transpose(0, 1), nil)
	if !a.Equal(b) {
		t.Error("the models differ")
	}
	if err := snn.Save(filepath.Join(dir, "a"), whole); err != nil {
		t.Fatal(err)
	}
	if err := snn.Load(filepath.Join(dir, "a"), network()); err != nil {
		t.Error(err)
	}
	other := snn.Sequential(snn.Linear(4, 12), snn.LIF(), snn.Linear(12, 2))
	_, err := train.Fit(hushed{other}, train.Adam(snn.Parameters(other)), learn, train.MaxCrossEntropy, train.Resume(filepath.Join(dir, "kept")))
	if err == nil || !strings.Contains(err.Error(), "kept") {
		t.Errorf("a checkpoint of another model: %v", err)
	}
}

// hushed is a model without a text.
type hushed struct{ m snn.Module }

func (h hushed) Forward(x *tensor.Tensor, s *snn.State) (*tensor.Tensor, *snn.State) {
	return h.m.Forward(x, s)
}

// TestFitGivesTheModelBackReady: no gradients, dropout off, no check; what was frozen has not moved.
func TestFitGivesTheModelBackReady(t *testing.T) {
	data, _, _ := spiking()
	m := network()
	frozen := m.(*snn.Chain).At(4).(*snn.Dense).Weight()
	before := frozen.Clone()
	params := snn.Parameters(m)
	if _, err := train.Fit(m, train.SGD(params, train.LR(0.1)), data, train.MaxCrossEntropy, train.Epochs(1)); err != nil {
		t.Fatal(err)
	}
	x := data.X.Transpose(0, 1)
	a, _ := m.Forward(x, nil)
	if b, _ := m.Forward(x, nil); !a.Equal(b) || a.RequiresGrad() {
		t.Errorf("the model is still learning: equal %v, records %v", a.Equal(b), a.RequiresGrad())
	}
	if !frozen.Equal(before) {
		t.Error("a frozen layer has changed")
	}
	x.Set(float32(math.NaN()), 0, 0, 0)
	m.Forward(x, nil) // would panic if the check were on
}

func TestCheckpointHoldsTheTimeStep(t *testing.T) {
	data, _, _ := spiking()
	for _, c := range []struct {
		m    snn.Module
		want float64
	}{
		{network(snn.DT(0.002)), 0.002},
		{network(), 0.001},
		{snn.Sequential(snn.Linear(4, 2), snn.LIF(snn.DT(0.002)), snn.LI()), 0},
		{snn.Linear(4, 2), 0},
	} {
		path, opt := filepath.Join(t.TempDir(), "kept"), train.SGD(snn.Parameters(c.m))
		if _, err := train.Fit(c.m, opt, data, train.MaxCrossEntropy, train.Epochs(1), train.Keep(path)); err != nil {
			t.Fatal(err)
		}
		info, err := train.LoadCheckpoint(path, opt)
		if err != nil || info.DT != c.want {
			t.Errorf("dt %v (%v), want %v", info.DT, err, c.want)
		}
	}
}

// TestFitNamesTheLayerAndTheStep: where a number that is none appears, in forward, backward and validation.
func TestFitNamesTheLayerAndTheStep(t *testing.T) {
	model := func() snn.Module {
		return snn.Sequential(snn.Linear(4, 3, snn.Weight(tensor.Full(2, 3, 4)), snn.Bias(false)), snn.LI(), snn.Scale(1))
	}
	run := func(m snn.Module, loss train.Loss, opts ...train.FitOption) error {
		data, _, _ := spiking()
		_, err := train.Fit(m, train.SGD(snn.Parameters(m)), data, loss, append(opts, train.InOrder(), train.Batch(20))...)
		return err
	}
	huge, _, _ := spiking()
	huge.X.Set(3e38, 45, 7, 0)
	m := model()
	_, err := train.Fit(m, train.SGD(snn.Parameters(m)), huge, train.LastCrossEntropy, train.InOrder(), train.Batch(20))
	if want := "train: snn: 0 Linear(4, 3): +Inf in the output at step 7, element [5 0], epoch 0, batch 2"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	err = run(model(), train.LastCrossEntropy, train.Validate(huge), train.Epochs(1))
	if want := "train: snn: 0 Linear(4, 3): +Inf in the output at step 7, element [5 0], epoch 0, validation"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	err = run(model(), func(out, _ *tensor.Tensor) *tensor.Tensor { return out.Index(4).Mul(0).Sqrt().Sum() })
	if want := "at step 4, element [0 0], epoch 0, batch 0"; err == nil || !strings.Contains(err.Error(), "in the gradient of the output") || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestFitOfAnotherModelsParameters(t *testing.T) {
	data, _, _ := spiking()
	defer func() {
		if got, want := recover(), "train.Fit: no gradient reaches any of the optimiser's 1 parameters; are they the model's?"; got != want {
			t.Errorf("got %v, want %s", got, want)
		}
	}()
	m := network()
	loss := func(out, y *tensor.Tensor) *tensor.Tensor {
		return train.MaxCrossEntropy(out.Mul(tensor.Ones(1).SetRequiresGrad(true)), y)
	}
	train.Fit(m, train.SGD([]train.Parameter{{Name: "w", Value: tensor.Ones(1)}}), data, loss)
}
