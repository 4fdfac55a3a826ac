package tensor

import (
	"fmt"
	"math"
	"reflect"
	"unsafe"
)

// Add is t + x, element by element; x is a number or a tensor that broadcasts with t.
func (t *Tensor) Add(x any) *Tensor { return t.binary("Add", x, add) }

// Sub is t - x, as Add.
func (t *Tensor) Sub(x any) *Tensor { return t.binary("Sub", x, sub) }

// Mul is t * x, as Add.
func (t *Tensor) Mul(x any) *Tensor { return t.binary("Mul", x, mul) }

// Div is t / x, as Add.
func (t *Tensor) Div(x any) *Tensor { return t.binary("Div", x, div) }

// Pow is t to the power x, as Add.
func (t *Tensor) Pow(x any) *Tensor { return t.binary("Pow", x, pow) }

// Maximum is the larger of t and x, as Add; NaN wins.
func (t *Tensor) Maximum(x any) *Tensor { return t.binary("Maximum", x, larger) }

// Minimum is the smaller of t and x, as Add; NaN wins.
func (t *Tensor) Minimum(x any) *Tensor { return t.binary("Minimum", x, smaller) }

// Gt is 1 where t > x and 0 elsewhere, as Add.
func (t *Tensor) Gt(x any) *Tensor { return t.binary("Gt", x, gt) }

// Ge is 1 where t >= x and 0 elsewhere, as Add.
func (t *Tensor) Ge(x any) *Tensor { return t.binary("Ge", x, ge) }

// Lt is 1 where t < x and 0 elsewhere, as Add.
func (t *Tensor) Lt(x any) *Tensor {
	return t.binary("Lt", x, func(a, b float32) float32 { return gt(b, a) })
}

// Le is 1 where t <= x and 0 elsewhere, as Add.
func (t *Tensor) Le(x any) *Tensor {
	return t.binary("Le", x, func(a, b float32) float32 { return ge(b, a) })
}

// Eq is 1 where t == x and 0 elsewhere, as Add.
func (t *Tensor) Eq(x any) *Tensor { return t.binary("Eq", x, eq) }

// AddInPlace adds x, a number or a tensor that broadcasts to t's shape, without allocating.
func (t *Tensor) AddInPlace(x any) *Tensor { return t.binaryInto(t, "AddInPlace", x, add) }

// SubInPlace subtracts x, as AddInPlace.
func (t *Tensor) SubInPlace(x any) *Tensor { return t.binaryInto(t, "SubInPlace", x, sub) }

// MulInPlace multiplies by x, as AddInPlace.
func (t *Tensor) MulInPlace(x any) *Tensor { return t.binaryInto(t, "MulInPlace", x, mul) }

// DivInPlace divides by x, as AddInPlace.
func (t *Tensor) DivInPlace(x any) *Tensor { return t.binaryInto(t, "DivInPlace", x, div) }

// AddInto puts t + x into dst, which has the result's shape and may be t, without allocating; it returns dst.
func (t *Tensor) AddInto(dst *Tensor, x any) *Tensor { return t.binaryInto(dst, "AddInto", x, add) }

// SubInto puts t - x into dst, as AddInto.
func (t *Tensor) SubInto(dst *Tensor, x any) *Tensor { return t.binaryInto(dst, "SubInto", x, sub) }

// MulInto puts t * x into dst, as AddInto.
func (t *Tensor) MulInto(dst *Tensor, x any) *Tensor { return t.binaryInto(dst, "MulInto", x, mul) }

// DivInto puts t / x into dst, as AddInto.
func (t *Tensor) DivInto(dst *Tensor, x any) *Tensor { return t.binaryInto(dst, "DivInto", x, div) }

func add(a, b float32) float32 { return a + b }
func sub(a, b float32) float32 { return a - b }
func mul(a, b float32) float32 { return a * b }
func div(a, b float32) float32 { return a / b }
func pow(a, b float32) float32 { return float32(math.Pow(float64(a), float64(b))) }

func gt(a, b float32) float32 {
	if a > b {
		return 1
	}
	return 0
}

func ge(a, b float32) float32 {
	if a >= b {
		return 1
	}
	return 0
}

func eq(a, b float32) float32 {
	if a == b {
		return 1
	}
	return 0
}

func larger(a, b float32) float32 {
	if a > b || a != a {
		return a
	}
	return b
}

func smaller(a, b float32) float32 {
	if a < b || a != a {
		return a
	}
	return b
}

// number converts any number type.
func number(x any) (float32, bool) {
	switch v := x.(type) {
	case float64:
		return float32(v), true
	case int:
		return float32(v), true
	case float32:
		return v, true
	case int64:
		return float32(v), true
	case int32:
		return float32(v), true
	case int16:
		return float32(v), true
	case int8:
		return float32(v), true
	case uint:
		return float32(v), true
	case uint64:
		return float32(v), true
	case uint32:
		return float32(v), true
	case uint16:
		return float32(v), true
	case uint8:
		return float32(v), true
	}
	return 0, false
}

func operand(method string, x any) *Tensor {
	o, ok := x.(*Tensor)
	if !ok || o == nil {
		// The type's name and not %T of x, which would move every number that is passed to the heap.
		name := "<nil>"
		if kind := reflect.TypeOf(x); kind != nil {
			name = kind.String()
		}
		panic(fmt.Sprintf("tensor.%s: %s is neither a number nor a tensor", method, name))
	}
	return o
}

