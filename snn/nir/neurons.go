package nir

import (
	"fmt"
	"math"
	"slices"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/surrogate"
	"github.com/livespike/livespike/snn/tensor"
)

// kind is one of NIR's neurons and the model that it is here.
type kind struct {
	node, model string
	taus        map[string]string // NIR's time constants and the inverse ones of the model
	levels      map[string]string // potentials, the same in both
	synapse     bool              // has tau_syn and w_in
	steps       bool              // its equation has a time constant, so it needs dt
}

// neurons are the kinds by the node's name, and byModel by that of the model.
var neurons, byModel = kinds(
	kind{node: "LI", model: "LIBox", taus: map[string]string{"tau": "tau_mem_inv"}, levels: map[string]string{"v_leak": "v_leak"}, steps: true},
	kind{
		node: "LIF", model: "LIFBox", taus: map[string]string{"tau": "tau_mem_inv"},
		levels: map[string]string{"v_leak": "v_leak", "v_threshold": "v_th", "v_reset": "v_reset"}, steps: true,
	},
	kind{
		node: "CubaLI", model: "LI", taus: map[string]string{"tau_mem": "tau_mem_inv", "tau_syn": "tau_syn_inv"},
		levels: map[string]string{"v_leak": "v_leak"}, synapse: true, steps: true,
	},
	kind{
		node: "CubaLIF", model: "LIF", taus: map[string]string{"tau_mem": "tau_mem_inv", "tau_syn": "tau_syn_inv"},
		levels: map[string]string{"v_leak": "v_leak", "v_threshold": "v_th", "v_reset": "v_reset"}, synapse: true, steps: true,
	},
	kind{node: "IF", model: "IAF", levels: map[string]string{"v_threshold": "v_th", "v_reset": "v_reset"}},
)

func kinds(list ...kind) (byNode, byModel map[string]*kind) {
	byNode, byModel = map[string]*kind{}, map[string]*kind{}
	for _, k := range list {
		byNode[k.node], byModel[k.model] = &k, &k
	}
	return byNode, byModel
}

// writer is what metadata calls this program.
const writer = "livespike"

// step is the time step of a node.
func (b *importer) step(n *Node) (float64, error) {
	if b.dt > 0 {
		return b.dt, nil
	}
	dt, ok := n.Metadata["dt"].(float64)
	if !ok {
		return 0, fmt.Errorf("the file does not say the time step; give it as nir.DT(0.001)")
	}
	if !(dt > 0 && dt < 1e30) {
		return 0, fmt.Errorf("the metadata has the time step %v", dt)
	}
	return dt, nil
}

// neuron is a node's neurons, behind a factor for their input where that is not 1.
func (b *importer) neuron(n *Node, k *kind, in []int) ([]snn.Module, error) {
	opts, gain, err := b.parameters(n, k, in)
	if err != nil {
		return nil, err
	}
	cell := snn.CellByName(k.model, opts...)
	if gain == nil {
		return []snn.Module{cell}, nil
	}
	return []snn.Module{snn.Scale(gain), cell}, nil
}

// parameters are the options of a node's neurons and the factor of their input, nil if it is 1.
func (b *importer) parameters(n *Node, k *kind, in []int) ([]snn.Option, any, error) {
	dt := 0.001 // of a model that does not use it
	if k.steps {
		var err error
		if dt, err = b.step(n); err != nil {
			return nil, nil, err
		}
	}
	opts := []snn.Option{snn.DT(dt)}
	for field, name := range k.taus {
		tau, err := n.parameter(field, in)
		if err != nil {
			return nil, nil, err
		}
		for i, v := range tau.Data() {
			if !(v > 0) || math.IsInf(float64(v), 1) {
				return nil, nil, fmt.Errorf("%s is %v at element %d; it must be positive", field, v, i)
			}
		}
		opts = append(opts, snn.Set(name, n.exact(name, each(tau, func(v float64) float64 { return 1 / v }))))
	}
	for field, name := range k.levels {
		if field == "v_reset" && n.Tensors[field] == nil { // files of nir 0.x
			continue
		}
		v, err := n.parameter(field, in)
		if err != nil {
			return nil, nil, err
		}
		opts = append(opts, snn.Set(name, v))
	}
	gain, err := b.gain(n, k, dt, in)
	if err != nil {
		return nil, nil, err
	}
	return append(opts, n.extra()...), gain, nil
}

// parameter is a field of a neuron: a single value where all are one, else one for each neuron.
func (n *Node) parameter(name string, in []int) (*tensor.Tensor, error) {
	t, err := n.tensor(name)
	if err != nil {
		return nil, err
	}
	for i, v := range t.Data() {
		if v != v {
			return nil, fmt.Errorf("%s is NaN at element %d", name, i)
		}
	}
	if s := t.Shape(); t.Numel() > 1 && in != nil && !slices.Equal(s, in) {
		return nil, fmt.Errorf("%s has shape %v, what arrives has %v", name, s, in)
	}
	return single(t), nil
}

