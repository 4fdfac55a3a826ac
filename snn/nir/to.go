package nir

import (
	"fmt"
	"slices"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/surrogate"
	"github.com/livespike/livespike/snn/tensor"
)

// ToNIR makes a graph from a model, for one step's input of that shape, without time and batch. Cells and layers, and
// what is lifted over time, are written alike. Nodes are named by the places of the modules: 0, 1, 2_0. Dropout, which
// does nothing in use, is left out. Option: Leading.
//
// It is an error if NIR has no node for a module, or if the shape does not fit.
func ToNIR(m snn.Module, shape []int, opts ...Option) (*Graph, error) {
	e := &exporter{settings: settingsOf("ToNIR", opts, "Leading"), g: &Graph{Nodes: map[string]*Node{}}}
	if e.leading < 0 {
		e.leading = 0
		if overTime(m) {
			e.leading = 1
		}
	}
	e.ends("input", "Input", shape)
	from, out, err := e.add("", m, []string{"input"}, slices.Clone(shape))
	if err != nil {
		return nil, err
	}
	e.ends("output", "Output", out)
	e.connect(from, "output")
	return e.g, nil
}

type exporter struct {
	settings
	g *Graph
}

func (e *exporter) ends(name, kind string, shape []int) {
	n := NewNode(kind)
	n.Integers["shape"] = shape
	e.g.Nodes[name] = n
}

func (e *exporter) connect(from []string, to string) {
	for _, name := range from {
		e.g.Edges = append(e.g.Edges, [2]string{name, to})
	}
}

// overTime reports whether axis 0 of the model's input is time.
func overTime(m snn.Module) bool {
	switch c := m.(type) {
	case *snn.Layer, *snn.Recurrent, *snn.Lifted:
		return true
	case snn.Composite:
		for _, p := range c.Parts() {
			if p.Module != nil && overTime(p.Module) {
				return true
			}
		}
	}
	return false
}

// add writes a module whose input is the sum of what the nodes in from give, of that shape. It returns the nodes whose
// sum is the output, and its shape.
func (e *exporter) add(path string, m snn.Module, from []string, in []int) (to []string, out []int, err error) {
	switch c := m.(type) {
	case *snn.Chain:
		for k := range c.Len() {
			if from, in, err = e.add(below(path, fmt.Sprint(k)), c.At(k), from, in); err != nil {
				return nil, nil, err
			}
		}
		return from, in, nil
	case *snn.Lifted:
		if e.leading == 0 {
			return nil, nil, fmt.Errorf("%sa Lift within a Lift: a step has no axis of time", at(path))
		}
		e.leading--
		defer func() { e.leading++ }()
		return e.add(path, c.Module(), from, in)
	case *snn.Drop:
		return from, in, nil
	case *snn.Branches:
		return e.branches(path, c, from, in)
	case *snn.Net:
		return e.net(path, c, from, in)
	case *snn.RecurrentCell:
		return e.recurrent(path, c, c, from, in)
	case *snn.Recurrent:
		return e.recurrent(path, c, c, from, in)
	}
	n, out, err := e.node(m, in)
	if err != nil {
		return nil, nil, fmt.Errorf("%s%w", at(path), err)
	}
	return []string{e.put(path, n, from)}, out, nil
}

// below is the name of a part.
func below(path, name string) string {
	if path == "" {
		return name
	}
	return path + "_" + name
}

// at is the start of an error about a part.
func at(path string) string {
	if path == "" {
		return ""
	}
	return "module " + path + ": "
}

// put adds a node under a name that is free.
func (e *exporter) put(name string, n *Node, from []string) string {
	if name == "" {
		name = "0"
	}
	for e.g.Nodes[name] != nil || name == "output" {
		name += "_"
	}
	e.g.Nodes[name] = n
	e.connect(from, name)
	return name
}

// branches are modules whose outputs, or whose output and input, are added.
func (e *exporter) branches(path string, b *snn.Branches, from []string, in []int) (to []string, out []int, err error) {
	if b.Kind() == "Join" {
		return nil, nil, fmt.Errorf("%sa Parallel that joins its outputs: NIR adds them", at(path))
	}
	if b.Kind() == "Residual" {
		to, out = slices.Clone(from), in
	}
	for _, p := range b.Parts() {
		ends, shape, err := e.add(below(path, p.Name), p.Module, from, in)
		if err != nil {
			return nil, nil, err
		}
		if out != nil && !slices.Equal(out, shape) {
			return nil, nil, fmt.Errorf("%sshapes %v and %v cannot be added", at(path), out, shape)
		}
		for _, end := range ends {
			if slices.Contains(to, end) {
				return nil, nil, fmt.Errorf("%s%s adds an input to itself, for which NIR has no connection", at(path), b.Kind())
			}
		}
		to, out = append(to, ends...), shape
	}
	return to, out, nil
}

