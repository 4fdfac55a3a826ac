package tensor

import (
	"fmt"
	"slices"
)

// Sum adds all elements, or those along the given axes, which disappear. It adds in float32 in NumPy's order and gives
// NumPy's bits: runs of neighbouring elements pairwise, what lies farther apart one after the other.
func (t *Tensor) Sum(axes ...int) *Tensor { return t.sum("Sum", axes) }

func (t *Tensor) sum(method string, axes []int) *Tensor {
	gone := t.reduced(method, axes)
	out := Zeros(t.without(gone)...)
	if Recording(t) {
		t.recordSum(method, out, gone)
	}
	if len(t.elems()) == 0 {
		return out
	}
	s := summation{dst: out.elems(), src: t.elems(), axes: mergedAxes(t.shape, gone)}
	s.run(s.axes, 0, 0, len(t.elems()))
	return out
}

// Mean is the average of all elements, or of those along the given axes, added as in Sum.
func (t *Tensor) Mean(axes ...int) *Tensor {
	out := t.sum("Mean", axes)
	n := float64(len(t.elems())) / float64(max(1, len(out.elems())))
	for i, v := range out.elems() {
		out.elems()[i] = float32(float64(v) / n)
	}
	return out
}

// recordSum spreads the gradient over what was added.
func (t *Tensor) recordSum(method string, out *Tensor, gone []bool) {
	shape, narrow := t.shape, slices.Clone(t.shape)
	for axis, is := range gone {
		if is {
			narrow[axis] = 1
		}
	}
	n := float32(1)
	if method == "Mean" {
		n = float32(len(t.elems())) / float32(max(1, len(out.elems())))
	}
	made(method, out, []*Tensor{t}, nil, func(dy *Tensor) []*Tensor {
		if n != 1 {
			dy = dy.Div(n)
		}
		return []*Tensor{dy.Reshape(narrow...).Expand(shape...)}
	})
}

// reduced marks the axes that a reduction removes: all where none is named.
func (t *Tensor) reduced(method string, axes []int) []bool {
	gone := make([]bool, len(t.shape))
	for i := range gone {
		gone[i] = len(axes) == 0
	}
	for _, axis := range axes {
		axis = t.axis(method, axis)
		if gone[axis] {
			panic(fmt.Sprintf("tensor.%s: axes %v of shape %v name one twice", method, axes, t.shape))
		}
		gone[axis] = true
	}
	return gone
}

// without is the shape that remains.
func (t *Tensor) without(gone []bool) []int {
	shape := make([]int, 0, len(t.shape))
	for i, n := range t.shape {
		if !gone[i] {
			shape = append(shape, n)
		}
	}
	return shape
}

// sumAxis is an axis, or neighbouring ones with the same fate seen as one.
type sumAxis struct {
	n    int
	gone bool
	step int // between neighbours in the result
}

// mergedAxes drops axes of size 1 and merges neighbours that are both kept or both removed.
func mergedAxes(shape []int, gone []bool) []sumAxis {
	var axes []sumAxis
	for i, n := range shape {
		switch last := len(axes) - 1; {
		case n == 1:
		case last >= 0 && axes[last].gone == gone[i]:
			axes[last].n *= n
		default:
			axes = append(axes, sumAxis{n: n, gone: gone[i]})
		}
	}
	step := 1
	for i := len(axes) - 1; i >= 0; i-- {
		if !axes[i].gone {
			axes[i].step = step
			step *= axes[i].n
		}
	}
	return axes
}

type summation struct {
	dst, src []float32
	axes     []sumAxis
}

// run adds the n elements from src[from:], which are laid out by axes, to dst[to:].
func (s *summation) run(axes []sumAxis, to, from, n int) {
	switch {
	case len(axes) == 0:
		s.dst[to] += s.src[from]
	case len(axes) > 1:
		n /= axes[0].n
		for i := range axes[0].n {
			s.run(axes[1:], to+i*axes[0].step, from+i*n, n)
		}
	case axes[0].gone:
		s.dst[to] += pairwise(s.src[from : from+n])
	default:
		dst := s.dst[to : to+n]
		for i, v := range s.src[from : from+n] {
			dst[i] += v
		}
	}
}

// pairwise adds in NumPy's order: eight running sums of at most 128 elements, longer slices by halves.
func pairwise(v []float32) float32 {
	n := len(v)
	switch {
	case n < 8:
		var s float32
		for _, x := range v {
			s += x
		}
		return s
	case n <= 128:
		r := [8]float32(v)
		i := 8
		for ; i+8 <= n; i += 8 {
			for k, x := range v[i : i+8 : i+8] {
				r[k] += x
			}
		}
		s := ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]))
		for _, x := range v[i:] {
			s += x
		}
		return s
	}
	half := n / 2
	half -= half % 8
	return pairwise(v[:half]) + pairwise(v[half:])
}
