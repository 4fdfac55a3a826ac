package snn

import (
	"fmt"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/livespike/livespike/internal/fixture"
	"github.com/livespike/livespike/internal/golden"
	"github.com/livespike/livespike/internal/simd"
	"github.com/livespike/livespike/snn/surrogate"
	"github.com/livespike/livespike/snn/tensor"
)

// skipped is the reason why a case is not run here.
type skipped string

func (s skipped) Error() string { return string(s) }

// elsewhere names the package that checks the cases whose operation begins so.
var elsewhere = map[string]string{
	"stdp.": "snn/plasticity", "correlation.": "snn/plasticity", "stp.": "snn/plasticity",
	"encode.": "snn/encode", "decode.": "snn/encode", "filter.": "snn/encode", "rf.": "snn/encode", "logical": "snn/encode",
}

// TestConformanceNorse compares with values from Norse 065a3b45 and v0.0.7, torch 1.13.1: every case of every file in
// testdata/norse, or in the folder named by LIVESPIKE_GOLDEN_NORSE.
func TestConformanceNorse(t *testing.T) {
	dir := fixture.Path("LIVESPIKE_GOLDEN_NORSE")
	if dir == "" {
		dir = filepath.Join("testdata", "norse")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files in %s (%v)", dir, err)
	}
	cases, failed, left := 0, 0, 0
	passed := golden.Tally{}
	reasons := map[string]int{}
	for _, path := range files {
		base := filepath.Base(path)
		file, err := golden.Load(path)
		if err != nil {
			cases++
			failed++
			t.Errorf("%s: %v", base, err)
			continue
		}
		for _, c := range file.Cases {
			cases++
			err := conform(c, strings.HasPrefix(fmt.Sprint(file.Meta["norse"]), "v0.0."))
			if why, ok := err.(skipped); ok {
				left++
				reasons[string(why)]++
			} else if err != nil {
				failed++
				t.Errorf("%s: %s (%s): %v", base, c.Text("name"), c.Text("op"), err)
			} else {
				passed.Add(c)
			}
		}
	}
	for _, why := range sortedKeys(reasons) {
		t.Logf("skipped: %d cases: %s", reasons[why], why)
	}
	passed.Log(t.Logf)
	t.Logf("conformance norse: %d cases, %d failed, %d skipped", cases, failed, left)
}

func sortedKeys(m map[string]int) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// conform runs one case; a panic is a failure of the case.
func conform(c golden.Case, delayed bool) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	op := c.Text("op")
	for prefix, where := range elsewhere {
		if strings.HasPrefix(op, prefix) {
			return skipped(op + ": checked by " + where)
		}
	}
	kind, what, _ := strings.Cut(op, ".")
	switch kind {
	case "bptt":
		return conformGradients(c, what)
	case "cell":
		return conformCell(c, what, delayed)
	case "threshold":
		return conformThreshold(c, what)
	case "compose":
		return conformRecurrentSequential(c)
	case "conv":
		return conformLConv2d(c)
	case "regularize":
		return conformRegularization(c)
	case "talk":
		return conformEdges(c, delayed)
	case "recurrent":
		return conformRecurrent(c, what)
	case "step":
		return conformStep(c, strings.TrimSuffix(what, "FeedForward"))
	}
	return fmt.Errorf("unknown operation %q", op)
}

// goldenOptions are the options that a case's params spell. Norse's cases held float32 tensors, except those named by
// plain, which were numbers.
func goldenOptions(c golden.Case, plain func(key string) bool) ([]Option, error) {
	var opts []Option
	if c.Has("dt") {
		opts = append(opts, DT(c.Number("dt", 0.001)))
	}
	var read func(p golden.Case) error
	read = func(p golden.Case) error {
		for _, key := range p.Keys() {
			switch {
			case key == "method":
				opts = append(opts, Method(p.Text(key)))
			case key == "reset_method":
				opts = append(opts, Option{key, p.Text(key)})
			case p.IsTensor(key) && len(p.Sub(key)) == 2:
				v, err := goldenTensor(p, key)
				if err != nil {
					return err
				}
				opts = append(opts, Option{key, v})
			case len(p.Sub(key)) > 0:
				if err := read(p.Sub(key)); err != nil {
					return err
				}
			case plain(key):
				opts = append(opts, Option{key, p.Number(key, 0)})
			default:
				opts = append(opts, Option{key, tensor.Of(float32(p.Number(key, 0)))})
			}
		}
		return nil
	}
	if c.Has("g_coupling") {
		g, err := goldenTensor(c, "g_coupling")
		if err != nil {
			return nil, err
		}
		opts = append(opts, Coupling(g))
	}
	return opts, read(c.Sub("params"))
}

