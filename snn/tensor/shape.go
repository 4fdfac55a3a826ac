package tensor

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
)

// Reshape is the same elements in another shape; one axis may be -1 and takes what is left. The result shares the
// elements with t: a change of one changes both.
func (t *Tensor) Reshape(shape ...int) *Tensor {
	want := append([]int(nil), shape...)
	free := -1
	for i, d := range want {
		switch {
		case d == -1 && free < 0:
			free, want[i] = i, 1
		case d < 0:
			panic(fmt.Sprintf("tensor.Reshape: shape %v into %v", t.shape, slices.Clone(shape)))
		}
	}
	n, ok := elements(want)
	if free >= 0 && n > 0 {
		want[free] = t.Numel() / n
		n *= want[free]
	}
	if !ok || n != t.Numel() || free >= 0 && t.Numel() == 0 && slices.Contains(shape, 0) {
		panic(fmt.Sprintf("tensor.Reshape: shape %v has %d elements, %v does not", t.shape, t.Numel(), shape))
	}
	return t.reshaped("Reshape", t.view(want, 0, t.Numel()))
}

// reshaped records out, which has the elements of t in the same order.
func (t *Tensor) reshaped(name string, out *Tensor) *Tensor {
	if Recording(t) {
		shape := t.shape
		made(name, out, []*Tensor{t}, nil, func(dy *Tensor) []*Tensor { return []*Tensor{dy.Reshape(shape...)} })
	}
	return out
}

// View is Reshape under PyTorch's other name; the result shares the elements with t.
func (t *Tensor) View(shape ...int) *Tensor { return t.Reshape(shape...) }

// Unsqueeze inserts an axis of size 1; a negative position counts from behind the last axis. The result shares the
// elements with t.
func (t *Tensor) Unsqueeze(axis int) *Tensor {
	n := len(t.shape) + 1
	if axis < -n || axis >= n {
		panic(fmt.Sprintf("tensor.Unsqueeze: axis %d of shape %v", axis, t.shape))
	}
	if axis < 0 {
		axis += n
	}
	shape := append([]int(nil), t.shape[:axis]...)
	return t.reshaped("Unsqueeze", t.view(append(append(shape, 1), t.shape[axis:]...), 0, t.Numel()))
}

// Squeeze removes the given axes where they have size 1; without arguments all such axes. The result shares the
// elements with t.
func (t *Tensor) Squeeze(axes ...int) *Tensor {
	remove := make([]bool, len(t.shape))
	for i, n := range t.shape {
		remove[i] = len(axes) == 0 && n == 1
	}
	for _, axis := range axes {
		axis = t.axis("Squeeze", axis)
		remove[axis] = t.shape[axis] == 1
	}
	shape := make([]int, 0, len(t.shape))
	for i, n := range t.shape {
		if !remove[i] {
			shape = append(shape, n)
		}
	}
	return t.reshaped("Squeeze", t.view(shape, 0, t.Numel()))
}

// Flatten merges the axes from start to the last into one; Flatten(0) has one axis. The result shares the elements
// with t.
func (t *Tensor) Flatten(start int) *Tensor {
	if len(t.shape) == 0 {
		return t.Reshape(1)
	}
	start = t.axis("Flatten", start)
	shape := append([]int(nil), t.shape[:start]...)
	return t.reshaped("Flatten", t.view(append(shape, size(t.shape[start:])), 0, t.Numel()))
}

// T reverses the order of the axes; of a matrix it is the transpose. The result is a copy and shares nothing, unlike
// PyTorch's.
func (t *Tensor) T() *Tensor {
	order := make([]int, len(t.shape))
	for i := range order {
		order[i] = len(order) - 1 - i
	}
	return t.Permute(order...)
}

// Transpose exchanges two axes. The result is a copy and shares nothing, unlike PyTorch's.
func (t *Tensor) Transpose(a, b int) *Tensor {
	order := make([]int, len(t.shape))
	for i := range order {
		order[i] = i
	}
	a, b = t.axis("Transpose", a), t.axis("Transpose", b)
	order[a], order[b] = b, a
	return t.Permute(order...)
}

