package tensor

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
)

// gradient is the part of a tensor that takes part in reverse mode.
type gradient struct {
	shape []int
	node  *node   // the operation that made the tensor; nil for a leaf
	index int     // which of its results it is
	sum   *Tensor // what has arrived so far
	any   bool    // something has arrived; false with a sum is a buffer for the next time
	own   bool    // sum belongs to this gradient alone
}

// node is a recorded operation. Its inputs are older than itself, so going from new to old is a topological order.
type node struct {
	name     string
	order    uint64
	inputs   []*gradient // nil where no gradient is asked for
	outputs  []*gradient
	saved    []saved
	backward func(dy []*Tensor) []*Tensor
	scatter  func(into, dy *Tensor) // instead of backward: adds to the gradient of the one input
	done     bool
}

// saved is a tensor that the backward pass reads, with the count of writes to it when it was recorded.
type saved struct {
	t      *Tensor
	writes uint32
}

// orders numbers the nodes; leaves guards the gradients of leaves, which several goroutines may share.
var (
	orders atomic.Uint64
	leaves sync.Mutex
)

// SetRequiresGrad makes t a leaf whose gradient Backward adds up, or an ordinary tensor again; it returns t. Results of
// operations on such a tensor record how they were made.
func (t *Tensor) SetRequiresGrad(on bool) *Tensor {
	switch {
	case on && t.grad == nil:
		t.grad = &gradient{shape: t.shape}
	case !on && t.grad != nil && t.grad.node != nil:
		panic("tensor.SetRequiresGrad: the tensor is the result of " + t.grad.node.name + "; use Detach")
	case !on:
		t.grad = nil
	}
	return t
}

// RequiresGrad reports whether gradients flow through t: it is a leaf that asks for one, or computed from such a leaf.
func (t *Tensor) RequiresGrad() bool { return t.grad != nil }

// IsLeaf reports whether t was not computed from tensors that require gradients; Backward gives leaves their gradient.
func (t *Tensor) IsLeaf() bool { return t.grad == nil || t.grad.node == nil }

// Grad is the gradient that Backward calls added up in a leaf since ZeroGrad; nil if there was none. It is not a copy.
func (t *Tensor) Grad() *Tensor {
	if t.grad == nil || t.grad.node != nil || !t.grad.any {
		return nil
	}
	return t.grad.sum
}

// ZeroGrad forgets the gradient, so that Grad is nil. Its memory is used again.
func (t *Tensor) ZeroGrad() {
	if t.grad != nil {
		t.grad.any = false
	}
}

// Detach is a tensor that shares the elements and records nothing.
func (t *Tensor) Detach() *Tensor {
	return t.view(t.shape, 0, t.Numel())
}

// Recording reports whether an operation on these tensors is recorded: one of them requires a gradient, and the
// goroutine is not inside NoGrad.
func Recording(inputs ...*Tensor) bool {
	for _, t := range inputs {
		if t != nil && t.grad != nil {
			return !inNoGrad()
		}
	}
	return false
}

// Node is an operation whose gradient is written by hand, such as a neuron layer over all time steps.
type Node struct {
	Name    string    // for messages
	Inputs  []*Tensor // nil entries are allowed
	Outputs []*Tensor // fresh tensors with the results
	Saved   []*Tensor // tensors that Backward reads; a change of one before Backward runs is a panic and not a wrong number

	// Backward turns the gradients of the outputs, nil where none arrived, into those of the inputs, nil where there is
	// none or Inputs[i].RequiresGrad is false. It must not change dy, nor later what it returned.
	Backward func(dy []*Tensor) []*Tensor
}

// Record makes the outputs results of the inputs for Backward. Without Recording(inputs...) it does nothing.
func Record(n Node) {
	if !Recording(n.Inputs...) {
		return
	}
	made := newNode(n.Name, n.Inputs, n.Saved)
	made.backward = n.Backward
	for i, out := range n.Outputs {
		out.given("Record", "output %d of %s", i, n.Name)
		if out.grad != nil {
			panic(fmt.Sprintf("tensor.Record: output %d of %s, shape %v, has a gradient already", i, n.Name, out.shape))
		}
		made.result(out)
	}
}

func newNode(name string, inputs, save []*Tensor) *node {
	n := &node{name: name, order: orders.Add(1), inputs: make([]*gradient, len(inputs))}
	for i, t := range inputs {
		if t != nil {
			n.inputs[i] = t.grad
		}
	}
	for _, t := range save {
		if t != nil && t.writes != nil {
			t.writes.CompareAndSwap(0, 1) // from now on writes are counted
			n.saved = append(n.saved, saved{t, t.writes.Load()})
		}
	}
	return n
}

