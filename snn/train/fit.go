package train

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"

	"github.com/livespike/livespike/internal/interrupt"
	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
)

// FitOption changes how Fit works.
type FitOption func(*fit)

// Epochs is how often Fit goes through the examples; 10 unless set.
func Epochs(n int) FitOption { return func(f *fit) { f.epochs = n } }

// Batch is how many examples make a step; 32 unless set. The last batch of an epoch may be smaller.
func Batch(n int) FitOption { return func(f *fit) { f.batch = n } }

// Seed decides the order of the examples in every epoch; 0 unless set.
func Seed(seed int64) FitOption { return func(f *fit) { f.seed = seed } }

// InOrder keeps the examples in their order.
func InOrder() FitOption { return func(f *fit) { f.inOrder = true } }

// Timeless says that X has no time axis: a batch is (batch, …) and not (time, batch, …).
func Timeless() FitOption { return func(f *fit) { f.timeless = true } }

// Validate computes the loss on other examples after every epoch, without gradients.
func Validate(d Data) FitOption { return func(f *fit) { f.validation = &d } }

// Measure adds a figure to the history: the mean over the validation examples, or over the training ones without
// Validate.
func Measure(name string, m func(output, target *tensor.Tensor) float64) FitOption {
	return func(f *fit) { f.measureName, f.measure = name, m }
}

// Patience stops after so many epochs without a better loss, of the validation where there is one, and goes back to
// the best parameters.
func Patience(epochs int) FitOption { return func(f *fit) { f.patience = epochs } }

// With sets the learning rate of every epoch: the schedule's factor times the rate that the optimiser begins with.
func With(s Schedule) FitOption { return func(f *fit) { f.schedule = s } }

// Clip limits the norm of all gradients together before every step.
func Clip(norm float64) FitOption { return func(f *fit) { f.clip = norm } }

// Progress writes a line an epoch, with a bar while it runs.
func Progress(w io.Writer) FitOption { return func(f *fit) { f.progress = w } }

// Keep writes a checkpoint after every epoch.
func Keep(path string) FitOption { return func(f *fit) { f.keep = path } }

// Resume goes on from a checkpoint that Keep wrote, with the same bits as without the stop. The other options and the
// data must be those of the first run.
func Resume(path string) FitOption { return func(f *fit) { f.resume = path } }

// fit is a run of Fit.
type fit struct {
	model snn.Module
	opt   *Optimizer
	data  Data
	loss  Loss

	epochs, batch, patience int
	seed                    int64
	inOrder, timeless       bool
	validation              *Data
	measureName             string
	measure                 func(output, target *tensor.Tensor) float64
	schedule                Schedule
	clip                    float64
	progress                io.Writer
	keep, resume            string

	history *History
	rate    float64 // the learning rate that the schedule's factor is of
	best    []Parameter
}

// Fit learns the optimiser's parameters so that the model's output on X has a small loss against Y. Every batch starts
// from a fresh state. The model learns in snn.Train's mode, and is validated and given back in snn.Eval's, ready for
// use: it records no gradients until the next Fit or snn.Train.
//
// A model on a GPU learns there: each batch of X is sent to it, or gathered there if X is on it. The loss is computed on the
// CPU from the model's output, which is small.
//
// It returns what happened so far together with an error: a NaN or an infinity, with the layer's path, its step, the
// epoch and the batch (Fit switches snn.CheckFinite on, and off again at its end); a checkpoint that cannot be read or
// written; the interruption of the cell. It panics if no gradient reaches any of the optimiser's parameters.
func Fit(model snn.Module, opt *Optimizer, data Data, loss Loss, opts ...FitOption) (*History, error) {
	f := &fit{model: model, opt: opt, data: data, loss: loss, epochs: 10, batch: 32, history: &History{}, rate: opt.LR()}
	for _, o := range opts {
		o(f)
	}
	f.history.Measure = f.measureName
	if f.batch <= 0 {
		panic(fmt.Sprintf("train.Fit: a batch of %d examples", f.batch))
	}
	if f.epochs < 0 || f.patience < 0 || !(f.clip >= 0) {
		panic(fmt.Sprintf("train.Fit: %d epochs, patience %d, clip %v; none may be negative", f.epochs, f.patience, f.clip))
	}
	if err := f.check(); err != nil {
		return f.history, err
	}
	if err := f.restore(); err != nil {
		return f.history, err
	}
	snn.CheckFinite(model, true)
	defer func() {
		f.opt.SetLR(f.rate) // another Fit begins where this one began
		snn.CheckFinite(model, false)
		snn.Eval(model)
	}()
	for epoch := len(f.history.Epochs); epoch < f.epochs && !f.done(); epoch++ {
		if err := f.epoch(interrupt.Context(), epoch); err != nil {
			return f.history, err
		}
		if err := f.save(epoch + 1); err != nil {
			return f.history, err
		}
	}
	if f.best != nil {
		f.copyTo(f.best, f.tensors())
	}
	return f.history, nil
}