// Permute puts the axes into another order: axis i of the result is axis order[i] of t. The result is a copy and shares
// nothing, unlike PyTorch's.
func (t *Tensor) Permute(order ...int) *Tensor {
	if len(order) != len(t.shape) {
		panic(fmt.Sprintf("tensor.Permute: order %v for shape %v", order, t.shape))
	}
	seen := make([]bool, len(order))
	shape, step := make([]int, len(order)), make([]int, len(order))
	strides := stridesOf(t.shape)
	for i, axis := range order {
		axis = t.axis("Permute", axis)
		if seen[axis] {
			panic(fmt.Sprintf("tensor.Permute: order %v names an axis twice", order))
		}
		seen[axis] = true
		shape[i], step[i] = t.shape[axis], strides[axis]
	}
	out := zeros("Permute", shape)
	gather(out.elems(), t.elems(), shape, step)
	if Recording(t) {
		t.recordPermute(out, order)
	}
	return out
}

func (t *Tensor) recordPermute(out *Tensor, order []int) {
	back := make([]int, len(order))
	for i, axis := range order {
		back[t.axis("Permute", axis)] = i
	}
	made("Permute", out, []*Tensor{t}, nil, func(dy *Tensor) []*Tensor { return []*Tensor{dy.Permute(back...)} })
}

// stridesOf is the distance between neighbours along each axis, in elements.
func stridesOf(shape []int) []int {
	strides := make([]int, len(shape))
	n := 1
	for i := len(shape) - 1; i >= 0; i-- {
		strides[i] = n
		n *= shape[i]
	}
	return strides
}

// gather fills dst, of a shape, with the elements that lie step apart in src.
func gather(dst, src []float32, shape, step []int) {
	if len(shape) == 0 {
		copy(dst, src)
		return
	}
	if len(shape) == 1 {
		at := 0
		for i := range shape[0] {
			dst[i] = src[at]
			at += step[0]
		}
		return
	}
	inner := size(shape[1:])
	for i := range shape[0] {
		if inner > 0 {
			gather(dst[i*inner:(i+1)*inner], src[i*step[0]:], shape[1:], step[1:])
		}
	}
}

// Repeat tiles the tensor: axis i of the result is repeats[i] copies long. With more counts than axes, new axes are
// put in front, as PyTorch's repeat does: a vector of 9 repeated (9, 1) is a matrix of 9 equal rows. The result is a
// copy and shares nothing, even where nothing is repeated.
func (t *Tensor) Repeat(repeats ...int) *Tensor {
	extra := len(repeats) - len(t.shape)
	if extra < 0 || len(repeats) > 0 && slices.Min(repeats) < 0 {
		panic(fmt.Sprintf("tensor.Repeat: %d counts %v for shape %v", len(repeats), repeats, t.shape))
	}
	from := t.view(append(ones(extra), t.shape...), 0, t.Numel())
	want := slices.Clone(from.shape)
	for axis, n := range repeats {
		if high, low := bits.Mul(uint(want[axis]), uint(n)); high != 0 || low > math.MaxInt {
			panic(fmt.Sprintf("tensor.Repeat: counts %v for shape %v are more than can be counted", slices.Clone(repeats), t.shape))
		}
		want[axis] *= n
	}
	mustHold("Repeat", want)
	for axis := len(repeats) - 1; axis >= 0; axis-- {
		from = from.repeatAxis(axis, repeats[axis])
	}
	if from.sharesWith(t) {
		from = from.Clone()
	}
	if Recording(t) {
		t.recordRepeat(from, repeats)
	}
	return from
}

// recordRepeat adds up the gradients of the copies: it splits every axis into copies and elements.
func (t *Tensor) recordRepeat(out *Tensor, repeats []int) {
	var split, copies []int
	extra := len(repeats) - len(t.shape)
	for axis, n := range repeats {
		copies = append(copies, len(split))
		split = append(split, n)
		if axis >= extra {
			split = append(split, t.shape[axis-extra])
		}
	}
	made("Repeat", out, []*Tensor{t}, nil, func(dy *Tensor) []*Tensor {
		if len(copies) == 0 {
			return []*Tensor{dy}
		}
		return []*Tensor{dy.Reshape(split...).Sum(copies...)}
	})
}

func ones(n int) []int {
	s := make([]int, n)
	for i := range s {
		s[i] = 1
	}
	return s
}

func (t *Tensor) sharesWith(other *Tensor) bool {
	return len(t.elems()) > 0 && len(other.elems()) > 0 && &t.elems()[0] == &other.elems()[0]
}