// net is a network as a nested graph, or as the graph itself if it is the whole model.
func (e *exporter) net(path string, net *snn.Net, from []string, in []int) ([]string, []int, error) {
	inner := &exporter{settings: e.settings, g: &Graph{Nodes: map[string]*Node{}}}
	inner.ends("input", "Input", in)
	shapes := map[string][]int{"input": in}
	starts, ends := map[string]string{"input": "input"}, map[string]string{"input": "input"}
	// a node is written when something that leads to it is: its input has one shape, wherever it comes from
	for nodes := net.Nodes(); len(nodes) > 0; {
		k := slices.IndexFunc(nodes, func(n snn.Node) bool { return source(net, n.Name, shapes) != "" })
		if k < 0 {
			return nil, nil, fmt.Errorf("%sa Network that is not connected", at(path))
		}
		node := nodes[k]
		before := len(inner.g.Edges)
		to, out, err := inner.add(node.Name, node.Module, []string{"input"}, shapes[source(net, node.Name, shapes)])
		if err != nil {
			return nil, nil, fmt.Errorf("%s%w", at(path), err)
		}
		first := slices.IndexFunc(inner.g.Edges[before:], func(e [2]string) bool { return e[0] == "input" })
		if len(to) != 1 || first < 0 || slices.ContainsFunc(inner.g.Edges[before+first+1:], func(e [2]string) bool { return e[0] == "input" }) {
			return nil, nil, fmt.Errorf("%s%s has branches, or nothing, inside; write them as nodes of the Network", at(path), node.Name)
		}
		starts[node.Name], ends[node.Name] = inner.g.Edges[before+first][1], to[0]
		inner.g.Edges = slices.Delete(inner.g.Edges, before+first, before+first+1)
		shapes[node.Name] = out
		nodes = slices.Delete(nodes, k, k+1)
	}
	out := shapes[source(net, "output", shapes)]
	inner.ends("output", "Output", out)
	starts["output"] = "output"
	for _, edge := range net.Edges() {
		inner.g.Edges = append(inner.g.Edges, [2]string{ends[edge[0]], starts[edge[1]]})
	}
	if path == "" {
		e.g.Nodes, e.g.Edges = inner.g.Nodes, inner.g.Edges
		return nil, out, nil
	}
	n := NewNode("NIRGraph")
	n.Graph = inner.g
	return []string{e.put(path, n, from)}, out, nil
}

// source is a node of known shape that leads to the one of that name.
func source(net *snn.Net, to string, shapes map[string][]int) string {
	for _, e := range net.Edges() {
		if e[1] == to && shapes[e[0]] != nil {
			return e[0]
		}
	}
	return ""
}

// form is what the recurrent forms have in common.
type form interface {
	Model() string
	Options() []snn.Option
	InputWeights() *tensor.Tensor
	RecurrentWeights() *tensor.Tensor
}

// recurrent is neurons with weights of their own: a nested graph with a circle, or without a way back two nodes.
func (e *exporter) recurrent(path string, m snn.Module, f form, from []string, in []int) ([]string, []int, error) {
	hidden := f.InputWeights().Len()
	out := []int{hidden}
	w, err := e.matrix(f.InputWeights(), nil, in)
	if err != nil {
		return nil, nil, fmt.Errorf("%s%w", at(path), err)
	}
	n, err := neuronNode(m, f.Model(), f.Options(), out)
	if err != nil {
		return nil, nil, fmt.Errorf("%s%w", at(path), err)
	}
	if f.RecurrentWeights() == nil {
		name := e.put(below(path, "weight"), w, from)
		return []string{e.put(path, n, []string{name})}, out, nil
	}
	if recurrents[f.Model()] == nil {
		return nil, nil, fmt.Errorf("%sNIR has no node for %v", at(path), m)
	}
	back, err := e.matrix(f.RecurrentWeights(), nil, out)
	if err != nil {
		return nil, nil, err
	}
	inner := &exporter{g: &Graph{Nodes: map[string]*Node{"w_in": w, "neurons": n, "w_rec": back}}}
	inner.ends("input", "Input", in)
	inner.ends("output", "Output", out)
	inner.g.Edges = [][2]string{{"input", "w_in"}, {"w_in", "neurons"}, {"neurons", "w_rec"}, {"w_rec", "neurons"}, {"neurons", "output"}}
	group := NewNode("NIRGraph")
	group.Graph = inner.g
	group.Metadata["writer"], group.Metadata["form"] = writer, f.Model()
	return []string{e.put(path, group, from)}, out, nil
}

