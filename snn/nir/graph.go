package nir

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/livespike/livespike/internal/hdf5"
	"github.com/livespike/livespike/snn/tensor"
)

// Graph is nodes by name, and the pairs of names that are connected, from the first to the second.
type Graph struct {
	Nodes map[string]*Node
	Edges [][2]string
}

// Node is a primitive of NIR, such as LIF or Conv2d, with its fields; or a graph of its own, with Type NIRGraph.
type Node struct {
	Type     string
	Tensors  map[string]*tensor.Tensor // weight, tau, v_threshold …
	Integers map[string][]int          // shape, stride, groups …
	Words    map[string]string         // padding, where it is one
	Metadata map[string]any            // strings, float64 and tensors; nested names have slashes
	Graph    *Graph
}

// NewNode is a node without fields.
func NewNode(kind string) *Node {
	return &Node{
		Type: kind, Tensors: map[string]*tensor.Tensor{}, Integers: map[string][]int{}, Words: map[string]string{}, Metadata: map[string]any{},
	}
}

// String lists the nodes with the shapes of their fields and where their outputs go.
func (g *Graph) String() string {
	var b strings.Builder
	b.WriteString("NIRGraph(\n")
	for _, name := range slices.Sorted(maps.Keys(g.Nodes)) {
		var to []string
		for _, e := range g.Edges {
			if e[0] == name {
				to = append(to, e[1])
			}
		}
		fmt.Fprintf(&b, "  %s: %s", name, strings.ReplaceAll(g.Nodes[name].String(), "\n", "\n  "))
		if to != nil {
			b.WriteString(" → " + strings.Join(to, ", "))
		}
		b.WriteByte('\n')
	}
	return b.String() + ")"
}

// String is the type and the fields: Affine(bias [4], weight [4 3]).
func (n *Node) String() string {
	if n.Graph != nil {
		return n.Graph.String()
	}
	var fields []string
	for name, t := range n.Tensors {
		fields = append(fields, fmt.Sprint(name, " ", t.Shape()))
	}
	for name, v := range n.Integers {
		fields = append(fields, fmt.Sprint(name, "=", v))
	}
	for name, v := range n.Words {
		fields = append(fields, name+"="+v)
	}
	slices.Sort(fields)
	return n.Type + "(" + strings.Join(fields, ", ") + ")"
}

// formatVersion is the version of the reference package whose layout Write follows.
const formatVersion = "1.0.7"

// isScalar reports whether an integer is a single value in a file; the others are vectors.
func (n *Node) isScalar(name string) bool {
	return n.Type == "Conv1d" || slices.Contains([]string{"groups", "start_dim", "end_dim"}, name)
}

// Read reads the graph in a file.
func Read(path string) (*Graph, error) {
	root, err := hdf5.Read(path)
	if err != nil {
		return nil, fmt.Errorf("nir: %w", err)
	}
	g, err := graphOf(root)
	if err != nil {
		return nil, fmt.Errorf("nir: %s: %w", path, err)
	}
	return g, nil
}

func graphOf(root *hdf5.Group) (*Graph, error) {
	node := root.Groups["node"]
	if node == nil {
		return nil, fmt.Errorf("no group node; it has %q", root.Names())
	}
	n, err := readNode("node", node)
	if err != nil {
		return nil, err
	}
	if n.Graph == nil {
		return nil, fmt.Errorf("the root is a %s, not a NIRGraph", n.Type)
	}
	return n.Graph, nil
}

// MustRead is Read that panics on an error.
func MustRead(path string) *Graph {
	g, err := Read(path)
	if err != nil {
		panic(err)
	}
	return g
}

func readNode(path string, from *hdf5.Group) (*Node, error) {
	kind := from.Arrays["type"]
	if kind == nil || kind.Len() != 1 || kind.Kind != hdf5.String {
		return nil, fmt.Errorf("%s: no type", path)
	}
	n := NewNode(kind.Strings[0])
	if meta := from.Groups["metadata"]; meta != nil {
		readMetadata("", meta, n.Metadata)
	}
	if n.Type == "NIRGraph" {
		g, err := readGraph(path, from)
		n.Graph = g
		return n, err
	}
	for name, a := range from.Arrays {
		switch {
		case name == "type":
		case a.Kind == hdf5.String && a.Len() == 1:
			n.Words[name] = a.Strings[0]
		case a.Kind == hdf5.Int64 && name != "weight" && name != "bias" && !isParameter(name):
			for _, v := range a.Ints {
				n.Integers[name] = append(n.Integers[name], int(v))
			}
		case a.Kind != hdf5.String:
			n.Tensors[name] = tensorOf(a)
		}
	}
	return n, nil
}

// isParameter reports whether a field is a number of neurons, which some writers store as integers.
func isParameter(name string) bool {
	return strings.HasPrefix(name, "v_") || strings.HasPrefix(name, "tau") || slices.Contains([]string{"r", "w_in", "scale", "threshold", "delay"}, name)
}