// single is a tensor without axes where all elements are one.
func single(t *tensor.Tensor) *tensor.Tensor {
	first := t.Data()[0]
	for _, v := range t.Data() {
		if v != first {
			return t
		}
	}
	return tensor.Scalar(float64(first))
}

func each(t *tensor.Tensor, f func(v float64) float64) *tensor.Tensor {
	return t.Map(func(v float32) float32 { return float32(f(float64(v))) })
}

// gain is what the input is multiplied by, nil for 1, up to the rounding of the file.
func (b *importer) gain(n *Node, k *kind, dt float64, in []int) (any, error) {
	r, err := n.parameter("r", in)
	if err != nil {
		return nil, err
	}
	gain := r
	if k.synapse {
		w := tensor.Scalar(1)
		if n.Tensors["w_in"] != nil {
			if w, err = n.parameter("w_in", in); err != nil {
				return nil, err
			}
		}
		gain = gain.Mul(w)
		if !b.norseJump {
			tau, err := n.parameter("tau_syn", in)
			if err != nil {
				return nil, err
			}
			gain = gain.Mul(each(tau, func(v float64) float64 { return dt / v }))
		}
	}
	for _, v := range gain.Data() {
		if math.Abs(float64(v)-1) > 1e-6 {
			return single(gain), nil
		}
	}
	return nil, nil
}

// exact is the parameter as it was when we wrote the file, if the metadata has it and the field was not changed since.
func (n *Node) exact(name string, read *tensor.Tensor) any {
	if n.Metadata["writer"] != writer {
		return read
	}
	near := func(a, b float64) bool { return math.Abs(a-b) <= 1e-6*math.Abs(b) }
	switch v := n.Metadata[name].(type) {
	case float64:
		if read.Numel() == 1 && near(float64(read.Data()[0]), v) {
			return v
		}
	case *tensor.Tensor:
		if read.Numel() != 1 && read.Numel() != v.Numel() {
			return read
		}
		for i, w := range v.Data() {
			if !near(float64(read.Data()[i%read.Numel()]), float64(w)) {
				return read
			}
		}
		return v
	}
	return read
}

// extra are the options that only metadata knows.
func (n *Node) extra() []snn.Option {
	if n.Metadata["writer"] != writer {
		return nil
	}
	var opts []snn.Option
	if n.Metadata["jump"] == "delayed" {
		opts = append(opts, snn.Delayed())
	}
	method, ok := n.Metadata["method"].(string)
	alpha, also := n.Metadata["alpha"].(float64)
	switch {
	case !ok || !also || !(alpha > 0 && alpha < 1e30):
	case method == "adjoint":
		opts = append(opts, snn.Method(method))
	case surrogate.Known(method):
		opts = append(opts, snn.Surrogate(surrogate.ByName(method).WithAlpha(float32(alpha))))
	}
	return opts
}

// recurrents are the recurrent forms that NIR has a neuron for.
var recurrents = map[string]func(in, hidden int, opts ...snn.Option) *snn.RecurrentCell{
	"LIF": snn.LIFRecurrentCell, "IAF": snn.IAFRecurrentCell,
}

// recurrent is the recurrent form of this library that a nested graph was written from, nil for any other graph.
func (b *importer) recurrent(n *Node) snn.Module {
	form, _ := n.Metadata["form"].(string)
	cell, g := recurrents[form], n.Graph
	spiking, w, back := g.Nodes["neurons"], g.Nodes["w_in"], g.Nodes["w_rec"]
	if n.Metadata["writer"] != writer || cell == nil || spiking == nil || w == nil || back == nil {
		return nil
	}
	k, win, wrec := neurons[spiking.Type], w.Tensors["weight"], back.Tensors["weight"]
	if k == nil || k.model != form || win == nil || wrec == nil || win.Dim() != 2 {
		return nil
	}
	var m snn.Module
	if err := guarded(func() error {
		opts, gain, err := b.parameters(spiking, k, nil)
		if err != nil || gain != nil {
			return fmt.Errorf("not as it was written: %w", err)
		}
		m = cell(win.Shape()[1], win.Len(), append(opts, snn.InputWeights(win), snn.RecurrentWeights(wrec), snn.Autapses(hasDiagonal(wrec)))...)
		return nil
	}); err != nil {
		return nil // it is read as any other graph, which says what is wrong with it
	}
	return m
}

func hasDiagonal(w *tensor.Tensor) bool {
	for k := range w.Len() {
		if w.At2(k, k) != 0 {
			return true
		}
	}
	return false
}