func (t *Tensor) binary(method string, x any, f func(a, b float32) float32) *Tensor {
	if _, ok := number(x); ok {
		return t.binaryInto(Zeros(t.shape...), method, x, f)
	}
	o := operand(method, x)
	return t.binaryInto(Zeros(broadcast(method, t.shape, o.shape)...), method, x, f)
}

func (t *Tensor) binaryInto(dst *Tensor, method string, x any, f func(a, b float32) float32) *Tensor {
	if v, ok := number(x); ok {
		mustFit(method, dst, t.shape)
		for i, a := range t.apartFrom(dst).data {
			dst.data[i] = f(a, v)
		}
		return dst
	}
	o := operand(method, x)
	if !sameShape(t.shape, o.shape) || t.partOf(dst) || o.partOf(dst) {
		if !fits(dst.shape, t.shape, o.shape) {
			panic(fmt.Sprintf("tensor.%s: shapes %v and %v into %v", method, t.shape, o.shape, dst.shape))
		}
		walk := pairWalk{dst: dst, a: t.apartFrom(dst), b: o.apartFrom(dst), f: f}
		walk.run(0, 0, 0, 0, len(dst.data))
		return dst
	}
	mustFit(method, dst, t.shape)
	for i, a := range t.data {
		dst.data[i] = f(a, o.data[i])
	}
	return dst
}

// apartFrom is t, or a copy where writing to dst would change elements of t that are yet to be read.
func (t *Tensor) apartFrom(dst *Tensor) *Tensor {
	if t.partOf(dst) {
		return t.Clone()
	}
	return t
}

// partOf reports whether t shares elements with dst, but is not all of it.
func (t *Tensor) partOf(dst *Tensor) bool {
	if len(t.data) == 0 || len(dst.data) == 0 {
		return false
	}
	from, to := uintptr(unsafe.Pointer(&t.data[0])), uintptr(unsafe.Pointer(&dst.data[0]))
	const bytes = unsafe.Sizeof(float32(0))
	if from == to && len(t.data) == len(dst.data) {
		return false
	}
	return from < to+uintptr(len(dst.data))*bytes && to < from+uintptr(len(t.data))*bytes
}

func mustFit(method string, dst *Tensor, shape []int) {
	if !sameShape(dst.shape, shape) {
		panic(fmt.Sprintf("tensor.%s: shape %v into %v", method, shape, dst.shape))
	}
}

// pairWalk visits the elements of two tensors broadcast to the shape of a third.
type pairWalk struct {
	dst, a, b *Tensor
	f         func(a, b float32) float32
}

// run does the block of n elements of dst that begins at to, which is entry after entry of an axis.
func (w *pairWalk) run(axis, to, at, bt, n int) {
	if axis == len(w.dst.shape) {
		w.dst.data[to] = w.f(w.a.data[at], w.b.data[bt])
		return
	}
	if n == 0 {
		return
	}
	count := w.dst.shape[axis]
	n /= count
	stepA, stepB := w.a.step(axis, len(w.dst.shape)), w.b.step(axis, len(w.dst.shape))
	for i := range count {
		w.run(axis+1, to+i*n, at+i*stepA, bt+i*stepB, n)
	}
}

// step is the distance of neighbours along an axis of a shape with so many axes that t is broadcast to.
func (t *Tensor) step(axis, axes int) int {
	axis -= axes - len(t.shape)
	if axis < 0 || t.shape[axis] == 1 {
		return 0
	}
	return size(t.shape[axis+1:])
}

// fits reports whether two shapes broadcast to exactly a third, without allocating.
func fits(dst, a, b []int) bool {
	if len(dst) != max(len(a), len(b)) {
		return false
	}
	for i := 1; i <= len(dst); i++ {
		n, m := fromEnd(a, i), fromEnd(b, i)
		if n != m && n != 1 && m != 1 {
			return false
		}
		if n == 1 {
			n = m
		}
		if dst[len(dst)-i] != n {
			return false
		}
	}
	return true
}

// fromEnd is the size of the i-th axis from the end, 1 where there is none.
func fromEnd(shape []int, i int) int {
	if i > len(shape) {
		return 1
	}
	return shape[len(shape)-i]
}

// broadcasts reports whether two shapes fit together by NumPy's rule.
func broadcasts(a, b []int) bool {
	for i := 1; i <= min(len(a), len(b)); i++ {
		if n, m := fromEnd(a, i), fromEnd(b, i); n != m && n != 1 && m != 1 {
			return false
		}
	}
	return true
}

// broadcast is the shape that two shapes give together.
func broadcast(method string, a, b []int) []int {
	if !broadcasts(a, b) {
		panic(fmt.Sprintf("tensor.%s: shapes %v and %v do not broadcast", method, a, b))
	}
	out := make([]int, max(len(a), len(b)))
	for i := 1; i <= len(out); i++ {
		n := fromEnd(a, i)
		if n == 1 {
			n = fromEnd(b, i)
		}
		out[len(out)-i] = n
	}
	return out
}

// broadcastSteps is the step of each axis of a shape in a tensor broadcast to it.
func broadcastSteps(from, to []int) []int {
	t := &Tensor{shape: from}
	steps := make([]int, len(to))
	for axis := range steps {
		steps[axis] = t.step(axis, len(to))
	}
	return steps
}
