package snn

import (
	"strings"
	"sync/atomic"

	"github.com/livespike/livespike/internal/simd"
)

// coefs are the numbers that a model's step uses, made once from dt and the parameters. They are one flat block, or,
// where a parameter is a tensor, one block for each run of neurons that share theirs.
type coefs struct {
	names  []string
	block  []float32 // the one block, if no parameter has more than one value
	wide   []float32 // the same in the order of the assembly
	each   []column  // otherwise, one per coefficient
	from   []float32 // the values of the learned parameters they were made of
	cached atomic.Pointer[spread]
}

// column is a coefficient before it is spread over the neurons: its values and the shape they broadcast from.
type column struct {
	data  []float32
	shape []int
	of    string // the parameter that gave it its shape
}

// spread is coefs.each for one shape of the state.
type spread struct {
	shape  []int
	run    int         // this many neurons in a row share a block
	blocks [][]float32 // one per run
	wide   []float32   // see widen
}

// makeCoefs evaluates the model's products. get returns a parameter, dt included.
func makeCoefs(products []string, get func(name string) value) *coefs {
	c := &coefs{names: products, each: make([]column, len(products))}
	single := true
	for k, p := range products {
		c.each[k] = product(p, get)
		single = single && len(c.each[k].data) == 1
	}
	if single {
		c.block = make([]float32, len(products))
		for k := range products {
			c.block[k] = c.each[k].data[0]
		}
		c.wide = simd.Wide(nil, c.block)
	}
	return c
}

// product evaluates "dt*tau_mem_inv" or "-dt*tau_syn_inv" from left to right, as Python and torch do: plain numbers
// multiply in float64, and a product is rounded to float32 as soon as one side is a tensor (spec 2.2).
func product(expr string, get func(name string) value) column {
	expr, negative := strings.CutPrefix(expr, "-")
	col := column{data: []float32{0}}
	num, exact := 0.0, true
	for k, name := range strings.Split(expr, "*") {
		v := get(name)
		if k == 0 && v.exact() {
			num = v.num
			continue
		}
		if exact && v.exact() {
			num *= v.num
			continue
		}
		if k == 0 {
			col = columnOf(name, v)
			exact = false
			continue
		}
		if exact {
			col.data[0] = float32(num)
			exact = false
		}
		col = multiply(expr, col, columnOf(name, v))
	}
	if exact {
		col.data[0] = float32(num)
	}
	if negative { // -dt*tau is (-dt)*tau in Norse; the sign of a product is exact either way
		for k := range col.data {
			col.data[k] = -col.data[k]
		}
	}
	return col
}

func columnOf(name string, v value) column {
	if v.t == nil {
		return column{data: []float32{float32(v.num)}}
	}
	return column{data: append([]float32(nil), v.t.Data()...), shape: v.t.Shape(), of: name}
}

func multiply(expr string, a, b column) column {
	shape, ok := broadcastShapes(a.shape, b.shape)
	if !ok {
		panicf("snn: %s: shapes %v and %v do not broadcast", expr, a.shape, b.shape)
	}
	out := column{data: make([]float32, size(shape)), shape: shape, of: a.of + b.of}
	if a.of != "" && b.of != "" {
		out.of = expr
	}
	for k := range out.data {
		out.data[k] = a.data[broadcastIndex(k, shape, a.shape)] * b.data[broadcastIndex(k, shape, b.shape)]
	}
	return out
}

// over is the coefficients for a state of that shape. It panics, naming the module, if a parameter does not broadcast
// to it.
func (c *coefs) over(who string, shape []int) *spread {
	if s := c.cached.Load(); s != nil && sameShape(s.shape, shape) {
		return s
	}
	run := size(shape)
	for _, col := range c.each {
		if len(col.data) == 1 {
			continue
		}
		full, ok := broadcastShapes(col.shape, shape)
		if !ok || !sameShape(full, shape) {
			panicf("%s: %s has shape %v, which does not broadcast to the state's %v", who, col.of, col.shape, shape)
		}
		// the axes behind the last one along which the parameter differs share a value
		inner := 1
		for k := len(col.shape) - 1; k >= 0 && col.shape[k] == 1; k-- {
			inner *= shape[len(shape)-len(col.shape)+k]
		}
		run = min(run, inner)
	}
	s := &spread{shape: append([]int(nil), shape...), run: run}
	if run > 0 {
		flat := make([]float32, size(shape)/run*len(c.each))
		for at := 0; at < size(shape); at += run {
			block := flat[:len(c.each):len(c.each)]
			flat = flat[len(c.each):]
			for k, col := range c.each {
				block[k] = col.data[broadcastIndex(at, shape, col.shape)]
			}
			s.blocks = append(s.blocks, block)
		}
	}
	s.widen(len(c.each))
	c.cached.Store(s)
	return s
}

// broadcastShapes is NumPy's rule: aligned at the last axis, an axis of 1 stretches.
func broadcastShapes(a, b []int) ([]int, bool) {
	if len(a) < len(b) {
		a, b = b, a
	}
	out := append([]int(nil), a...)
	for k := range b {
		at := len(a) - len(b) + k
		switch {
		case b[k] == out[at] || b[k] == 1:
		case out[at] == 1:
			out[at] = b[k]
		default:
			return nil, false
		}
	}
	return out, true
}

// broadcastIndex is where element k of a tensor of shape full lies in one of shape part that was stretched to it.
func broadcastIndex(k int, full, part []int) int {
	at, step := 0, 1
	for a := len(full) - 1; a >= 0; a-- {
		i := k % full[a]
		k /= full[a]
		if p := a - len(full) + len(part); p >= 0 {
			if part[p] > 1 {
				at += i * step
			}
			step *= part[p]
		}
	}
	return at
}
