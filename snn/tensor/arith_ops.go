package tensor

import "math"

// operands is what a gradient is computed from.
type operands int

const (
	nothing operands = iota
	other            // a's gradient from b, and b's from a
	all
)

var (
	add = &binary{
		name: "Add",
		f:    func(a, b float32) float32 { return a + b },
		slices: func(dst, a, b []float32) {
			dst, b = dst[:len(a)], b[:len(a)]
			for i, x := range a {
				dst[i] = x + b[i]
			}
		},
		right: addNumber,
		left:  addNumber,
		gradA: func(dy, a, b, y float32) float32 { return dy },
		gradB: func(dy, a, b, y float32) float32 { return dy },
	}
	sub = &binary{
		name: "Sub",
		f:    func(a, b float32) float32 { return a - b },
		slices: func(dst, a, b []float32) {
			dst, b = dst[:len(a)], b[:len(a)]
			for i, x := range a {
				dst[i] = x - b[i]
			}
		},
		right: func(dst, a []float32, b float32) { addNumber(dst, a, -b) },
		gradA: func(dy, a, b, y float32) float32 { return dy },
		gradB: func(dy, a, b, y float32) float32 { return -dy },
	}
	mul = &binary{
		name: "Mul",
		f:    func(a, b float32) float32 { return a * b },
		slices: func(dst, a, b []float32) {
			dst, b = dst[:len(a)], b[:len(a)]
			for i, x := range a {
				dst[i] = x * b[i]
			}
		},
		right: mulNumber,
		left:  mulNumber,
		needs: other,
		gradA: func(dy, a, b, y float32) float32 { return dy * b },
		gradB: func(dy, a, b, y float32) float32 { return dy * a },
	}
	div = &binary{
		name: "Div",
		f:    func(a, b float32) float32 { return a / b },
		slices: func(dst, a, b []float32) {
			dst, b = dst[:len(a)], b[:len(a)]
			for i, x := range a {
				dst[i] = x / b[i]
			}
		},
		right: func(dst, a []float32, b float32) {
			for i, x := range a {
				dst[i] = x / b
			}
		},
		needs: all,
		gradA: func(dy, a, b, y float32) float32 { return dy / b },
		gradB: func(dy, a, b, y float32) float32 { return -dy * (y / b) },
	}
	pow = &binary{
		name:  "Pow",
		f:     power,
		needs: all,
		gradA: func(dy, a, b, y float32) float32 {
			if b == 0 {
				return 0
			}
			return dy * (b * power(a, b-1))
		},
		gradB: func(dy, a, b, y float32) float32 {
			if a == 0 && b >= 0 {
				return 0
			}
			return dy * (y * float32(math.Log(float64(a))))
		},
	}
	larger = &binary{
		name: "Maximum",
		f: func(a, b float32) float32 {
			if a > b || a != a {
				return a
			}
			return b
		},
		needs: all,
		gradA: func(dy, a, b, y float32) float32 { return share(dy, b, a) },
		gradB: func(dy, a, b, y float32) float32 { return share(dy, a, b) },
	}
	smaller = &binary{
		name: "Minimum",
		f: func(a, b float32) float32 {
			if a < b || a != a {
				return a
			}
			return b
		},
		needs: all,
		gradA: func(dy, a, b, y float32) float32 { return share(dy, a, b) },
		gradB: func(dy, a, b, y float32) float32 { return share(dy, b, a) },
	}
	gt = &binary{name: "Gt", f: func(a, b float32) float32 { return truth(a > b) }}
	ge = &binary{name: "Ge", f: func(a, b float32) float32 { return truth(a >= b) }}
	lt = &binary{name: "Lt", f: func(a, b float32) float32 { return truth(a < b) }}
	le = &binary{name: "Le", f: func(a, b float32) float32 { return truth(a <= b) }}
	eq = &binary{name: "Eq", f: func(a, b float32) float32 { return truth(a == b) }}
)

func addNumber(dst, a []float32, b float32) {
	dst = dst[:len(a)]
	for i, x := range a {
		dst[i] = x + b
	}
}

func mulNumber(dst, a []float32, b float32) {
	dst = dst[:len(a)]
	for i, x := range a {
		dst[i] = x * b
	}
}

func power(a, b float32) float32 { return float32(math.Pow(float64(a), float64(b))) }

// share is the gradient of the smaller one of two: all where it is, half of it where both are equal, as in PyTorch.
func share(dy, low, high float32) float32 {
	switch {
	case low == high:
		return dy / 2
	case low > high:
		return 0
	}
	return dy
}

func truth(is bool) float32 {
	if is {
		return 1
	}
	return 0
}

// record is the operation's node.
func (op *binary) record(out, t, o *Tensor) {
	wantA, wantB := t.grad != nil, o.grad != nil
	var save []*Tensor
	switch {
	case op.needs == all:
		save = []*Tensor{t, o, out}
	case op.needs == other && wantA && wantB:
		save = []*Tensor{t, o}
	case op.needs == other && wantA:
		save = []*Tensor{o}
	case op.needs == other:
		save = []*Tensor{t}
	}
	a, b, y := t.Detach(), o.Detach(), out.Detach()
	made(op.name, out, []*Tensor{t, o}, save, func(dy *Tensor) []*Tensor {
		grads := make([]*Tensor, 2)
		if wantA {
			grads[0] = op.gradient(op.gradA, dy, a, b, y).sumTo(a.shape)
		}
		if wantB {
			grads[1] = op.gradient(op.gradB, dy, a, b, y).sumTo(b.shape)
		}
		return grads
	})
}

// gradient is f of every element, in the shape of the result.
func (op *binary) gradient(f func(dy, a, b, y float32) float32, dy, a, b, y *Tensor) *Tensor {
	if op == add {
		return dy
	}
	out := Zeros(y.shape...)
	i := 0
	// The pairs come in the order of the result's elements, so dy and y are read along.
	each := binary{f: func(a, b float32) float32 {
		i++
		return f(dy.elems()[i-1], a, b, y.elems()[i-1])
	}}
	each.pairs(out, a, b)
	return out
}
