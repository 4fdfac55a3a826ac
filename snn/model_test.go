package snn

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

// orders is the options for each step order that the model has; those of coupled models are for five neurons.
func orders(m *model) [][]Option {
	list := [][]Option{{}}
	if m.jump != "" {
		list = [][]Option{{Immediate()}, {Delayed()}}
	}
	if m.subtract != nil {
		list = append(list, []Option{ResetMethod("reset_subtract")})
	}
	if m.coupled != uncoupled {
		g := tensor.Linspace(-3, 2, 25).Reshape(5, 5)
		for k := range list {
			list[k] = append(list[k], Coupling(g))
		}
	}
	return list
}

// drive is an input that makes every model spike: noise around a mean, over 120 steps of (2, 5) neurons.
func drive(m *model) *tensor.Tensor {
	tensor.Seed(9)
	x := tensor.Randn(120, 2, 5).Add(0.5)
	if m.behaving {
		x = x.Mul(20).Add(10)
	}
	return x
}

// TestModels checks what holds for every registered model, in each step order.
func TestModels(t *testing.T) {
	for _, name := range Models() {
		m := models[name]
		for _, opts := range orders(m) {
			t.Run(fmt.Sprint(name, opts[:min(1, len(opts))]), func(t *testing.T) {
				sequenceEqualsSteps(t, m, opts)
				batchEqualsLoop(t, m, opts)
				tensorEqualsNumbers(t, m, opts)
			})
		}
		if m.jump != "" {
			delayedIsShifted(t, m)
		}
		if m.spikes() {
			z, _ := m.layer(orders(m)[0]).Forward(drive(m), nil)
			if n := z.Sum().Item(); n == 0 || n == float32(z.Len()) {
				t.Errorf("%s: %v spikes of %d; the drive tests nothing", name, n, z.Len())
			}
		}
	}
}

// spikes reports whether the model has a threshold.
func (m *model) spikes() bool {
	for _, p := range m.params {
		if short(p.name) == "method" {
			return true
		}
	}
	return false
}

// sequenceEqualsSteps: the layer gives the bits of the cell called step by step, states included.
func sequenceEqualsSteps(t *testing.T, m *model, opts []Option) {
	x := drive(m)
	cell := m.cell(opts)
	z, all := m.layer(append(opts, RecordStates())).Forward(x, nil)
	_, last := m.layer(opts).Forward(x, nil)
	var s *State
	for k := range x.Shape()[0] {
		var y *tensor.Tensor
		y, s = cell.Forward(x.Index(k), s)
		sameBits(t, "output", z.Index(k), y)
		for _, name := range s.Names() {
			sameBits(t, name, all.Get(name).Index(k), s.Get(name))
		}
	}
	for _, name := range s.Names() {
		sameBits(t, "last "+name, last.Get(name), s.Get(name))
	}
}

// batchEqualsLoop: two samples at once give the bits of one after the other.
func batchEqualsLoop(t *testing.T, m *model, opts []Option) {
	x := drive(m)
	layer := m.layer(opts)
	z, _ := layer.Forward(x, nil)
	for b := range 2 {
		one := tensor.Zeros(120, 5)
		want := tensor.Zeros(120, 5)
		for k := range 120 {
			copy(one.Data()[k*5:(k+1)*5], x.Data()[(2*k+b)*5:])
			copy(want.Data()[k*5:(k+1)*5], z.Data()[(2*k+b)*5:])
		}
		got, _ := layer.Forward(one, nil)
		sameBits(t, "sample", got, want)
	}
}