// plainNumbers says which parameters of a case Norse held as numbers: all of Izhikevich's, and the one of the talk's
// Braitenberg vehicle.
func plainNumbers(c golden.Case, model string) func(key string) bool {
	return func(key string) bool {
		return model == "Izhikevich" || c.Text("name") == "braitenberg" && key == "tau_mem_inv"
	}
}

func goldenTensor(c golden.Case, key string) (*tensor.Tensor, error) {
	g, err := c.Tensor(key)
	if err != nil {
		return nil, err
	}
	return wrap(g.Data, g.Shape), nil
}

// conformCell runs a cell step by step and the layer at once, and compares both.
func conformCell(c golden.Case, what string, delayed bool) error {
	if what == "LILinear" {
		return conformLILinear(c)
	}
	m := models[what]
	if m == nil {
		return fmt.Errorf("unknown model %q", what)
	}
	opts, err := goldenOptions(c, plainNumbers(c, what))
	if err != nil {
		return err
	}
	if delayed {
		opts = append(opts, Delayed())
	}
	x, err := goldenTensor(c, "input")
	if err != nil {
		return err
	}
	cell := m.cell(opts)
	s := cell.initial(x.Shape()[1:])
	if err := setInitial(c, s); err != nil {
		return err
	}
	return conformNeuron(c, cell, m.layer(append(opts, RecordStates())), x, s)
}

// conformNeuron compares the output and all states of a cell and of its layer from the state s.
func conformNeuron(c golden.Case, cell *Cell, layer *Layer, x *tensor.Tensor, s *State) error {
	if err := conformRun(c, layer, x, s); err != nil {
		return fmt.Errorf("layer: %w", err)
	}
	if err := conformRun(c, &stepper{cell}, x, s); err != nil {
		return fmt.Errorf("cell: %w", err)
	}
	return nil
}

// stepper runs a cell over a sequence and records its states, as RecordStates does.
type stepper struct{ Module }

func (r *stepper) Forward(x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	shape := x.Shape()
	n := size(shape[1:])
	var out []float32
	states := map[string][]float32{}
	var step []int
	for t := range shape[0] {
		var z *tensor.Tensor
		z, s = r.Module.Forward(wrap(x.Data()[t*n:(t+1)*n], shape[1:]), s)
		out, step = append(out, z.Data()...), z.Shape()
		for _, name := range s.Names() {
			states[name] = append(states[name], s.Get(name).Data()...)
		}
	}
	all := NewState("all")
	for _, name := range s.Names() {
		all.sub = append(all.sub, child{
			name: name, t: wrap(states[name], append([]int{shape[0]}, s.Get(name).Shape()...)),
		})
	}
	return wrap(out, append([]int{shape[0]}, step...)), all
}

// conformRun runs a module that records its states and compares the case's output and states.
func conformRun(c golden.Case, m Module, x *tensor.Tensor, s *State) error {
	out, states := m.Forward(x, s)
	if err := compare(c, "output", out); err != nil {
		return err
	}
	sub := c.Sub("states")
	for _, name := range sub.Keys() {
		want, err := sub.Tensor(name)
		if err != nil {
			return err
		}
		got := states.Get(name)
		if err := golden.Compare(name, c.Text("tol"), got.Shape(), got.Data(), want); err != nil {
			return err
		}
	}
	return nil
}

func compare(c golden.Case, key string, got *tensor.Tensor) error {
	want, err := c.Tensor(key)
	if err != nil {
		return err
	}
	return golden.Compare(key, c.Text("tol"), got.Shape(), got.Data(), want)
}

// conformStep runs a model that Norse has as a function only, from all zeros.
func conformStep(c golden.Case, what string) error {
	m := models[what]
	if m == nil {
		return fmt.Errorf("unknown model %q", what)
	}
	opts, err := goldenOptions(c, plainNumbers(c, ""))
	if err != nil {
		return err
	}
	x, err := goldenTensor(c, "input")
	if err != nil {
		return err
	}
	cell, layer := m.cell(opts), m.layer(append(opts, RecordStates()))
	if what == "LIFMCRefrac" {
		cell.step, layer.step = norseLIFMCRefracStep, norseLIFMCRefracStep
		cell.fast, layer.fast = simd.Neuron{}, simd.Neuron{}
	}
	return conformNeuron(c, cell, layer, x, newState(cell.lay, x.Shape()[1:]))
}

