package tensor

import (
	"fmt"
	"reflect"
	"unsafe"
)

// Add is t + x, element by element; x is a number or a tensor that broadcasts with t.
func (t *Tensor) Add(x any) *Tensor { return add.of(t, x) }

// Sub is t - x, as Add.
func (t *Tensor) Sub(x any) *Tensor { return sub.of(t, x) }

// Mul is t * x, as Add.
func (t *Tensor) Mul(x any) *Tensor { return mul.of(t, x) }

// Div is t / x, as Add.
func (t *Tensor) Div(x any) *Tensor { return div.of(t, x) }

// Pow is t to the power x, as Add.
func (t *Tensor) Pow(x any) *Tensor { return pow.of(t, x) }

// Maximum is the larger of t and x, as Add; NaN wins. Where both are equal each gets half of the gradient.
func (t *Tensor) Maximum(x any) *Tensor { return larger.of(t, x) }

// Minimum is the smaller of t and x, as Maximum.
func (t *Tensor) Minimum(x any) *Tensor { return smaller.of(t, x) }

// Gt is 1 where t > x and 0 elsewhere, as Add. Comparisons have no gradient.
func (t *Tensor) Gt(x any) *Tensor { return gt.of(t, x) }

// Ge is 1 where t >= x and 0 elsewhere, as Gt.
func (t *Tensor) Ge(x any) *Tensor { return ge.of(t, x) }

// Lt is 1 where t < x and 0 elsewhere, as Gt.
func (t *Tensor) Lt(x any) *Tensor { return lt.of(t, x) }

// Le is 1 where t <= x and 0 elsewhere, as Gt.
func (t *Tensor) Le(x any) *Tensor { return le.of(t, x) }

// Eq is 1 where t == x and 0 elsewhere, as Gt.
func (t *Tensor) Eq(x any) *Tensor { return eq.of(t, x) }

// AddInPlace adds x, a number or a tensor that broadcasts to t's shape, without allocating.
func (t *Tensor) AddInPlace(x any) *Tensor { return add.into(t, t, x, "InPlace") }

// SubInPlace subtracts x, as AddInPlace.
func (t *Tensor) SubInPlace(x any) *Tensor { return sub.into(t, t, x, "InPlace") }

// MulInPlace multiplies by x, as AddInPlace.
func (t *Tensor) MulInPlace(x any) *Tensor { return mul.into(t, t, x, "InPlace") }

// DivInPlace divides by x, as AddInPlace.
func (t *Tensor) DivInPlace(x any) *Tensor { return div.into(t, t, x, "InPlace") }

// AddInto puts t + x into dst, which has the result's shape and may be t, without allocating; it returns dst.
func (t *Tensor) AddInto(dst *Tensor, x any) *Tensor { return add.into(dst, t, x, "Into") }

// SubInto puts t - x into dst, as AddInto.
func (t *Tensor) SubInto(dst *Tensor, x any) *Tensor { return sub.into(dst, t, x, "Into") }

// MulInto puts t * x into dst, as AddInto.
func (t *Tensor) MulInto(dst *Tensor, x any) *Tensor { return mul.into(dst, t, x, "Into") }

// DivInto puts t / x into dst, as AddInto.
func (t *Tensor) DivInto(dst *Tensor, x any) *Tensor { return div.into(dst, t, x, "Into") }