// result makes a tensor the next output of the node.
func (n *node) result(out *Tensor) *Tensor {
	out.grad = &gradient{shape: out.shape, node: n, index: len(n.outputs)}
	n.outputs = append(n.outputs, out.grad)
	return out
}

// made records an operation with one result; the caller has asked Recording.
func made(name string, out *Tensor, inputs, save []*Tensor, backward func(dy *Tensor) []*Tensor) *Tensor {
	n := newNode(name, inputs, save)
	n.backward = func(dy []*Tensor) []*Tensor { return backward(dy[0]) }
	return n.result(out)
}

// Backward adds the derivative of t, which has one element, to the gradient of every leaf it was computed from. It
// can be called once for a result: the record is released on the way.
func (t *Tensor) Backward() {
	if t.Numel() != 1 {
		panic(fmt.Sprintf("tensor.Backward: shape %v has %d elements, need 1; BackwardFrom takes any shape", t.shape, t.Numel()))
	}
	t.BackwardFrom(Ones(t.shape...).must(t.Device()))
}

// BackwardFrom is Backward of a tensor of any shape, given the derivative of the loss by it.
func (t *Tensor) BackwardFrom(dy *Tensor) {
	dy.given("BackwardFrom", "dy")
	if t.grad == nil {
		panic(fmt.Sprintf("tensor.Backward: the tensor of shape %v does not depend on one that requires gradients", t.shape))
	}
	if !sameShape(t.shape, dy.shape) {
		panic(fmt.Sprintf("tensor.BackwardFrom: gradient of shape %v for shape %v", dy.shape, t.shape))
	}
	if dy.Device() != t.Device() {
		panic(fmt.Sprintf("tensor.BackwardFrom: gradient on %v for a tensor on %v", dy.Device(), t.Device()))
	}
	nodes := reachable(t.grad.node)
	t.grad.add(dy.Detach())
	for _, n := range nodes {
		n.run()
	}
}

// reachable is the nodes behind one, the newest first.
func reachable(from *node) []*node {
	var found []*node
	seen := map[*node]bool{nil: true}
	for stack := []*node{from}; len(stack) > 0; {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[n] {
			continue
		}
		if n.done {
			panic("tensor.Backward: an earlier Backward has used the record of " + n.name +
				"; compute it again, or Detach what is carried over")
		}
		for _, s := range n.saved {
			if s.t.writes.Load() != s.writes {
				panic(fmt.Sprintf("tensor.Backward: a tensor of shape %v that %s needs was changed in place after it; change a Clone",
					s.t.shape, n.name))
			}
		}
		seen[n] = true
		found = append(found, n)
		for _, in := range n.inputs {
			if in != nil {
				stack = append(stack, in.node)
			}
		}
	}
	slices.SortFunc(found, func(a, b *node) int { return cmp.Compare(b.order, a.order) })
	return found
}

// run passes the gradients of the outputs on to the inputs and releases the record.
func (n *node) run() {
	dy, arrived := make([]*Tensor, len(n.outputs)), false
	for i, out := range n.outputs {
		dy[i] = out.sum
		arrived = arrived || out.any
		out.sum, out.any = nil, false
	}
	switch {
	case !arrived:
	case n.scatter != nil:
		n.inputs[0].addWith(dy[0].Device(), func(into *Tensor) { n.scatter(into, dy[0]) })
	default:
		grads := n.backward(dy)
		if grads != nil && len(grads) != len(n.inputs) {
			panic(fmt.Sprintf("tensor.Backward: %s gave %d gradients for %d inputs", n.name, len(grads), len(n.inputs)))
		}
		for i, g := range grads {
			if in := n.inputs[i]; in != nil && g != nil {
				if !sameShape(g.shape, in.shape) {
					panic(fmt.Sprintf("tensor.Backward: %s gave a gradient of shape %v for input %d of shape %v", n.name, g.shape, i, in.shape))
				}
				in.add(g.Detach())
			}
		}
	}
	*n = node{name: n.name, done: true}
}

// add adds what arrives. The first to arrive is kept as it is, or copied by a leaf.
func (g *gradient) add(dy *Tensor) {
	if g.node != nil && !g.any {
		g.sum, g.any, g.own = dy, true, false
		return
	}
	g.addWith(dy.Device(), func(into *Tensor) { into.plus(dy) })
}

// addWith lets f add to the sum, which is made the gradient's own first, on the device of what arrives.
func (g *gradient) addWith(d Device, f func(into *Tensor)) {
	if g.node == nil {
		leaves.Lock()
		defer leaves.Unlock()
	}
	switch {
	case g.any && !g.own:
		g.sum = g.sum.Clone()
	case !g.any && g.own && g.sum != nil && g.sum.Device() == d:
		g.sum.clear()
	case !g.any:
		g.sum = zerosOn(d, g.shape)
	}
	g.any, g.own = true, true
	f(g.sum)
}