func tensorOf(a *hdf5.Array) *tensor.Tensor {
	t := tensor.Zeros(a.Shape...) // the array is in memory already, so there is room
	for i := range t.Data() {
		if a.Kind == hdf5.Int64 {
			t.Data()[i] = float32(a.Ints[i])
		} else {
			t.Data()[i] = float32(a.Floats[i])
		}
	}
	return t
}

func readMetadata(path string, from *hdf5.Group, into map[string]any) {
	for name, a := range from.Arrays {
		switch {
		case a.Kind == hdf5.String && a.Len() == 1:
			into[path+name] = a.Strings[0]
		case a.Kind == hdf5.String:
		case len(a.Shape) == 0 && a.Kind == hdf5.Int64:
			into[path+name] = float64(a.Ints[0])
		case len(a.Shape) == 0 && a.Kind == hdf5.Float64:
			into[path+name] = a.Floats[0]
		default:
			into[path+name] = tensorOf(a)
		}
	}
	for name, g := range from.Groups {
		readMetadata(path+name+"/", g, into)
	}
}

func readGraph(path string, from *hdf5.Group) (*Graph, error) {
	g := &Graph{Nodes: map[string]*Node{}}
	nodes, edges := from.Groups["nodes"], from.Arrays["edges"]
	if nodes == nil {
		return nil, fmt.Errorf("%s: no nodes", path)
	}
	for name, node := range nodes.Groups {
		n, err := readNode(path+"/"+name, node)
		if err != nil {
			return nil, err
		}
		g.Nodes[name] = n
	}
	if edges == nil || edges.Len() == 0 {
		return g, nil
	}
	if edges.Kind != hdf5.String || len(edges.Shape) != 2 || edges.Shape[1] != 2 {
		return nil, fmt.Errorf("%s: edges of shape %v that are not pairs of names", path, edges.Shape)
	}
	for i := 0; i < len(edges.Strings); i += 2 {
		g.Edges = append(g.Edges, [2]string{edges.Strings[i], edges.Strings[i+1]})
	}
	return g, nil
}

// Write puts the graph into a file, which appears when it is complete.
func (g *Graph) Write(path string) error {
	root := hdf5.NewGroup()
	root.Arrays["version"] = words(nil, formatVersion)
	root.Groups["node"] = writeNode(&Node{Type: "NIRGraph", Graph: g})
	if err := hdf5.Write(path, root); err != nil {
		return fmt.Errorf("nir: %w", err)
	}
	return nil
}

func words(shape []int, s ...string) *hdf5.Array {
	return &hdf5.Array{Kind: hdf5.String, Shape: shape, Strings: s}
}

func integers(shape []int, values []int) *hdf5.Array {
	a := &hdf5.Array{Kind: hdf5.Int64, Shape: shape}
	for _, v := range values {
		a.Ints = append(a.Ints, int64(v))
	}
	return a
}

func floats(t *tensor.Tensor) *hdf5.Array {
	a := &hdf5.Array{Kind: hdf5.Float32, Shape: slices.Clone(t.Shape())}
	for _, v := range t.Data() {
		a.Floats = append(a.Floats, float64(v))
	}
	return a
}

func writeNode(n *Node) *hdf5.Group {
	to := hdf5.NewGroup()
	to.Arrays["type"] = words(nil, n.Type)
	for name, t := range n.Tensors {
		to.Arrays[name] = floats(t)
	}
	for name, v := range n.Integers {
		if n.isScalar(name) && len(v) == 1 {
			to.Arrays[name] = integers(nil, v)
		} else {
			to.Arrays[name] = integers([]int{len(v)}, v)
		}
	}
	for name, s := range n.Words {
		to.Arrays[name] = words(nil, s)
	}
	if len(n.Metadata) > 0 {
		to.Groups["metadata"] = writeMetadata(n.Metadata)
	}
	if n.Graph == nil {
		return to
	}
	nodes := hdf5.NewGroup()
	for name, inner := range n.Graph.Nodes {
		nodes.Groups[name] = writeNode(inner)
	}
	to.Groups["nodes"] = nodes
	var pairs []string
	for _, e := range n.Graph.Edges {
		pairs = append(pairs, e[0], e[1])
	}
	to.Arrays["edges"] = words([]int{len(n.Graph.Edges), 2}, pairs...)
	return to
}

func writeMetadata(values map[string]any) *hdf5.Group {
	root := hdf5.NewGroup()
	for path, v := range values {
		g, names := root, strings.Split(path, "/")
		for _, name := range names[:len(names)-1] {
			if g.Groups[name] == nil {
				g.Groups[name] = hdf5.NewGroup()
			}
			g = g.Groups[name]
		}
		name := names[len(names)-1]
		switch v := v.(type) {
		case string:
			g.Arrays[name] = words(nil, v)
		case float64:
			g.Arrays[name] = &hdf5.Array{Kind: hdf5.Float64, Floats: []float64{v}}
		case *tensor.Tensor:
			g.Arrays[name] = floats(v)
		default:
			panic(fmt.Sprintf("nir: metadata %s is a %T; it takes a string, a float64 or a tensor", path, v))
		}
	}
	return root
}