// binary is an operation on pairs of elements.
type binary struct {
	name string
	f    func(a, b float32) float32
	// The same for slices of one length and for a slice and a number, where speed matters; else nil.
	slices       func(dst, a, b []float32)
	right, left  func(dst, a []float32, b float32) // the number is on that side
	needs        operands                          // what the gradient is computed from
	gradA, gradB func(dy, a, b, y float32) float32 // nil without a gradient
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

func operand(method, suffix string, x any) *Tensor {
	o, ok := x.(*Tensor)
	if !ok || o == nil {
		// The type's name and not %T of x, which would move every number that is passed to the heap.
		name := "nil"
		if kind := reflect.TypeOf(x); kind != nil && !ok {
			name = kind.String()
		}
		panic(fmt.Sprintf("tensor.%s%s: %s is neither a number nor a tensor", method, suffix, name))
	}
	return o
}

// of is the operation with a new result.
func (op *binary) of(t *Tensor, x any) *Tensor {
	if v, ok := number(x); ok {
		out := Zeros(t.shape...)
		op.withNumber(out.elems(), t.elems(), v)
		if op.gradA != nil && Recording(t) {
			op.record(out, t, Scalar(float64(v)))
		}
		return out
	}
	o := operand(op.name, "", x)
	out := zeros(op.name, broadcast(op.name, t.shape, o.shape))
	op.pairs(out, t, o)
	if op.gradA != nil && Recording(t, o) {
		op.record(out, t, o)
	}
	return out
}

// into is the operation with a result that exists.
func (op *binary) into(dst, t *Tensor, x any, suffix string) *Tensor {
	if dst == nil {
		panic(fmt.Sprintf("tensor.%s%s: dst is nil, expected a tensor", op.name, suffix))
	}
	if v, ok := number(x); ok {
		mustFit(op.name, suffix, dst, t.shape)
		op.mayWrite(dst, t, nil, suffix)
		op.withNumber(dst.elems(), t.apartFrom(dst).data, v)
		return dst
	}
	o := operand(op.name, suffix, x)
	same := sameShape(dst.shape, t.shape) && sameShape(t.shape, o.shape)
	if !same && !fits(dst.shape, t.shape, o.shape) {
		panic(fmt.Sprintf("tensor.%s%s: shapes %v and %v into %v", op.name, suffix, t.shape, o.shape, dst.shape))
	}
	op.mayWrite(dst, t, o, suffix)
	a, b := t.apartFrom(dst), o.apartFrom(dst)
	if same {
		op.run(dst.elems(), a.elems(), b.elems())
	} else {
		op.pairs(dst, a, b)
	}
	return dst
}

// mayWrite panics where writing into dst would lose a gradient.
func (op *binary) mayWrite(dst, t, o *Tensor, suffix string) {
	dst.changed(op.name, suffix)
	t.unrecorded(op.name, suffix)
	if o != nil {
		o.unrecorded(op.name, suffix)
	}
}

func (op *binary) withNumber(dst, a []float32, v float32) {
	if op.right != nil {
		op.right(dst, a, v)
		return
	}
	for i, x := range a {
		dst[i] = op.f(x, v)
	}
}

// pairs does all elements of dst, to whose shape a and b broadcast.
func (op *binary) pairs(dst, a, b *Tensor) {
	if sameShape(a.shape, b.shape) {
		op.run(dst.elems(), a.elems(), b.elems())
		return
	}
	w := pairWalk{op: op, dst: dst, a: a, b: b}
	w.run(0, 0, 0, 0, len(dst.elems()))
}

func (op *binary) run(dst, a, b []float32) {
	if op.slices != nil {
		op.slices(dst, a, b)
		return
	}
	for i, x := range a {
		dst[i] = op.f(x, b[i])
	}
}

// pairWalk visits the elements of two tensors broadcast to the shape of a third.
type pairWalk struct {
	op        *binary
	dst, a, b *Tensor
}

// run does the block of n elements of dst that begins at to, which is entry after entry of an axis.
func (w *pairWalk) run(axis, to, at, bt, n int) {
	if n == 0 {
		return
	}
	if axis == len(w.dst.shape) {
		w.dst.elems()[to] = w.op.f(w.a.elems()[at], w.b.elems()[bt])
		return
	}
	stepA, stepB := w.a.step(axis, len(w.dst.shape)), w.b.step(axis, len(w.dst.shape))
	if axis == len(w.dst.shape)-1 && n > 1 {
		w.row(w.dst.elems()[to:to+n], at, bt, stepA, stepB)
		return
	}
	count := w.dst.shape[axis]
	n /= count
	for i := range count {
		w.run(axis+1, to+i*n, at+i*stepA, bt+i*stepB, n)
	}
}

// row does a row of the last axis, along which one of the two may stand still.
func (w *pairWalk) row(dst []float32, at, bt, stepA, stepB int) {
	n := len(dst)
	switch {
	case stepA == 1 && stepB == 1:
		w.op.run(dst, w.a.elems()[at:at+n], w.b.elems()[bt:bt+n])
	case stepA == 1:
		w.op.withNumber(dst, w.a.elems()[at:at+n], w.b.elems()[bt])
	case w.op.left != nil:
		w.op.left(dst, w.b.elems()[bt:bt+n], w.a.elems()[at])
	default:
		a := w.a.elems()[at]
		for i, b := range w.b.elems()[bt : bt+n] {
			dst[i] = w.op.f(a, b)
		}
	}
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
	if len(t.elems()) == 0 || len(dst.elems()) == 0 {
		return false
	}
	from, to := uintptr(unsafe.Pointer(&t.elems()[0])), uintptr(unsafe.Pointer(&dst.elems()[0]))
	const bytes = unsafe.Sizeof(float32(0))
	if from == to && len(t.elems()) == len(dst.elems()) {
		return false
	}
	return from < to+uintptr(len(dst.elems()))*bytes && to < from+uintptr(len(t.elems()))*bytes
}

func mustFit(method, suffix string, dst *Tensor, shape []int) {
	if !sameShape(dst.shape, shape) {
		panic(fmt.Sprintf("tensor.%s%s: shape %v into %v", method, suffix, shape, dst.shape))
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
