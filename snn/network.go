package snn

import (
	"fmt"
	"slices"
	"strings"

	"github.com/livespike/livespike/snn/tensor"
)

// Node is a module of a Network, with its name.
type Node struct {
	Name   string
	Module Module
}

// Net is a container whose modules are connected freely, made by Network.
type Net struct {
	nodes  []Node
	places []string // of the nodes, for errors
	edges  [][2]string
	order  []int    // in which the nodes run
	wires  [][]wire // into each node and, last, into the output
	held   []int    // the nodes whose outputs come back at the next step
}

// wire is where a node takes an input from.
type wire struct {
	node int  // or fromInput
	back bool // what the node gave at the step before
}

const fromInput = -1

// Network connects modules for one step by pairs of names, from the first to the second; "input" is the network's input,
// "output" its output. Outputs that arrive at one place are added, so they must have one shape. Connections may close a
// circle: the one that does carries what its module gave at the step before, and nothing at the first step. Lift runs
// a network over a sequence.
//
//	snn.Network([]snn.Node{{"w", snn.Linear(3, 4)}, {"lif", snn.LIFCell()}, {"back", snn.Linear(4, 4)}},
//		[2]string{"input", "w"}, [2]string{"w", "lif"}, [2]string{"lif", "back"}, [2]string{"back", "lif"},
//		[2]string{"lif", "output"})
//
// The state is NetworkState(name=…): that of each module, and as name.out what comes back at the next step.
//
// It panics if a name is unknown, double or cannot be reached from the input, or if the output cannot be.
func Network(nodes []Node, edges ...[2]string) *Net {
	n := &Net{nodes: slices.Clone(nodes), edges: slices.Clone(edges), wires: make([][]wire, len(nodes)+1)}
	index := map[string]int{"input": fromInput, "output": len(nodes)}
	for k, node := range nodes {
		if _, double := index[node.Name]; double || node.Name == "" || node.Module == nil {
			panicf("snn.Network: node %d, %q, has a name that is taken or empty, or no module", k, node.Name)
		}
		index[node.Name] = k
		n.places = append(n.places, "Network["+node.Name+"]")
	}
	to := make([][]int, len(nodes)+1) // by node, that of the input last
	for _, e := range edges {
		a, known := index[e[0]]
		b, also := index[e[1]]
		if !known || !also || a == len(nodes) || b == fromInput {
			panicf("snn.Network: no connection can go from %q to %q", e[0], e[1])
		}
		if a == fromInput {
			a = len(nodes)
		}
		if slices.Contains(to[a], b) {
			panicf("snn.Network: %q and %q are connected twice", e[0], e[1])
		}
		to[a] = append(to[a], b)
	}
	n.connect(to)
	return n
}

// connect finds the order of the nodes and the connections that lead back.
func (n *Net) connect(to [][]int) {
	const (
		fresh = iota
		open
		done
	)
	last := len(n.nodes)
	seen := make([]int, last+1) // the output is done when it was reached
	var visit func(k int)
	visit = func(k int) {
		from := k
		if k == last {
			from = fromInput
		} else {
			seen[k] = open
		}
		for _, b := range to[k] {
			n.wires[b] = append(n.wires[b], wire{from, b < last && seen[b] == open})
			switch {
			case b == last:
				seen[b] = done
			case seen[b] == fresh:
				visit(b)
			}
		}
		if k < last {
			seen[k] = done
			n.order = append(n.order, k)
		}
	}
	visit(last)
	slices.Reverse(n.order)
	for _, list := range n.wires {
		for _, w := range list {
			if w.back && !slices.Contains(n.held, w.node) {
				n.held = append(n.held, w.node)
			}
		}
	}
	for k, s := range seen {
		switch {
		case s == fresh && k == last:
			panicf("snn.Network: no connection leads from the input to the output")
		case s == fresh:
			panicf("snn.Network: no connection leads from the input to %q", n.nodes[k].Name)
		}
	}
}

// Nodes are the modules with their names.
func (n *Net) Nodes() []Node { return slices.Clone(n.nodes) }

// Edges are the connections.
func (n *Net) Edges() [][2]string { return slices.Clone(n.edges) }

// Forward advances the modules by one step. A nil state is a fresh one for each.
func (n *Net) Forward(x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	needInput(n, x)
	count := len(n.nodes)
	if s != nil && (s.kind != "NetworkState" || len(s.sub) != count+len(n.held)) {
		panicf("Network: the state is %s, not its own NetworkState", s.title())
	}
	next := &State{kind: "NetworkState", sub: make([]child, count+len(n.held))}
	outs := make([]*tensor.Tensor, count)
	for _, k := range n.order {
		var old *State
		if s != nil {
			old = s.sub[k].s
		}
		next.sub[k].name = n.nodes[k].Name
		outs[k], next.sub[k].s = n.forward(k, n.gather(k, x, outs, s), old)
	}
	for at, k := range n.held {
		next.sub[count+at] = child{name: n.nodes[k].Name + ".out", t: outs[k]}
	}
	return n.gather(count, x, outs, nil), next
}

// gather is the sum of what arrives at node k.
func (n *Net) gather(k int, x *tensor.Tensor, outs []*tensor.Tensor, s *State) *tensor.Tensor {
	var sum *tensor.Tensor
	for _, w := range n.wires[k] {
		t := x
		switch {
		case w.back && s == nil:
			continue
		case w.back:
			t = s.sub[len(n.nodes)+slices.Index(n.held, w.node)].t
		case w.node != fromInput:
			t = outs[w.node]
		}
		switch {
		case sum == nil:
			sum = t
		case t == nil || !sameShape(sum.Shape(), t.Shape()):
			panicf("Network: shapes %v and %v arrive at %s and cannot be added", sum.Shape(), t.Shape(), n.name(k))
		default:
			sum = sum.Add(t)
		}
	}
	return sum
}

func (n *Net) name(k int) string {
	if k == len(n.nodes) {
		return "the output"
	}
	return n.nodes[k].Name
}

func (n *Net) forward(k int, x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	defer atPlace(n.places[k], -1, n.nodes[k].Module)
	return n.nodes[k].Module.Forward(x, s)
}

// Parts are the modules, by their names.
func (n *Net) Parts() []Part {
	parts := make([]Part, len(n.nodes))
	for k, node := range n.nodes {
		parts[k] = Part{Name: node.Name, Module: node.Module}
	}
	return parts
}

func (n *Net) label() string { return "Network" }

// String shows the modules, one per line, with where their inputs come from.
func (n *Net) String() string {
	var parts []string
	for k := range n.wires {
		var from []string
		for _, w := range n.wires[k] {
			name := "input"
			if w.node != fromInput {
				name = n.nodes[w.node].Name
			}
			if w.back {
				name += " of the step before"
			}
			from = append(from, name)
		}
		if k == len(n.nodes) {
			parts = append(parts, "output from "+strings.Join(from, " + "))
		} else {
			parts = append(parts, fmt.Sprintf("(%s): %v from %s", n.nodes[k].Name, n.nodes[k].Module, strings.Join(from, " + ")))
		}
	}
	return nestedText("Network", parts)
}
