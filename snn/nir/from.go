package nir

import (
	"fmt"
	"maps"
	"slices"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
)

// FromNIR makes a model for one step from a graph. A chain of nodes becomes a Sequential, any other graph a Network, in
// which what closes a circle arrives one step later. A nested graph is a module of its own. Options: DT, NorseJump.
//
// It is an error if a node is unknown, lacks a field, does not fit what comes before it, or is not connected with the
// input, and if the graph has more than one Input or Output.
func FromNIR(g *Graph, opts ...Option) (snn.Module, error) {
	m, _, err := (&importer{settingsOf("FromNIR", opts, "DT", "NorseJump")}).graph(g, nil, 0)
	return m, err
}

type importer struct{ settings }

// maxDepth is how deep graphs may be nested.
const maxDepth = 64

// graph is the module of a graph and its output's shape, for an input of that shape; nil shapes are not known.
func (b *importer) graph(g *Graph, in []int, depth int) (snn.Module, []int, error) {
	if depth > maxDepth {
		return nil, nil, fmt.Errorf("graphs are nested more than %d deep", maxDepth)
	}
	plan, err := g.plan()
	if err != nil {
		return nil, nil, err
	}
	if in == nil && plan.input != "" {
		in = g.Nodes[plan.input].Integers["shape"]
	}
	shapes := map[string][]int{plan.input: in}
	modules := map[string][]snn.Module{}
	for _, name := range plan.order {
		var arriving []int
		for _, e := range plan.edges {
			if e[1] == name && arriving == nil {
				arriving = shapes[e[0]]
			}
		}
		n := g.Nodes[name]
		if name == plan.output {
			if want := n.Integers["shape"]; arriving != nil && want != nil && !slices.Equal(squeezed(arriving), squeezed(want)) {
				return nil, nil, fmt.Errorf("node %s (Output): the shape is %v, what arrives has %v", name, want, arriving)
			}
			continue
		}
		err := guarded(func() (err error) {
			modules[name], shapes[name], err = b.node(n, arriving, depth)
			return err
		})
		if err != nil {
			return nil, nil, fmt.Errorf("node %s (%s): %w", name, n.Type, err)
		}
	}
	out := shapes[plan.last()]
	if chain, ok := plan.chain(); ok {
		var all []snn.Module
		for _, name := range chain {
			all = append(all, modules[name]...)
		}
		return snn.Sequential(all...), out, nil
	}
	var nodes []snn.Node
	for _, name := range plan.order {
		switch list := modules[name]; {
		case name == plan.output:
		case len(list) == 1:
			nodes = append(nodes, snn.Node{Name: plan.unreserved(name), Module: list[0]})
		default:
			nodes = append(nodes, snn.Node{Name: plan.unreserved(name), Module: snn.Sequential(list...)})
		}
	}
	var net *snn.Net
	err = guarded(func() error {
		net = snn.Network(nodes, plan.named()...)
		return nil
	})
	return net, out, err
}

// squeezed is a shape without axes of one element, which some writers put in front.
func squeezed(shape []int) []int {
	return slices.DeleteFunc(slices.Clone(shape), func(n int) bool { return n == 1 })
}

// plan is the order of a graph's nodes.
type plan struct {
	input, output string // the nodes, empty where the graph has none
	order         []string
	edges         [][2]string // with the empty name for an input and an output that the graph does not name
}

// plan finds the graph's ends and an order in which every node but the input comes after one that leads to it.
func (g *Graph) plan() (*plan, error) {
	p := &plan{edges: slices.Clone(g.Edges)}
	into, from := map[string]bool{}, map[string]bool{}
	for _, e := range g.Edges {
		if g.Nodes[e[0]] == nil || g.Nodes[e[1]] == nil {
			return nil, fmt.Errorf("an edge from %q to %q, of which there are not both", e[0], e[1])
		}
		from[e[0]], into[e[1]] = true, true
	}
	names := slices.Sorted(maps.Keys(g.Nodes))
	for _, name := range names {
		switch at := &p.input; g.Nodes[name].Type {
		case "Output":
			at = &p.output
			fallthrough
		case "Input":
			if *at != "" {
				return nil, fmt.Errorf("two nodes are an %s, %s and %s; a model has one", g.Nodes[name].Type, *at, name)
			}
			*at = name
		}
	}
	for _, name := range names { // where the graph does not name its ends
		if p.input == "" && !into[name] && name != p.output {
			p.edges = append(p.edges, [2]string{"", name})
		}
		if p.output == "" && !from[name] && name != p.input {
			p.edges = append(p.edges, [2]string{name, ""})
		}
	}
	return p, p.sort(names)
}

