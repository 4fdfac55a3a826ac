package tensor

import (
	"fmt"
	"slices"
)

// Max is the largest of all elements, or along the given axes; NaN wins. It panics where there is none. The gradient
// goes to the first largest element.
func (t *Tensor) Max(axes ...int) *Tensor { return t.extreme("Max", axes, argMax) }

// Min is the smallest of all elements, or along the given axes, as Max.
func (t *Tensor) Min(axes ...int) *Tensor { return t.extreme("Min", axes, argMin) }

func (t *Tensor) extreme(method string, axes []int, find func(v []float32, step, n int) int) *Tensor {
	out := t.reduce(method, axes, func(v []float32, step, n int) float32 { return v[find(v, step, n)*step] })
	if Recording(t) {
		t.recordExtreme(method, out, axes, find)
	}
	return out
}

// recordExtreme passes the gradient to the elements that were found.
func (t *Tensor) recordExtreme(method string, out *Tensor, axes []int, find func(v []float32, step, n int) int) {
	gone := t.reduced(method, axes)
	from := t.Detach().toEnd(gone)
	n := len(t.elems()) / max(1, len(out.elems()))
	found := make([]int, len(out.elems()))
	for i := range found {
		found[i] = i*n + find(from.elems()[i*n:], 1, n)
	}
	back := make([]int, 0, len(gone))
	order := endOrder(gone)
	for axis := range order {
		back = append(back, slices.Index(order, axis))
	}
	made(method, out, []*Tensor{t}, nil, func(dy *Tensor) []*Tensor {
		at := ZerosLike(from)
		for i, v := range dy.elems() {
			at.elems()[found[i]] = v
		}
		return []*Tensor{at.Permute(back...)}
	})
}

// ArgMax is the position of the first largest element: in the flattened tensor, or along one axis. A NaN counts as
// the largest. It panics where there is no element, and for more than 2^24 + 1 of them: the tensor of positions is of
// float32, which does not hold all whole numbers beyond.
func (t *Tensor) ArgMax(axis ...int) *Tensor { return t.position("ArgMax", axis, argMax) }

// ArgMin is the position of the first smallest element, as ArgMax. A NaN counts as the smallest.
func (t *Tensor) ArgMin(axis ...int) *Tensor { return t.position("ArgMin", axis, argMin) }

// exact is the largest whole number up to which float32 holds them all.
const exact = 1 << 24

func (t *Tensor) position(method string, axis []int, find func(v []float32, step, n int) int) *Tensor {
	if len(axis) > 1 {
		panic(fmt.Sprintf("tensor.%s: %d axes, at most one", method, len(axis)))
	}
	return t.reduce(method, axis, func(v []float32, step, n int) float32 {
		if n > exact+1 {
			panic(fmt.Sprintf("tensor.%s: float32 has no exact positions among %d elements of shape %v, at most %d",
				method, n, t.shape, exact+1))
		}
		return float32(find(v, step, n))
	})
}

func argMax(v []float32, step, n int) int {
	best := 0
	for i := 1; i < n; i++ {
		a, b := v[i*step], v[best*step]
		if b == b && (a > b || a != a) {
			best = i
		}
	}
	return best
}

func argMin(v []float32, step, n int) int {
	best := 0
	for i := 1; i < n; i++ {
		a, b := v[i*step], v[best*step]
		if b == b && (a < b || a != a) {
			best = i
		}
	}
	return best
}

// reduce replaces the axes (all where none is named) by f of the elements along them, which lie step apart.
func (t *Tensor) reduce(method string, axes []int, f func(v []float32, step, n int) float32) *Tensor {
	gone := t.reduced(method, axes)
	kept := t.without(gone)
	if size(kept) > 0 && len(t.elems()) == 0 {
		panic(fmt.Sprintf("tensor.%s: no element along axes %v of shape %v", method, axes, t.shape))
	}
	moved, n := t, len(t.elems())/max(1, size(kept))
	step := 1
	if len(axes) == 1 {
		step = size(t.shape[t.axis(method, axes[0])+1:])
	} else if len(kept) > 0 {
		moved = t.Detach().toEnd(gone)
	}
	out := Zeros(kept...)
	for i := range out.elems() {
		out.elems()[i] = f(moved.elems()[i/step*step*n+i%step:], step, n)
	}
	return out
}

// toEnd moves the marked axes behind the others, in order.
func (t *Tensor) toEnd(marked []bool) *Tensor { return t.Permute(endOrder(marked)...) }

func endOrder(marked []bool) []int {
	var front, back []int
	for axis, is := range marked {
		if is {
			back = append(back, axis)
		} else {
			front = append(front, axis)
		}
	}
	return append(front, back...)
}

// Cumsum is the running sum along an axis, in float32.
func (t *Tensor) Cumsum(axis int) *Tensor {
	axis = t.axis("Cumsum", axis)
	out := t.Detach().Clone()
	inner, n := size(t.shape[axis+1:]), t.shape[axis]
	for i := range out.elems() {
		if (i/inner)%n > 0 {
			out.elems()[i] += out.elems()[i-inner]
		}
	}
	if Recording(t) {
		made("Cumsum", out, []*Tensor{t}, nil, func(dy *Tensor) []*Tensor {
			dx := dy.Clone()
			for i := len(dx.elems()) - 1 - inner; i >= 0; i-- {
				if (i/inner)%n < n-1 {
					dx.elems()[i] += dx.elems()[i+inner]
				}
			}
			return []*Tensor{dx}
		})
	}
	return out
}