// norseLIFMCRefracStep is lifMCRefracStep with Norse's defect 11: the coupling is not scaled by dt, and spikes of the
// refractory period count.
func norseLIFMCRefracStep(z, x, s, c []float32, stride int) {
	cm, cs, leak, th, reset, rest := c[0], c[1], c[2], c[3], c[4], c[5]
	n := len(z)
	v, i, rho := s[:n], s[stride:][:n], s[2*stride:][:n]
	for k := range z {
		m := above(rho[k], 0)
		u := v[k] + (float32(float32((1-m)*cm)*((leak-v[k])+i[k])) + x[k])
		i[k] += float32(cs * i[k])
		f := above(u, th)
		v[k] = float32((1-f)*u) + float32(f*reset)
		rho[k] = float32((1-f)*relu(rho[k]-m)) + float32(f*rest)
		z[k] = f
	}
}

// recurrentForms are the cell and the layer of each recurrent model.
var recurrentForms = map[string]struct {
	cell  func(in, hidden int, opts ...Option) *RecurrentCell
	layer func(in, hidden int, opts ...Option) *Recurrent
}{
	"LIF": {LIFRecurrentCell, LIFRecurrent}, "LIFRefrac": {LIFRefracRecurrentCell, LIFRefracRecurrent},
	"LIFEx": {LIFExRecurrentCell, LIFExRecurrent}, "LIFAdEx": {LIFAdExRecurrentCell, LIFAdExRecurrent},
	"LIFAdExRefrac": {LIFAdExRefracRecurrentCell, LIFAdExRefracRecurrent},
	"LSNN":          {LSNNRecurrentCell, LSNNRecurrent}, "AdaLIF": {AdaLIFRecurrentCell, AdaLIFRecurrent},
	"Izhikevich": {IzhikevichRecurrentCell, IzhikevichRecurrent}, "IAF": {IAFRecurrentCell, IAFRecurrent},
	"CobaLIF": {CobaLIFCell, CobaLIF}, "LIFMC": {LIFMCRecurrentCell, LIFMCRecurrent},
	"LIFMCRefrac": {LIFMCRefracRecurrentCell, LIFMCRefracRecurrent},
}

// conformRecurrent runs a recurrent cell step by step and the layer at once, and compares both.
func conformRecurrent(c golden.Case, what string) error {
	form, ok := recurrentForms[what]
	if !ok {
		return fmt.Errorf("unknown model %q", what)
	}
	opts, err := goldenOptions(c, plainNumbers(c, what))
	if err != nil {
		return err
	}
	win, err := goldenTensor(c, "input_weights")
	if err != nil {
		return err
	}
	wrec, err := goldenTensor(c, "recurrent_weights")
	if err != nil {
		return err
	}
	x, err := goldenTensor(c, "input")
	if err != nil {
		return err
	}
	in, hidden := win.Shape()[1], win.Shape()[0]
	if what == "CobaLIF" { // Norse's cell forgets its input (defect 1), so without one ours must give the same
		win = tensor.Zeros(hidden, in)
	}
	opts = append(opts, InputWeights(win), RecurrentWeights(wrec), Autapses(c.Bool("autapses", true)))
	cell, layer := form.cell(in, hidden, opts...), form.layer(in, hidden, append(opts, RecordStates())...)
	if what == "LIFMCRefrac" {
		cell.step, layer.step = norseLIFMCRefracStep, norseLIFMCRefracStep
		cell.fast, layer.fast = simd.Neuron{}, simd.Neuron{}
	}
	s := cell.InitialState(cell.OutputShape(x.Shape()[1:]...)...)
	if what == "IAF" || what == "AdaLIF" { // Norse has only the step, which was run from zeros
		clear(s.buf)
	}
	if err := setInitial(c, s); err != nil {
		return err
	}
	if err := conformRun(c, layer, x, s); err != nil {
		return fmt.Errorf("layer: %w", err)
	}
	if err := conformRun(c, &stepper{cell}, x, s); err != nil {
		return fmt.Errorf("cell: %w", err)
	}
	return nil
}

// setInitial puts the values that the case names into the state.
func setInitial(c golden.Case, s *State) error {
	init := c.Sub("init")
	for _, name := range init.Keys() {
		k := s.lay.find(name)
		if k < 0 {
			return fmt.Errorf("init: no %s in %s", name, s.title())
		}
		d := s.field(k)
		for at := range d {
			d[at] = float32(init.Number(name, 0))
		}
	}
	return nil
}