// sort fills in the order.
func (p *plan) sort(names []string) error {
	to := map[string][]string{}
	for _, e := range p.edges {
		to[e[0]] = append(to[e[0]], e[1])
	}
	seen := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		seen[name] = true
		for _, next := range to[name] {
			if !seen[next] && next != "" {
				visit(next)
			}
		}
		if name != p.input {
			p.order = append(p.order, name)
		}
	}
	visit(p.input)
	slices.Reverse(p.order)
	for _, name := range names {
		if !seen[name] {
			return fmt.Errorf("no edge leads from the input to node %s", name)
		}
	}
	return nil
}

// last is the node whose output is the graph's, or one of them.
func (p *plan) last() string {
	for _, e := range p.edges {
		if e[1] == p.output {
			return e[0]
		}
	}
	return ""
}

// chain is the nodes between input and output, if each has one before and one behind it.
func (p *plan) chain() ([]string, bool) {
	next, arrivals := map[string]string{}, map[string]int{}
	for _, e := range p.edges {
		if _, double := next[e[0]]; double {
			return nil, false
		}
		next[e[0]] = e[1]
		if arrivals[e[1]]++; arrivals[e[1]] > 1 {
			return nil, false
		}
	}
	var list []string
	name, ok := next[p.input]
	for ok && name != p.output {
		if len(list) > len(p.edges) {
			return nil, false
		}
		list = append(list, name)
		name, ok = next[name]
	}
	return list, ok
}

// unreserved is a node's name in a Network, where input and output mean its ends.
func (p *plan) unreserved(name string) string {
	if name == "input" || name == "output" {
		return name + "_"
	}
	return name
}

// named are the edges with the names of a Network.
func (p *plan) named() [][2]string {
	var all [][2]string
	for _, e := range p.edges {
		a, b := "input", "output"
		if e[0] != p.input {
			a = p.unreserved(e[0])
		}
		if e[1] != p.output {
			b = p.unreserved(e[1])
		}
		all = append(all, [2]string{a, b})
	}
	return all
}

// node is the modules of a node, one after the other, and the shape of its output for an input of that shape.
func (b *importer) node(n *Node, in []int, depth int) ([]snn.Module, []int, error) {
	if n.Graph != nil {
		if m := b.recurrent(n); m != nil {
			out, err := after([]snn.Module{m}, in)
			return []snn.Module{m}, out, err
		}
		m, out, err := b.graph(n.Graph, in, depth+1)
		return []snn.Module{m}, out, err
	}
	modules, err := b.modules(n, in)
	if err != nil {
		return nil, nil, err
	}
	out, err := after(modules, in)
	return modules, out, err
}

// after is the shape behind the modules, nil if that in front is not known.
func after(modules []snn.Module, in []int) (out []int, err error) {
	if in == nil {
		return nil, nil
	}
	err = guarded(func() error {
		out = snn.Sequential(modules...).OutputShape(in...)
		return nil
	})
	return out, err
}

func (b *importer) modules(n *Node, in []int) ([]snn.Module, error) {
	if known := neurons[n.Type]; known != nil {
		return b.neuron(n, known, in)
	}
	m, err := b.layer(n, in)
	return []snn.Module{m}, err
}

func (b *importer) layer(n *Node, in []int) (snn.Module, error) {
	switch n.Type {
	case "Affine", "Linear":
		return linearOf(n)
	case "Conv1d", "Conv2d":
		return convOf(n)
	case "SumPool2d", "AvgPool2d":
		return poolOf(n)
	case "Flatten":
		return flattenOf(n, in)
	case "Scale":
		by, err := n.tensor("scale")
		if err != nil {
			return nil, err
		}
		return snn.Scale(by), nil
	case "Threshold":
		theta, err := n.tensor("threshold")
		return &threshold{theta}, err
	case "I":
		r, err := n.tensor("r")
		return &integrator{r}, err
	case "Delay":
		seconds, err := n.tensor("delay")
		if err != nil {
			return nil, err
		}
		dt, err := b.step(n)
		if err != nil {
			return nil, err
		}
		return newDelay(seconds, dt)
	case "Input", "Output":
		return nil, fmt.Errorf("an %s that is not at the end", n.Type)
	}
	return nil, fmt.Errorf("unknown type; there are Affine, AvgPool2d, Conv1d, Conv2d, CubaLI, CubaLIF, Delay, Flatten, I, IF, LI, LIF, Linear, NIRGraph, Scale, SumPool2d and Threshold")
}

// tensor is a field that must be there.
func (n *Node) tensor(name string) (*tensor.Tensor, error) {
	t := n.Tensors[name]
	if t == nil || t.Numel() == 0 {
		return nil, fmt.Errorf("no %s", name)
	}
	return t, nil
}

