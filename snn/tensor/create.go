package tensor

import (
	"fmt"
	"math"
)

// Every function that makes a tensor panics, with the shape, for one that needs more than the machine's memory (in a
// container: what that has been given; where neither is known, 1 TiB).

// FromSlice wraps data, without a copy, as a tensor of the given shape; without a shape it has one axis. The tensor and
// the slice share the elements. It panics if the sizes differ.
func FromSlice(data []float32, shape ...int) *Tensor {
	if len(shape) == 0 {
		return wrap([]int{len(data)}, data)
	}
	if size(shape) != len(data) {
		panic(fmt.Sprintf("tensor.FromSlice: %d values do not fill shape %v", len(data), shape))
	}
	return wrap(append([]int(nil), shape...), data)
}

// Of is a tensor with one axis that holds a copy of the values.
func Of(values ...float32) *Tensor {
	return wrap([]int{len(values)}, append([]float32(nil), values...))
}

// Scalar is a tensor without axes that holds one value.
func Scalar(value float64) *Tensor { return wrap(nil, []float32{float32(value)}) }

// Zeros is a tensor of zeros. It panics for negative sizes and for a shape that needs more than the machine's memory.
func Zeros(shape ...int) *Tensor { return zeros("Zeros", shape) }

// Ones is a tensor of ones.
func Ones(shape ...int) *Tensor {
	t := zeros("Ones", shape)
	t.FillInPlace(1)
	return t
}

// Full is a tensor whose elements all have one value.
func Full(value float64, shape ...int) *Tensor {
	t := zeros("Full", shape)
	t.FillInPlace(value)
	return t
}

// FillInPlace gives every element one value.
func (t *Tensor) FillInPlace(value float64) {
	t.changed("FillInPlace", "")
	if t.gpu != nil {
		must(t.gpu.Fill(float32(value)))
		return
	}
	v := float32(value)
	for i := range t.elems() {
		t.elems()[i] = v
	}
}

// ZerosLike is a tensor of zeros with the shape of another.
func ZerosLike(t *Tensor) *Tensor {
	t.given("ZerosLike", "t")
	return zeros("ZerosLike", t.shape)
}

// OnesLike is a tensor of ones with the shape of another.
func OnesLike(t *Tensor) *Tensor {
	t.given("OnesLike", "t")
	return Ones(t.shape...)
}

// Arange is start, start+step, … up to but without end, computed in float64 and rounded once. It panics for step 0, for
// NaN and where it has no end.
func Arange(start, end, step float64) *Tensor {
	if step == 0 {
		panic("tensor.Arange: step is 0")
	}
	n := 0
	span := (end - start) / step
	if math.IsNaN(span) || math.IsInf(span, 0) {
		panic(fmt.Sprintf("tensor.Arange: from %v to %v in steps of %v", start, end, step))
	}
	if span = min(span, 1<<53); span > 0 {
		n = int(span)
		if float64(n) < span {
			n++
		}
	}
	t := zeros("Arange", []int{n})
	for i := range t.elems() {
		t.elems()[i] = float32(start + float64(float64(i)*step))
	}
	return t
}

// Linspace is n values from start to end, both included, computed in float32 from the nearer end as PyTorch does:
// element i of the first half is start + step*i, of the second end - step*(n-1-i).
func Linspace(start, end float64, n int) *Tensor {
	t := zeros("Linspace", []int{n})
	if n == 1 {
		t.elems()[0] = float32(start)
	}
	if n < 2 {
		return t
	}
	a, b := float32(start), float32(end)
	step := (b - a) / float32(n-1)
	for i := range t.elems() {
		if i < n/2 {
			t.elems()[i] = a + float32(step*float32(i))
		} else {
			t.elems()[i] = b - float32(step*float32(n-1-i))
		}
	}
	return t
}

// Eye is the identity matrix of n rows.
func Eye(n int) *Tensor {
	t := zeros("Eye", []int{n, n})
	for i := range n {
		t.elems()[i*n+i] = 1
	}
	return t
}

// Stack copies tensors of one shape one after the other along a new first axis.
func Stack(ts ...*Tensor) *Tensor {
	if len(ts) == 0 {
		panic("tensor.Stack: no tensors")
	}
	for i, t := range ts {
		t.given("Stack", "tensor %d", i)
	}
	out := like(ts[0], "Stack", append([]int{len(ts)}, ts[0].shape...))
	for i, t := range ts {
		if !sameShape(t.shape, ts[0].shape) {
			panic(fmt.Sprintf("tensor.Stack: tensor %d has shape %v, the first %v", i, t.shape, ts[0].shape))
		}
		out.put("Stack", t, i*t.Numel())
	}
	if Recording(ts...) {
		made("Stack", out, ts, nil, func(dy *Tensor) []*Tensor {
			grads := make([]*Tensor, len(ts))
			for i := range grads {
				grads[i] = dy.Index(i)
			}
			return grads
		})
	}
	return out
}

// Cat copies tensors one after the other along an existing axis; the other axes must agree.
func Cat(axis int, ts ...*Tensor) *Tensor {
	if len(ts) == 0 {
		panic("tensor.Cat: no tensors")
	}
	for i, t := range ts {
		t.given("Cat", "tensor %d", i)
	}
	axis = ts[0].axis("Cat", axis)
	shape := append([]int(nil), ts[0].shape...)
	shape[axis] = 0
	for i, t := range ts {
		if len(t.shape) != len(shape) {
			panic(fmt.Sprintf("tensor.Cat: tensor %d has shape %v, the first %v", i, t.shape, ts[0].shape))
		}
		for k, n := range t.shape {
			if k != axis && n != shape[k] {
				panic(fmt.Sprintf("tensor.Cat: tensor %d has shape %v, the first %v", i, t.shape, ts[0].shape))
			}
		}
		shape[axis] += t.shape[axis]
	}
	out := like(ts[0], "Cat", shape)
	inner := size(shape[axis+1:])
	row := shape[axis] * inner
	at := 0
	for _, t := range ts {
		piece := t.shape[axis] * inner
		if axis == 0 {
			out.put("Cat", t, at)
			at += piece
			continue
		}
		for outer := 0; piece > 0 && outer*piece < len(t.elems()); outer++ {
			copy(out.elems()[outer*row+at:], t.elems()[outer*piece:(outer+1)*piece])
		}
		at += piece
	}
	if Recording(ts...) {
		axis := axis
		made("Cat", out, ts, nil, func(dy *Tensor) []*Tensor {
			grads, from := make([]*Tensor, len(ts)), 0
			for i, t := range ts {
				grads[i] = dy.Slice(axis, from, from+t.shape[axis])
				from += t.shape[axis]
			}
			return grads
		})
	}
	return out
}