// node is a module that is one node, and the shape of its output.
func (e *exporter) node(m snn.Module, in []int) (n *Node, out []int, err error) {
	if c, ok := m.(interface{ OutputShape(in ...int) []int }); ok && !isFlat(m) {
		if err := guarded(func() error { out = shapeOf(m, c, in); return nil }); err != nil {
			return nil, nil, err
		}
	}
	switch c := m.(type) {
	case *snn.Dense:
		n, err = e.matrix(c.Weight(), c.Bias(), in)
	case *snn.Conv:
		n, err = convNode(c, "Conv2d", in)
	case *conv1d:
		n, err = convNode(c.c, "Conv1d", in)
	case *snn.Pool:
		n, err = poolNode(c)
	case *snn.Flat:
		n, out, err = e.flattenNode(c, in)
	case *snn.Gain:
		n = NewNode("Scale")
		n.Tensors["scale"], err = full(c.Factor(), in)
	case *threshold:
		n = NewNode("Threshold")
		n.Tensors["threshold"], err = full(c.theta, in)
	case *integrator:
		n = NewNode("I")
		n.Tensors["r"], err = full(c.r, in)
	case *delay:
		n = NewNode("Delay")
		n.Metadata["dt"] = c.dt
		n.Tensors["delay"], err = full(c.seconds, in)
	case *snn.Cell:
		n, err = neuronNode(m, c.Model(), c.Options(), in)
	case *snn.Layer:
		n, err = neuronNode(m, c.Model(), c.Options(), in)
	default:
		err = fmt.Errorf("NIR has no node for %v", m)
	}
	return n, out, err
}

func isFlat(m snn.Module) bool {
	_, ok := m.(*snn.Flat)
	return ok
}

// shapeOf is the shape of a module's output for one step, whether or not it is over time.
func shapeOf(m snn.Module, c interface{ OutputShape(in ...int) []int }, in []int) []int {
	if _, ok := m.(*snn.Layer); ok {
		return in
	}
	return slices.Clone(c.OutputShape(in...))
}

func (e *exporter) matrix(w, bias *tensor.Tensor, in []int) (*Node, error) {
	if len(in) != 1 || in[0] != w.Shape()[1] {
		return nil, fmt.Errorf("a matrix of shape %v takes a vector, what arrives has the shape %v; does a Flatten before it join "+
			"the right axes (see Leading)?", w.Shape(), in)
	}
	n := NewNode("Linear")
	n.Tensors["weight"] = w.Detach().Clone()
	if bias != nil {
		n.Type = "Affine"
		n.Tensors["bias"] = bias.Detach().Clone()
	}
	return n, nil
}

// full is a tensor of that shape, which t broadcasts to.
func full(t *tensor.Tensor, shape []int) (out *tensor.Tensor, err error) {
	err = guarded(func() error {
		if out = tensor.Zeros(shape...).Add(t.Detach()); !slices.Equal(out.Shape(), shape) {
			return fmt.Errorf("shape %v does not broadcast to %v", t.Shape(), shape)
		}
		return nil
	})
	return out, err
}

func convNode(c *snn.Conv, kind string, in []int) (*Node, error) {
	axes := 2
	if kind == "Conv1d" {
		axes = 1
	}
	if len(in) != axes+1 {
		return nil, fmt.Errorf("%v takes (channels, …) with %d axes here, what arrives has the shape %v", c, axes+1, in)
	}
	n := NewNode(kind)
	n.Integers["input_shape"] = in[1:]
	for _, o := range c.Options() {
		switch v := o.Value().(type) {
		case int:
			n.Integers[o.Name()] = []int{v}
		case []int:
			n.Integers[o.Name()] = v[2-axes:]
		case string:
			n.Words[o.Name()] = v
		case *tensor.Tensor:
			n.Tensors[o.Name()] = v.Detach().Clone()
		}
	}
	if w := n.Tensors["weight"]; axes == 1 {
		n.Tensors["weight"] = w.Reshape(withoutRow(w.Shape())...)
	}
	if c.Bias() == nil { // NIR wants one
		n.Tensors["bias"] = tensor.Zeros(c.Weight().Len())
		n.Metadata["writer"], n.Metadata["bias"] = writer, "none"
	}
	return n, nil
}

