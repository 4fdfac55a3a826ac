package tensor

import "fmt"

// FromSlice wraps data, without a copy, as a tensor of the given shape; without a shape it has one axis.
// It panics if the sizes differ.
func FromSlice(data []float32, shape ...int) *Tensor {
	if len(shape) == 0 {
		return wrap([]int{len(data)}, data)
	}
	if size(shape) != len(data) {
		panic(fmt.Sprintf("tensor.FromSlice: %d values do not fill shape %v", len(data), shape))
	}
	return wrap(append([]int(nil), shape...), data)
}

// Of is a tensor with one axis that holds the values.
func Of(values ...float32) *Tensor {
	return wrap([]int{len(values)}, append([]float32(nil), values...))
}

// Scalar is a tensor without axes that holds one value.
func Scalar(value float64) *Tensor { return wrap(nil, []float32{float32(value)}) }

// Zeros is a tensor of zeros.
func Zeros(shape ...int) *Tensor {
	return wrap(append([]int(nil), shape...), make([]float32, size(shape)))
}

// Ones is a tensor of ones.
func Ones(shape ...int) *Tensor { return Full(1, shape...) }

// Full is a tensor whose elements all have one value.
func Full(value float64, shape ...int) *Tensor {
	t := Zeros(shape...)
	t.FillInPlace(value)
	return t
}

// FillInPlace gives every element one value.
func (t *Tensor) FillInPlace(value float64) {
	t.changed("FillInPlace", "")
	v := float32(value)
	for i := range t.data {
		t.data[i] = v
	}
}

// ZerosLike is a tensor of zeros with the shape of another.
func ZerosLike(t *Tensor) *Tensor { return Zeros(t.shape...) }

// OnesLike is a tensor of ones with the shape of another.
func OnesLike(t *Tensor) *Tensor { return Ones(t.shape...) }

// Arange is start, start+step, … up to but without end, computed in float64 and rounded once. It panics for step 0.
func Arange(start, end, step float64) *Tensor {
	if step == 0 {
		panic("tensor.Arange: step is 0")
	}
	n := 0
	if span := (end - start) / step; span > 0 {
		n = int(span)
		if float64(n) < span {
			n++
		}
	}
	t := Zeros(n)
	for i := range t.data {
		t.data[i] = float32(start + float64(float64(i)*step))
	}
	return t
}

// Linspace is n values from start to end, both included, computed in float32 from the nearer end as PyTorch does:
// element i of the first half is start + step*i, of the second end - step*(n-1-i).
func Linspace(start, end float64, n int) *Tensor {
	t := Zeros(n)
	if n == 1 {
		t.data[0] = float32(start)
	}
	if n < 2 {
		return t
	}
	a, b := float32(start), float32(end)
	step := (b - a) / float32(n-1)
	for i := range t.data {
		if i < n/2 {
			t.data[i] = a + float32(step*float32(i))
		} else {
			t.data[i] = b - float32(step*float32(n-1-i))
		}
	}
	return t
}

// Eye is the identity matrix of n rows.
func Eye(n int) *Tensor {
	t := Zeros(n, n)
	for i := range n {
		t.data[i*n+i] = 1
	}
	return t
}

// Stack joins tensors of one shape along a new first axis.
func Stack(ts ...*Tensor) *Tensor {
	if len(ts) == 0 {
		panic("tensor.Stack: no tensors")
	}
	out := Zeros(append([]int{len(ts)}, ts[0].shape...)...)
	for i, t := range ts {
		if !sameShape(t.shape, ts[0].shape) {
			panic(fmt.Sprintf("tensor.Stack: tensor %d has shape %v, the first %v", i, t.shape, ts[0].shape))
		}
		copy(out.data[i*len(t.data):], t.data)
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

// Cat joins tensors along an existing axis; the other axes must agree.
func Cat(axis int, ts ...*Tensor) *Tensor {
	if len(ts) == 0 {
		panic("tensor.Cat: no tensors")
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
	out := Zeros(shape...)
	inner := size(shape[axis+1:])
	row := shape[axis] * inner
	at := 0
	for _, t := range ts {
		piece := t.shape[axis] * inner
		for outer := 0; piece > 0 && outer*piece < len(t.data); outer++ {
			copy(out.data[outer*row+at:], t.data[outer*piece:(outer+1)*piece])
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