func (t *Tensor) repeatAxis(axis, n int) *Tensor {
	if n == 1 {
		return t
	}
	shape := append([]int(nil), t.shape...)
	shape[axis] *= n
	out := Zeros(shape...)
	block := size(t.shape[axis:])
	for outer := 0; block > 0 && outer*block < len(t.elems()); outer++ {
		for k := range n {
			copy(out.elems()[(outer*n+k)*block:], t.elems()[outer*block:(outer+1)*block])
		}
	}
	return out
}

// Expand is the tensor broadcast to a shape. The result is a copy and shares nothing, unlike PyTorch's.
func (t *Tensor) Expand(shape ...int) *Tensor {
	if got := broadcast("Expand", t.shape, shape); !sameShape(got, shape) {
		panic(fmt.Sprintf("tensor.Expand: shape %v into %v", t.shape, shape))
	}
	out := zeros("Expand", shape)
	gather(out.elems(), t.elems(), shape, broadcastSteps(t.shape, shape))
	if Recording(t) {
		from := t.shape
		made("Expand", out, []*Tensor{t}, nil, func(dy *Tensor) []*Tensor { return []*Tensor{dy.sumTo(from)} })
	}
	return out
}

// sumTo undoes a broadcast: it adds the elements that came from one.
func (t *Tensor) sumTo(shape []int) *Tensor {
	if sameShape(t.shape, shape) {
		return t
	}
	extra := len(t.shape) - len(shape)
	var axes []int
	for axis, n := range t.shape {
		if axis < extra || shape[axis-extra] == 1 && n != 1 {
			axes = append(axes, axis)
		}
	}
	if len(axes) == 0 {
		return t.Reshape(shape...)
	}
	return t.Sum(axes...).Reshape(shape...)
}

// Index is entry i of the first axis; a negative index counts from the end. The result shares the elements with t.
func (t *Tensor) Index(i int) *Tensor {
	if len(t.shape) == 0 {
		panic(fmt.Sprintf("tensor.Index: index %d of shape %v, which has no axis", i, t.shape))
	}
	i = t.index(0, i)
	n := size(t.shape[1:])
	out := t.view(t.shape[1:len(t.shape):len(t.shape)], i*n, (i+1)*n)
	if Recording(t) {
		t.recordSlice("Index", out, 0, i)
	}
	return out
}

// Slice is the entries from start up to but without end of an axis; negative indices count from the end, and indices
// beyond an end are taken as the end. Along the first axis the result shares the elements with t; along others it is a
// copy, unlike PyTorch's.
func (t *Tensor) Slice(axis, start, end int) *Tensor {
	axis = t.axis("Slice", axis)
	n := t.shape[axis]
	start, end = clampIndex(start, n), clampIndex(end, n)
	end = max(start, end)
	shape := append([]int(nil), t.shape...)
	shape[axis] = end - start
	inner := size(t.shape[axis+1:])
	var out *Tensor
	if axis == 0 {
		out = t.view(shape, start*inner, end*inner)
	} else {
		out = Zeros(shape...)
		width := (end - start) * inner
		for outer := 0; width > 0 && (outer+1)*width <= len(out.elems()); outer++ {
			copy(out.elems()[outer*width:(outer+1)*width], t.elems()[(outer*n+start)*inner:])
		}
	}
	if Recording(t) {
		t.recordSlice("Slice", out, axis, start)
	}
	return out
}

// recordSlice records entries of an axis from start on. Their gradient goes into its place of the sum, so that the
// slices of a long axis together cost as much as the axis.
func (t *Tensor) recordSlice(name string, out *Tensor, axis, start int) {
	inner, n := size(t.shape[axis+1:]), t.shape[axis]
	made := newNode(name, []*Tensor{t}, nil)
	made.scatter = func(into, dy *Tensor) {
		if axis == 0 {
			into.view(dy.shape, start*inner, start*inner+dy.Numel()).plus(dy)
			return
		}
		outers := max(1, size(into.shape[:axis]))
		width := len(dy.elems()) / outers
		for outer := range outers {
			to := into.elems()[min((outer*n+start)*inner, len(into.elems())):]
			for i, v := range dy.elems()[outer*width : (outer+1)*width] {
				to[i] += v
			}
		}
	}
	made.result(out)
}

func clampIndex(i, n int) int {
	if i < 0 {
		i += n
	}
	return min(max(i, 0), n)
}
