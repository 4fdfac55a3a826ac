package snn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"
	"unsafe"

	"github.com/livespike/livespike/internal/simd"
	"github.com/livespike/livespike/snn/tensor"
)

// hard is n numbers among which are those at which assembly and Go could part: signed zeros, denormals, infinities,
// NaN, a threshold of 1 and its neighbours.
func hard(r *rand.Rand, n int) []float32 {
	special := []float32{
		0, float32(math.Copysign(0, -1)), 1e-45, -1e-45, 1.1e-38, 1, -1, math.Nextafter32(1, 2), math.Nextafter32(1, 0),
		5, math.MaxFloat32, -math.MaxFloat32, float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN()),
	}
	x := make([]float32, n)
	for k := range x {
		if r.Float64() < 0.15 {
			x[k] = special[r.IntN(len(special))]
		} else {
			x[k] = float32(2 * r.NormFloat64())
		}
	}
	return x
}

func needAssembly(t *testing.T) {
	if !simd.On() {
		t.Skip("no assembly on this machine, or switched off: there is nothing to compare")
	}
}

// fastForms are the models with assembly, with both kinds of reset.
func fastForms() map[string]*neuron {
	all := map[string]*neuron{}
	for _, name := range Models() {
		m := models[name]
		if m.fast.One == nil {
			continue
		}
		all[name] = &neuron{m: m, name: name, step: m.step, fast: m.fast}
		if m.fastSubtract.One != nil {
			all[name+" subtracting"] = &neuron{m: m, name: name, step: m.subtract, fast: m.fastSubtract}
		}
	}
	for _, c := range all {
		if c.lay = c.m.layout(false); c.m.jump != "" {
			c.jump = c.m.field(c.m.jump)
		}
	}
	return all
}

// sameSteps compares the assembly with the twin bit for bit, in all orders, one and two steps at a time, with and without
// denormals in mind. each are the coefficients of every neuron, or of all.
func sameSteps(t *testing.T, name string, c *neuron, x, s []float32, n int, each [][]float32) {
	t.Helper()
	coefs := &coefs{names: c.m.coefs, block: each[0], wide: simd.Wide(nil, each[0])}
	if len(each) > 1 {
		sp := &spread{shape: []int{n}, run: 1, blocks: each}
		sp.widen(len(c.m.coefs))
		coefs.block = nil
		coefs.cached.Store(sp)
	}
	c.coefs = coefs
	for _, late := range []bool{false, true} {
		if late && c.fast.Late == nil {
			continue
		}
		wantZ, want := make([]float32, 2*n), append([]float32(nil), s...)
		var first []float32
		for k := range 2 {
			in, jumps := x[k*n:(k+1)*n], x[k*n:(k+1)*n]
			if late {
				in = make([]float32, n)
			}
			for i := range n {
				c.step(wantZ[k*n+i:][:1], in[i:], want[i:], each[i%len(each)], n)
			}
			if late {
				add(want[c.jump*n:][:n], jumps)
			}
			if k == 0 {
				first = append(first, want...)
			}
		}
		for _, steps := range []int{1, 2} {
			for _, denormal := range []bool{false, true} {
				z := aligned(2 * n)
				got := &State{lay: c.lay, shape: []int{n}, buf: append([]float32(nil), s...), denormal: denormal}
				past := steps == 2 && !denormal && !late && c.fast.Past != nil && n%16 == 0
				took := c.runFast(z, x, part{end: n, steps: steps, past: past}, got, &got.denormal, late)
				what := fmt.Sprintf("%s, n=%d, %d of %d steps, late %v, denormals %v, c=%v", name, n, took, steps, late, denormal, each[0])
				state := want
				if took == 1 {
					state = first
				}
				bitsEqual(t, what+": z", z[:took*n], wantZ[:took*n])
				bitsEqual(t, what+": state", got.buf, state)
			}
		}
	}
}

// aligned is n zeros that begin at a cache line.
func aligned(n int) []float32 {
	z := make([]float32, n+15)
	for uintptr(unsafe.Pointer(&z[0]))%64 != 0 {
		z = z[1:]
	}
	return z[:n:n]
}

// TestPast: an output that goes past the caches is that of the steps one after the other, on one processor and two, in models
// with a kernel for it and without.
func TestPast(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	tensor.Seed(9)
	const steps, n = 65, 1 << 16
	x := tensor.Rand(steps, n).Mul(2)
	for _, l := range []*Layer{LIF(), LIFRefrac(), LI(), IAF(), LIF(Delayed()), LIF(TauMemInv(tensor.Rand(n).Mul(200)))} {
		cell := &Cell{l.neuron}
		want, wantS := tensor.Zeros(steps, n), cell.InitialState(n)
		for k := range steps {
			cell.ForwardInto(want.Index(k), x.Index(k), wantS)
		}
		for _, p := range []int{1, 2} {
			runtime.GOMAXPROCS(p)
			got, s := l.Forward(x, nil)
			sameBits(t, l.name, got, want)
			sameBits(t, l.name+": v", s.V(), wantS.V())
		}
	}
}