func conformLILinear(c golden.Case) error {
	opts, err := goldenOptions(c, plainNumbers(c, ""))
	if err != nil {
		return err
	}
	w, err := goldenTensor(c, "input_weights")
	if err != nil {
		return err
	}
	x, err := goldenTensor(c, "input")
	if err != nil {
		return err
	}
	opts = append(opts, InputWeights(w))
	in, hidden := w.Shape()[1], w.Shape()[0]
	if err := conformRun(c, LILinear(in, hidden, append(opts, RecordStates())...), x, nil); err != nil {
		return fmt.Errorf("layer: %w", err)
	}
	if err := conformRun(c, &stepper{LILinearCell(in, hidden, opts...)}, x, nil); err != nil {
		return fmt.Errorf("cell: %w", err)
	}
	return nil
}

// conformThreshold compares a surrogate's spikes and gradient; of a stochastic one the probability.
func conformThreshold(c golden.Case, what string) error {
	x, err := goldenTensor(c, "x")
	if err != nil {
		return err
	}
	alpha := float32(c.Number("alpha", 0))
	if what == "stochastic" {
		var f surrogate.Stochastic
		switch c.Text("method") {
		case "logistic_fn":
			f = surrogate.Logistic(alpha)
		case "circ_dist_fn":
			f = surrogate.CircDist(alpha)
		default:
			return fmt.Errorf("unknown method %q", c.Text("method"))
		}
		if err := compare(c, "probability", x.Map(f.Probability)); err != nil {
			return err
		}
		return compare(c, "dx", x.Map(func(v float32) float32 { return f.Grad(v, 1) }))
	}
	f := surrogate.ByName(c.Text("method")).WithAlpha(alpha)
	if err := compare(c, "y", surrogate.Threshold(x)); err != nil {
		return err
	}
	if !c.Has("dx") { // the method has no gradient
		for _, v := range x.Data() {
			if g := f.Grad(v, 1); g != 0 {
				return fmt.Errorf("gradient %v at %v, want none", g, v)
			}
		}
		return nil
	}
	dy, err := goldenTensor(c, "dy")
	if err != nil {
		return err
	}
	return compare(c, "dx", f.Backward(x, dy))
}

// conformEdges runs the talk's edge detector, step by step.
func conformEdges(c golden.Case, delayed bool) error {
	x, err := goldenTensor(c, "input")
	if err != nil {
		return err
	}
	kernel, err := goldenTensor(c, "kernel")
	if err != nil {
		return err
	}
	var opts []Option
	if delayed {
		opts = append(opts, Delayed())
	}
	k := kernel.Shape()[0]
	noise := LIFRefracCell(opts...)
	edges := Conv2d(1, 2, k, Weight(tensor.Stack(kernel, kernel.T())), Bias(false))
	x = x.Mul(c.Number("gain", 1))
	spikes, _ := Lift(noise).Forward(x, nil)
	if err := compare(c, "spikes", spikes); err != nil {
		return err
	}
	out, _ := Lift(Sequential(noise, edges)).Forward(x, nil)
	return compare(c, "output", out)
}

// conformRecurrentSequential runs LIFCell and a Linear without a bias, whose output comes back.
func conformRecurrentSequential(c golden.Case) error {
	w, err := goldenTensor(c, "weight")
	if err != nil {
		return err
	}
	x, err := goldenTensor(c, "input")
	if err != nil {
		return err
	}
	m := RecurrentSequential(LIFCell(), Linear(w.Shape()[1], w.Shape()[0], Weight(w), Bias(false)))
	out, _ := Lift(m).Forward(x, nil)
	return compare(c, "output", out)
}

func conformLConv2d(c golden.Case) error {
	w, err := goldenTensor(c, "weight")
	if err != nil {
		return err
	}
	x, err := goldenTensor(c, "input")
	if err != nil {
		return err
	}
	in, out, kernel := x.Shape()[2], w.Shape()[0], w.Shape()[2:4]
	y, _ := LConv2d(in, out, kernel, Weight(w), Padding(c.Int("padding", 0)), Groups(in/w.Shape()[1])).Forward(x, nil)
	return compare(c, "output", y)
}

// conformRegularization counts the spikes of a LIFCell over the input.
func conformRegularization(c golden.Case) error {
	x, err := goldenTensor(c, "input")
	if err != nil {
		return err
	}
	_, s := Lift(RegularizationCell(LIFCell())).Forward(x, nil)
	return compare(c, "output", s.Get("total"))
}