func linearOf(n *Node) (snn.Module, error) {
	w, err := n.tensor("weight")
	if err != nil {
		return nil, err
	}
	s := w.Shape()
	if len(s) != 2 {
		return nil, fmt.Errorf("weight has shape %v, want (out, in)", s)
	}
	bias := snn.Bias(false)
	if n.Type == "Affine" {
		b, err := n.tensor("bias")
		if err != nil {
			return nil, err
		}
		bias = snn.Bias(b)
	}
	return snn.Linear(s[1], s[0], snn.Weight(w), bias), nil
}

// convOf is a convolution; one along a single axis is over images of one row.
func convOf(n *Node) (snn.Module, error) {
	w, err := n.tensor("weight")
	if err != nil {
		return nil, err
	}
	s, axes := w.Shape(), 2
	if n.Type == "Conv1d" {
		axes = 1
	}
	if len(s) != axes+2 {
		return nil, fmt.Errorf("weight has shape %v, want %d axes", s, axes+2)
	}
	if axes == 1 {
		s = []int{s[0], s[1], 1, s[2]}
		w = w.Reshape(s...)
	}
	groups, err := n.integers("groups", 1, 1)
	if err != nil {
		return nil, err
	}
	opts := []snn.Option{snn.Weight(w), snn.Groups(groups[0]), snn.Bias(false)}
	if b := n.Tensors["bias"]; b != nil && (n.Metadata["bias"] != "none" || b.Abs().Max().Item() != 0) {
		opts[2] = snn.Bias(b)
	}
	for _, o := range []struct {
		name   string
		row    int // what a single row has
		option func(any) snn.Option
	}{{"stride", 1, snn.Stride}, {"dilation", 1, snn.Dilation}, {"padding", 0, snn.Padding}} {
		if word, ok := n.Words[o.name]; ok && o.name == "padding" {
			opts = append(opts, snn.Padding(word))
			continue
		}
		v, err := n.integers(o.name, axes, o.row)
		if err != nil {
			return nil, err
		}
		if axes == 1 {
			v = []int{o.row, v[0]}
		}
		opts = append(opts, o.option(v))
	}
	c := snn.Conv2d(s[1]*groups[0], s[0], []int{s[2], s[3]}, opts...)
	if axes == 1 {
		return &conv1d{c}, nil
	}
	return c, nil
}

// integers is a field of that many whole numbers: one that is given alone stands for all, one that is missing is def.
func (n *Node) integers(name string, count, def int) ([]int, error) {
	v := n.Integers[name]
	switch {
	case len(v) == 0:
		v = []int{def}
	case len(v) != 1 && len(v) != count:
		return nil, fmt.Errorf("%s has %d numbers, want %d", name, len(v), count)
	}
	for _, k := range v {
		if k < 0 || k > 1<<20 {
			return nil, fmt.Errorf("%s is %v", name, v)
		}
	}
	if len(v) < count {
		v = slices.Repeat(v, count)
	}
	return v, nil
}

func poolOf(n *Node) (snn.Module, error) {
	kernel, err := n.integers("kernel_size", 2, 0)
	if err != nil {
		return nil, err
	}
	stride := kernel
	if n.Integers["stride"] != nil {
		if stride, err = n.integers("stride", 2, 1); err != nil {
			return nil, err
		}
	}
	padding, err := n.integers("padding", 2, 0)
	if err != nil {
		return nil, err
	}
	pool := snn.SumPool2d
	if n.Type == "AvgPool2d" {
		pool = snn.AvgPool2d
	}
	return pool(kernel, snn.Stride(stride), snn.Padding(padding)), nil
}

// flattenOf counts the axes from the end, so that time and batch may stand in front of those that NIR knows.
func flattenOf(n *Node, in []int) (snn.Module, error) {
	if known := n.Integers["input_type"]; known != nil {
		in = known
	}
	axes := map[string]int{"start_dim": 1, "end_dim": -1}
	for name := range axes {
		if v := n.Integers[name]; len(v) == 1 {
			axes[name] = v[0]
		} else if v != nil {
			return nil, fmt.Errorf("%s has %d numbers", name, len(v))
		}
		switch {
		case axes[name] < 0:
		case in == nil:
			return nil, fmt.Errorf("%s is %d, of an unknown number of axes: there is no input_type", name, axes[name])
		default:
			axes[name] -= len(in)
		}
		if axes[name] >= 0 || in != nil && -axes[name] > len(in) {
			return nil, fmt.Errorf("%s is beyond the %d axes of the input", name, len(in))
		}
	}
	return snn.Flatten(axes["start_dim"], axes["end_dim"]), nil
}