// TestFastSteps compares the assembly of every model that has one with its step in Go, for all lengths.
func TestFastSteps(t *testing.T) {
	needAssembly(t)
	r := rand.New(rand.NewPCG(1, 2))
	all := fastForms()
	for _, name := range sortedKeysOf(all) {
		c := all[name]
		for n := 1; n < 68; n++ {
			for range 2 {
				each := make([][]float32, 1+r.IntN(2)*(n-1))
				for k := range each {
					each[k] = make([]float32, len(c.m.coefs))
					for j := range each[k] {
						each[k][j] = float32(r.NormFloat64())
					}
					if r.IntN(4) == 0 {
						each[k][r.IntN(len(each[k]))] = hard(r, 1)[0]
					}
				}
				sameSteps(t, name, c, hard(r, 2*n), hard(r, len(c.m.state)*n), n, each)
			}
		}
	}
	if len(all) != len(Models())+4 {
		t.Errorf("%d forms of %d models have assembly", len(all), len(Models()))
	}
}

// TestFastDenormals is TestFastSteps for numbers around and among the denormals, where the assembly makes the products of
// integers, with factors whose products fall on ties and near them.
func TestFastDenormals(t *testing.T) {
	needAssembly(t)
	r := rand.New(rand.NewPCG(5, 6))
	tiny := func(n int) []float32 {
		x := make([]float32, n)
		for k := range x {
			switch r.IntN(6) {
			case 0:
			case 1:
				x[k] = math.Float32frombits(r.Uint32N(20))
			case 2:
				x[k] = math.Float32frombits(r.Uint32N(1 << 27)) // up to 2⁻¹¹¹
			case 3:
				x[k] = float32(r.NormFloat64())
			default:
				x[k] = math.Float32frombits(r.Uint32N(1 << 24)) // denormals and the first normal numbers
			}
			if r.IntN(2) == 0 {
				x[k] = -x[k]
			}
		}
		return x
	}
	factors := []float32{0.1, 0.2, 0.25, 0.5, 1, 1.5, 0.3, 0.75, 1e-3, 3, 1e-30, 0, 1e-40}
	all := fastForms()
	for _, name := range sortedKeysOf(all) {
		c := all[name]
		for range 1000 {
			const n = 32
			x, block := tiny(2*n), make([]float32, len(c.m.coefs))
			if r.IntN(2) == 0 {
				clear(x)
			}
			block[0] = factors[r.IntN(len(factors))]
			if len(c.m.state) > 1 {
				block[1] = -factors[r.IntN(len(factors))]
			}
			if len(block) > 3 {
				block[3] = 1
			}
			sameSteps(t, name, c, x, tiny(len(c.m.state)*n), n, [][]float32{block})
		}
	}
}

// TestFastBack compares the backward step of every model that has it in assembly with that in Go, bit for bit, for all
// lengths.
func TestFastBack(t *testing.T) {
	needAssembly(t)
	r := rand.New(rand.NewPCG(3, 4))
	compared := 0
	for _, name := range Models() {
		m := models[name]
		if m.fastBack == nil {
			continue
		}
		compared++
		for n := range 68 {
			for range 4 {
				stride := n + r.IntN(3)
				c := make([]float32, len(m.coefs))
				for k := range c {
					c[k] = float32(r.NormFloat64())
				}
				switch r.IntN(6) {
				case 0:
					c[len(c)-1] = hard(r, 1)[0]
				case 1, 2:
					c[r.IntN(len(c))] = hard(r, 1)[0]
				case 3:
					c[r.IntN(len(c))] = 0
				}
				vars := len(m.state)
				got := &sweep{
					x: hard(r, n), s: hard(r, vars*stride), dz: hard(r, n), dx: make([]float32, n), ds: hard(r, vars*stride), c: c, stride: stride, alpha: 100,
				}
				want := *got
				want.dx, want.ds = make([]float32, n), append([]float32(nil), got.ds...)
				m.run(got)
				m.back(&want)
				bitsEqual(t, fmt.Sprintf("%s, n=%d, c=%v: dx", name, n, c), got.dx, want.dx)
				bitsEqual(t, fmt.Sprintf("%s, n=%d, c=%v: ds", name, n, c), got.ds, want.ds)
			}
		}
	}
	if compared < 15 {
		t.Errorf("%d models have assembly for the way back", compared)
	}
}

func bitsEqual(t *testing.T, what string, got, want []float32) {
	t.Helper()
	for k, w := range want {
		if math.Float32bits(got[k]) != math.Float32bits(w) && (got[k] == got[k] || w == w) {
			t.Fatalf("%s: element %d of %d is %v (%#08x), want %v (%#08x)", what, k, len(want), got[k],
				math.Float32bits(got[k]), w, math.Float32bits(w))
		}
	}
}
