package tensor

import "fmt"

// Max is the largest of all elements, or along the given axes; NaN wins. It panics where there is none.
func (t *Tensor) Max(axes ...int) *Tensor {
	return t.reduce("Max", axes, func(v []float32, step, n int) float32 { return v[argMax(v, step, n)*step] })
}

// Min is the smallest of all elements, or along the given axes; NaN wins. It panics where there is none.
func (t *Tensor) Min(axes ...int) *Tensor { return t.Neg().Max(axes...).Neg() }

// ArgMax is the position of the first largest element: in the flattened tensor, or along one axis.
func (t *Tensor) ArgMax(axis ...int) *Tensor {
	if len(axis) > 1 {
		panic(fmt.Sprintf("tensor.ArgMax: %d axes, at most one", len(axis)))
	}
	return t.reduce("ArgMax", axis, func(v []float32, step, n int) float32 { return float32(argMax(v, step, n)) })
}

func argMax(v []float32, step, n int) int {
	if n == 0 {
		panic("tensor: the largest of no elements")
	}
	best := 0
	for i := 1; i < n; i++ {
		a, b := v[i*step], v[best*step]
		if b == b && (a > b || a != a) {
			best = i
		}
	}
	return best
}

// reduce replaces the axes (all where none is named) by f of the elements along them, which lie step apart.
func (t *Tensor) reduce(method string, axes []int, f func(v []float32, step, n int) float32) *Tensor {
	switch len(axes) {
	case 0:
		return &Tensor{nil, []float32{f(t.data, 1, len(t.data))}}
	case 1:
		return t.reduceAxis(t.axis(method, axes[0]), f)
	}
	// Several axes: bring them to the end, in order, and reduce them as one.
	order, last := []int{}, []int{}
	gone := make([]bool, len(t.shape))
	for _, axis := range axes {
		gone[t.axis(method, axis)] = true
	}
	for axis := range t.shape {
		if gone[axis] {
			last = append(last, axis)
		} else {
			order = append(order, axis)
		}
	}
	keep := len(order)
	moved := t.Permute(append(order, last...)...)
	return moved.Flatten(keep).reduceAxis(keep, f)
}

func (t *Tensor) reduceAxis(axis int, f func(v []float32, step, n int) float32) *Tensor {
	n := t.shape[axis]
	shape := append(append([]int(nil), t.shape[:axis]...), t.shape[axis+1:]...)
	out := Zeros(shape...)
	inner := size(t.shape[axis+1:])
	for i := range out.data {
		outer, k := i/inner, i%inner
		from := outer*n*inner + k
		out.data[i] = f(t.data[min(from, len(t.data)):], inner, n)
	}
	return out
}

// Cumsum is the running sum along an axis, in float32.
func (t *Tensor) Cumsum(axis int) *Tensor {
	axis = t.axis("Cumsum", axis)
	out := t.Clone()
	inner, n := size(t.shape[axis+1:]), t.shape[axis]
	for i := range out.data {
		if (i/inner)%n > 0 {
			out.data[i] += out.data[i-inner]
		}
	}
	return out
}