// tensorEqualsNumbers: five neurons with their own parameters give the bits of five populations of one parameter each.
func tensorEqualsNumbers(t *testing.T, m *model, opts []Option) {
	x := drive(m)
	var each []Option
	one := make([][]Option, 5)
	for _, p := range m.params {
		if n := short(p.name); n == "method" || n == "alpha" || p.hidden {
			continue
		}
		v := valueOf("", "", p.value, p.check)
		full := tensor.Zeros(5)
		for k := range full.Data() {
			full.Data()[k] = float32(v.num) * (1 + 0.01*float32(k))
			one[k] = append(one[k], Set(short(p.name), tensor.Of(full.Data()[k])))
		}
		each = append(each, Set(short(p.name), full))
	}
	z, s := m.layer(append(opts, each...)).Forward(x, nil)
	for k := range 5 {
		q, r := m.layer(append(append([]Option{}, opts...), one[k]...)).Forward(x, nil)
		if m.coupled != uncoupled {
			return // the other compartments' parameters matter too
		}
		for row := range 240 {
			if got, want := z.Data()[row*5+k], q.Data()[row*5+k]; got != want {
				t.Fatalf("neuron %d: output %v, want %v", k, got, want)
			}
		}
		for _, name := range r.Names() {
			if got, want := s.Get(name).Data()[k], r.Get(name).Data()[k]; got != want {
				t.Fatalf("neuron %d: %s is %v, want %v", k, name, got, want)
			}
		}
	}
}

// delayedIsShifted: a delayed run on x(1) … x(T) gives the outputs of an immediate run on 0, x(1) … x(T−1). IAF holds
// the sum before the comparison, so its first step sees v_reset + 0.
func delayedIsShifted(t *testing.T, m *model) {
	x := drive(m)
	shifted := tensor.Zeros(x.Shape()...)
	copy(shifted.Data()[10:], x.Data())
	o := orders(m)
	want, _ := m.layer(o[0]).Forward(shifted, nil)
	got, _ := m.layer(o[1]).Forward(x, nil)
	sameBits(t, m.name+" delayed", got, want)
}

// restless models do something without input: their equations have no rest at the initial state.
var restless = map[string]bool{"CobaLIF": true, "LIFEx": true, "LIFAdEx": true, "LIFAdExRefrac": true, "Izhikevich": true}

// TestRest: without input nothing spikes and the state stays as it is.
func TestRest(t *testing.T) {
	for _, name := range Models() {
		if restless[name] {
			continue
		}
		m := models[name]
		layer := m.layer(orders(m)[0])
		z, s := layer.Forward(tensor.Zeros(50, 5), nil)
		if z.Abs().Sum().Item() != 0 {
			t.Errorf("%s: output without input", name)
		}
		if got, want := s.String(), layer.InitialState(5).String(); got != want {
			t.Errorf("%s: rest moves from %s to %s", name, want, got)
		}
	}
}

// TestRates compares the firing rate on a constant input with the closed form of forward Euler: without a synapse v
// approaches x with the factor 1−c per step, c = dt·τ⁻¹, and v > v_th first at step n = ⌈ln(1 − v_th/x)/ln(1 − c)⌉ (or
// one later at equality); IAF counts jumps.
func TestRates(t *testing.T) {
	for _, c := range []struct {
		x    float64
		want int // steps between spikes: smallest n with x·(1 − 0.9ⁿ) > 1
	}{{1.05, 29}, {2, 7}, {5, 3}, {10.1, 1}} {
		z, _ := LIFBox().Forward(tensor.Full(c.x, 400, 1), nil)
		times := spikeTimes(z)
		for k := 1; k < len(times); k++ {
			if d := times[k] - times[k-1]; d != c.want {
				t.Errorf("LIFBox at %v: %d steps between spikes, want %d", c.x, d, c.want)
			}
		}
		if len(times) != 400/c.want {
			t.Errorf("LIFBox at %v: %d spikes", c.x, len(times))
		}
	}
	z, _ := LIFBox().Forward(tensor.Ones(2000, 1), nil)
	if len(spikeTimes(z)) != 0 {
		t.Error("LIFBox spikes on an input of 1, whose asymptote is the threshold")
	}
	z, _ = IAF(VTh(0.75)).Forward(tensor.Full(0.25, 40, 1), nil)
	if got := spikeTimes(z); fmt.Sprint(got) != fmt.Sprint(every(3, 4, 39)) {
		t.Errorf("IAF spikes at %v", got)
	}
	// with subtraction 0.25 is kept each time: 4 jumps to the first, then every 3
	z, _ = IAF(VTh(0.75), ResetMethod("reset_subtract")).Forward(tensor.Full(0.25, 40, 1), nil)
	if got := spikeTimes(z); fmt.Sprint(got) != fmt.Sprint(every(3, 3, 39)) {
		t.Errorf("IAF with subtraction spikes at %v", got)
	}
	// LI settles at x/(dt·τs⁻¹)
	v, _ := LI().Forward(tensor.Full(0.3, 2000, 1), nil)
	if got := v.At2(1999, 0); got < 1.4999 || got > 1.5001 {
		t.Errorf("LI settles at %v, want 1.5", got)
	}
}