func (f *fit) check() error {
	if err := f.data.check("data"); err != nil {
		return err
	}
	if f.validation != nil {
		return f.validation.check("validation")
	}
	return CheckFinite(f.opt.params)
}

// epoch goes through the examples once and enters the result in the history.
func (f *fit) epoch(ctx context.Context, epoch int) error {
	f.opt.SetLR(f.rate * f.schedule.Factor(epoch))
	order := shuffled(f.data.Len(), f.seed, epoch)
	if f.inOrder {
		for i := range order {
			order[i] = i
		}
	}
	f.prepare()
	var sum, measure mean
	for from := 0; from < len(order); from += f.batch {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("train: epoch %d: %w", epoch, err)
		}
		part := order[from:min(from+f.batch, len(order))]
		var loss, m float64
		err := watched(func() (err error) {
			loss, m, err = f.step(part)
			return err
		})
		if err != nil {
			return fmt.Errorf("%w, epoch %d, batch %d", err, epoch, from/f.batch)
		}
		sum.add(loss, len(part))
		measure.add(m, len(part))
		f.bar(epoch, from+len(part), len(order), sum.value())
	}
	e := Epoch{Loss: sum.value(), LR: f.opt.LR(), Validation: math.NaN(), Measured: measure.value()}
	if f.validation != nil {
		snn.Eval(f.model)
		err := watched(func() (err error) {
			e.Validation, e.Measured, err = f.evaluate(ctx, *f.validation)
			return err
		})
		if err != nil {
			return fmt.Errorf("%w, epoch %d, validation", err, epoch)
		}
		if math.IsNaN(e.Validation) || math.IsInf(e.Validation, 0) {
			return fmt.Errorf("train: the validation loss is %v, epoch %d", e.Validation, epoch)
		}
	}
	f.history.Epochs = append(f.history.Epochs, e)
	if f.patience > 0 && f.history.Best() == epoch {
		f.best = copies(f.tensors())
	}
	if f.progress != nil {
		fmt.Fprintf(f.progress, "\r%s\n", f.history.line(epoch))
	}
	return nil
}

// step learns from a batch.
func (f *fit) step(order []int) (loss, measured float64, err error) {
	f.opt.ZeroGrad()
	out, y, err := f.forward(f.data, order)
	if err != nil {
		return 0, 0, err
	}
	l := f.loss(out, y)
	loss = float64(l.Item())
	if math.IsNaN(loss) || math.IsInf(loss, 0) {
		if at := notFinite(out); at >= 0 {
			return 0, 0, fmt.Errorf("train: element %d of the output, shape %v, is %v", at, out.Shape(), out.Data()[at])
		}
		return 0, 0, fmt.Errorf("train: the loss is %v", loss)
	}
	l.Backward()
	f.mustReach()
	if err := CheckFinite(f.opt.params); err != nil {
		return 0, 0, err
	}
	if f.clip > 0 {
		ClipNorm(f.opt.params, f.clip)
	}
	f.opt.Step()
	if f.measure != nil && f.validation == nil {
		measured = f.measure(out.Detach(), y)
	}
	return loss, measured, nil
}

// mustReach panics if there is nothing to learn from: the optimiser has the parameters of another model.
func (f *fit) mustReach() {
	for _, p := range f.opt.params {
		if p.Value.Grad() != nil {
			return
		}
	}
	panic(fmt.Sprintf("train.Fit: no gradient reaches any of the optimiser's %d parameters; are they the model's?", len(f.opt.params)))
}

// tensors are all that training may change: the optimiser's parameters, and the model's own.
func (f *fit) tensors() []Parameter {
	return append(append([]Parameter(nil), f.opt.params...), others(f.model, f.opt)...)
}

// evaluate is the mean loss and the mean of the figure over examples.
func (f *fit) evaluate(ctx context.Context, d Data) (loss, measured float64, err error) {
	var sum, figure mean
	tensor.NoGrad(func() {
		for from := 0; from < d.Len() && ctx.Err() == nil; from += f.batch {
			var order []int
			for i := from; i < min(from+f.batch, d.Len()); i++ {
				order = append(order, i)
			}
			var out, y *tensor.Tensor
			if out, y, err = f.forward(d, order); err != nil {
				return
			}
			sum.add(float64(f.loss(out, y).Item()), len(order))
			if f.measure != nil {
				figure.add(f.measure(out, y), len(order))
			}
		}
	})
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return 0, 0, fmt.Errorf("train: %w", err)
	}
	return sum.value(), figure.value(), nil
}