func poolNode(p *snn.Pool) (*Node, error) {
	if p.Kind() != "SumPool2d" && p.Kind() != "AvgPool2d" {
		return nil, fmt.Errorf("NIR has no node for %v; it has SumPool2d and AvgPool2d", p)
	}
	n := NewNode(p.Kind())
	n.Integers["kernel_size"] = p.Window()
	for _, o := range p.Options() {
		n.Integers[o.Name()] = o.Value().([]int)
	}
	return n, nil
}

// flattenNode counts the axes without those of time and batch.
func (e *exporter) flattenNode(f *snn.Flat, in []int) (*Node, []int, error) {
	start, end := f.Axes()
	rank := e.leading + len(in)
	if start < 0 {
		start += rank
	}
	if end < 0 {
		end += rank
	}
	start, end = start-e.leading, end-e.leading
	if start < 0 || end >= len(in) || start > end {
		return nil, nil, fmt.Errorf("%v joins other axes than those of a step's shape %v, with %d axes of time and batch in front; "+
			"Leading says how many there are", f, in, e.leading)
	}
	n := NewNode("Flatten")
	joined, out := 1, in[end+1:]
	for _, d := range in[start : end+1] {
		joined *= d
	}
	if len(out) == 0 {
		end = -1 // also right for readers that put axes in front
	}
	n.Integers["input_type"], n.Integers["start_dim"], n.Integers["end_dim"] = in, []int{start}, []int{end}
	return n, slices.Concat(in[:start], []int{joined}, out), nil
}

// neuronNode is neurons of that shape.
func neuronNode(m snn.Module, model string, opts []snn.Option, shape []int) (*Node, error) {
	k := byModel[model]
	if k == nil {
		return nil, fmt.Errorf("NIR has no node for the model %s", model)
	}
	n := NewNode(k.node)
	n.Metadata["writer"], n.Metadata["jump"] = writer, "immediate"
	values := map[string]any{}
	for _, o := range opts {
		values[o.Name()] = o.Value()
		switch v := o.Value().(type) {
		case surrogate.Function:
			n.Metadata["method"], n.Metadata["alpha"] = v.Name(), float64(v.Alpha())
		case string:
			if o.Name() == "reset_method" {
				return nil, fmt.Errorf("%v: NIR's neurons are reset to v_reset, not by subtraction", m)
			}
			n.Metadata["method"], n.Metadata["alpha"] = v, 1.0
		case bool:
			if v {
				n.Metadata["jump"] = "delayed"
			}
		}
	}
	dt := values["dt"].(float64)
	n.Metadata["dt"] = dt
	put := func(field string, v any, f func(v float64) float64) (err error) {
		if n.Tensors[field], err = full(each(asTensor(v), f), shape); err != nil {
			err = fmt.Errorf("%s: %w", field, err)
		}
		return err
	}
	plain := func(v float64) float64 { return v }
	for field, name := range k.taus {
		n.Metadata[name] = kept(values[name])
		if err := put(field, values[name], func(v float64) float64 { return 1 / v }); err != nil {
			return nil, err
		}
	}
	for field, name := range k.levels {
		if err := put(field, values[name], plain); err != nil {
			return nil, err
		}
	}
	if k.synapse {
		if err := put("w_in", values["tau_syn_inv"], func(v float64) float64 { return 1 / v / dt }); err != nil {
			return nil, err
		}
	}
	return n, put("r", 1.0, plain)
}

// asTensor is a parameter's value.
func asTensor(v any) *tensor.Tensor {
	switch v := v.(type) {
	case *tensor.Tensor:
		return v.Detach()
	case int:
		return tensor.Scalar(float64(v))
	case float64:
		return tensor.Scalar(v)
	}
	panic(fmt.Sprintf("nir: a parameter is a %T", v))
}

// kept is a parameter's value as metadata holds it: a number or a tensor.
func kept(v any) any {
	switch v := v.(type) {
	case int:
		return float64(v)
	case *tensor.Tensor:
		return v.Detach()
	}
	return v
}