// TestBioDefault: the sets are Norse's and the step is a millisecond.
func TestBioDefault(t *testing.T) {
	for _, c := range []struct {
		m    *Cell
		want map[string]float32
	}{
		{LICell(BioDefault()), map[string]float32{"tau_syn_inv": 0.5, "tau_mem_inv": 0.1, "v_leak": -70, "dt": 1}},
		{LIFCell(BioDefault(), VTh(-60)), map[string]float32{"v_leak": -70, "v_th": -60, "v_reset": -70, "dt": 1}},
		{IAFCell(BioDefault()), map[string]float32{"v_th": -55, "v_reset": -70}},
		{LIFExCell(BioDefault()), map[string]float32{"delta_T": 0, "v_th": -55}},
		{LIFAdExCell(BioDefault()), map[string]float32{"adaptation_current": 0, "adaptation_spike": 0.01, "delta_T": 2, "tau_ada_inv": 0.01}},
		{LSNNCell(BioDefault(), DT(0.5)), map[string]float32{"tau_adapt_inv": 0.01, "beta": 0.5, "dt": 0.5}},
		{CobaLIFFeedForwardCell(BioDefault()), map[string]float32{
			"tau_syn_exc_inv": 1 / 0.3, "tau_syn_inh_inv": 2, "e_rev_E": 0, "e_rev_I": -70, "v_rest": -65, "v_thresh": -50, "v_reset": -65,
		}},
	} {
		for name, want := range c.want {
			if got := c.m.Param(name).Item(); got != want {
				t.Errorf("%v: %s is %v, want %v", c.m, name, got, want)
			}
		}
	}
	// in millivolts per millisecond a current of 10 mV lifts the membrane from rest over the threshold
	z, s := LIF(BioDefault()).Forward(tensor.Full(15, 100, 1), nil)
	if v := s.V().Item(); z.Sum().Item() == 0 || v < -71 || v > -54 {
		t.Errorf("%v spikes, v %v", z.Sum(), v)
	}
}

// TestDocumentedDefaults: the parameter line in the documentation of each model's cell names every parameter with the
// default that is registered.
func TestDocumentedDefaults(t *testing.T) {
	docs := map[string]string{}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Doc != nil {
				docs[fn.Name.Name] = fn.Doc.Text()
			}
		}
	}
	for _, name := range Models() {
		m := models[name]
		words := strings.Fields(docs[m.feedForward()+"Cell"])
		for _, p := range append(m.params, param{name: "dt", value: 0.001, unit: "s"}) {
			if p.hidden {
				continue
			}
			documented := false
			for k := 0; k+1 < len(words); k++ {
				if words[k] != short(p.name) {
					continue
				}
				v, err := strconv.ParseFloat(words[k+1], 64)
				if want, ok := p.value.(string); ok {
					documented = documented || words[k+1] == want
				} else if err == nil && v == valueOf("", "", p.value, p.check).num {
					documented = p.unit == "" || k+2 < len(words) && words[k+2] == p.unit
				}
			}
			if !documented {
				t.Errorf("%sCell's documentation does not say %s %v %s", m.feedForward(), short(p.name), p.value, p.unit)
			}
		}
	}
}