// forward is the model's output for some examples, on the CPU wherever the model is, and what it should be.
func (f *fit) forward(d Data, order []int) (out, y *tensor.Tensor, err error) {
	x, y := d.batch(order, f.timeless)
	if x, err = x.To(f.device()); err != nil {
		return nil, nil, err
	}
	out, _ = f.model.Forward(x, nil)
	return out.CPU(), y, nil
}

// device is where the model is: the GPU that holds one of its tensors, else the CPU.
func (f *fit) device() tensor.Device {
	for _, p := range f.tensors() {
		if d := p.Value.Device(); !d.IsCPU() {
			return d
		}
	}
	return tensor.Device{}
}

// done reports whether patience has run out.
func (f *fit) done() bool {
	n := len(f.history.Epochs)
	return f.patience > 0 && n > 0 && n-1-f.history.Best() >= f.patience
}

// save writes the checkpoint after so many epochs.
func (f *fit) save(epochs int) error {
	if f.keep == "" {
		return nil
	}
	history, err := json.Marshal(f.history.finite())
	if err != nil {
		return fmt.Errorf("train: history: %w", err)
	}
	return SaveCheckpoint(f.keep, f.opt, Info{
		Model: f.modelText(), DT: timeStep(f.model), Epoch: epochs, Best: f.best, Others: others(f.model, f.opt),
		Notes: map[string]string{"history": string(history), "rate": fmt.Sprint(f.rate)},
	})
}

// modelText is what the model prints, without the values that training changes; empty for one that has no text of its own.
func (f *fit) modelText() string {
	s, ok := f.model.(fmt.Stringer)
	if !ok {
		return ""
	}
	for _, p := range f.tensors() { // their text says requires_grad, whatever mode the model is in
		if !p.Value.RequiresGrad() {
			p.Value.SetRequiresGrad(true)
			defer p.Value.SetRequiresGrad(false)
		}
	}
	return learnedText.ReplaceAllString(s.String(), "tensor(learned)")
}

// learnedText is how a model prints a tensor that requires gradients, such as a neuron's learned time constant.
var learnedText = regexp.MustCompile(`tensor\([^()]*, requires_grad=True\)`)

// restore goes back to where the checkpoint was written.
func (f *fit) restore() error {
	if f.resume == "" {
		return nil
	}
	c, err := readCheckpoint(f.resume, f.opt)
	if err != nil {
		return err
	}
	if text := f.modelText(); c.info.Model != text {
		return fmt.Errorf("train: %s: a checkpoint of %q, not of %q", f.resume, c.info.Model, text)
	}
	if err := f.fits("other/", c.info.Others, others(f.model, f.opt)); err != nil {
		return err
	}
	if c.info.Best != nil {
		if err := f.fits("best/", c.info.Best, f.tensors()); err != nil {
			return err
		}
	}
	var epochs []stored
	if err := json.Unmarshal([]byte(c.info.Notes["history"]), &epochs); err != nil || len(epochs) != c.info.Epoch {
		return fmt.Errorf("train: %s: %d epochs in the history of %d: %v", f.resume, len(epochs), c.info.Epoch, err)
	}
	if _, err := fmt.Sscan(c.info.Notes["rate"], &f.rate); err != nil {
		return fmt.Errorf("train: %s: rate: %w", f.resume, err)
	}
	info, err := LoadCheckpoint(f.resume, f.opt)
	if err != nil {
		return err
	}
	f.copyTo(info.Others, others(f.model, f.opt))
	f.history.restore(epochs)
	f.best = info.Best
	return nil
}

// fits is an error unless a checkpoint's tensors have the names and shapes of the model's.
func (f *fit) fits(prefix string, kept, own []Parameter) error {
	for i, p := range own {
		if i >= len(kept) || kept[i].Name != p.Name {
			return fmt.Errorf("train: %s: no tensor %s%s", f.resume, prefix, p.Name)
		}
		if from := kept[i].Value.Shape(); !slices.Equal(from, p.Value.Shape()) {
			return fmt.Errorf("train: %s: %s%s has shape %v, the model's %v", f.resume, prefix, p.Name, from, p.Value.Shape())
		}
	}
	if len(kept) > len(own) {
		return fmt.Errorf("train: %s: the model has no %s%s", f.resume, prefix, kept[len(own)].Name)
	}
	return nil
}

func copies(params []Parameter) []Parameter {
	out := make([]Parameter, len(params))
	for i, p := range params {
		out[i] = Parameter{Name: p.Name, Value: p.Value.Detach().Clone()}
	}
	return out
}

func (f *fit) copyTo(from, to []Parameter) {
	tensor.NoGrad(func() {
		for i, p := range from {
			to[i].Value.CopyFrom(p.Value)
		}
	})
}

// mean is a weighted mean.
type mean struct {
	sum float64
	n   int
}

func (m *mean) add(v float64, n int) { m.sum, m.n = m.sum+float64(v*float64(n)), m.n+n }

func (m *mean) value() float64 { return m.sum / float64(m.n) }
