package main

import (
	"fmt"
	"maps"
	"math"
	"slices"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// neuron is the step of a model for one vector of neurons while it is being written.
type neuron struct {
	at       Mem // the position of its elements, in what vars, z and x point to
	vars     []Register
	x        Op                 // the input
	state    map[int]VecVirtual // the variables that were loaded or made
	fired    mask               // the spikes
	away     VecVirtual         // delta*exp((v-th)/delta), where the model has it
	coefs    []Op
	subtract Op       // the threshold, where a spike takes it away from the membrane
	limits   []Mem    // of kernels for denormals; below these a factor's product with the coefficient is one; see products
	later    func()   // what stands behind the loop
	some     Register // the mask of the elements that there are, nil for all
}

// of is the place of the neurons in what base points to.
func (k *neuron) of(base Register) Mem {
	return Mem{Base: base, Index: k.at.Index, Scale: 4, Disp: k.at.Disp}
}

// v is a variable in front of the step, or what set made of it.
func (k *neuron) v(field int) VecVirtual {
	if k.state[field] == nil {
		k.state[field] = k.load(k.of(k.vars[field]))
	}
	return k.state[field]
}

// load is the elements at m in a register, 0 for those that there are not; store writes those that there are.
func (k *neuron) load(m Mem) VecVirtual {
	v := vector()
	if k.some != nil {
		VMOVUPS_Z(m, k.some, v)
	} else {
		VMOVUPS(m, v)
	}
	return v
}

func (k *neuron) store(v VecVirtual, m Mem) {
	if k.some != nil {
		VMOVUPS(v, k.some, m)
	} else {
		VMOVUPS(v, m)
	}
}

func (k *neuron) set(field int, v VecVirtual) { k.state[field] = v }

// c is a coefficient.
func (k *neuron) c(n int) Op { return k.coefs[n] }

// spike resets a variable where the mask f is set, and is 1 there and 0 elsewhere.
func (k *neuron) spike(field int, f mask, u VecVirtual, to Op) VecVirtual {
	if k.subtract != nil {
		to = sub(u, k.subtract)
	}
	k.set(field, k.reset(f, u, to))
	k.fired = f
	return f.ones()
}

// reset is (1-z)*u + z*to, for z of 1 where the mask f is set and of 0 elsewhere.
func (k *neuron) reset(f mask, u VecVirtual, to Op) VecVirtual {
	if k.limits != nil {
		return add(mul(f.ones(), to), kept(f, u))
	}
	return k.choose(f, value(to), u)
}

// choose is (1-m)*u + m*v for the mask m. One product is the other number itself, which leaves ±0 or NaN for the one that
// is not chosen: adding it fused to its product with 0 rounds nothing.
func (k *neuron) choose(m mask, v, u VecVirtual) VecVirtual {
	if k.limits == nil {
		chosen, lost := m.choose(v, u), m.choose(u, v)
		emit(VFMADD231PS, VFMADD231PS_BCST, constants["zero"], lost, chosen)
		return chosen
	}
	none := whereNot(m.v, v)
	VANDPS(constants["signAndExponent"], none, none)
	VMULPS(constants["zero"], none, none) // ±0, or NaN
	VORPS(and(m.v, v), none, none)
	return add(kept(m, u), none)
}

// kept is (1-f)*u for the mask f, without a product with 1, which takes long for a denormal.
func kept(f mask, u VecVirtual) VecVirtual {
	gone, v := and(f.v, u), whereNot(f.v, u)
	VMULPS(constants["zero"], gone, gone)
	VORPS(gone, v, v)
	return v
}

// value is m in a register, which must not be written to where it is m itself.
func value(m Op) VecVirtual {
	if v, ok := where(m).(VecVirtual); ok {
		return v
	}
	return fresh(m)
}

// fresh is m in a register of its own.
func fresh(m Op) VecVirtual {
	v := vector()
	switch m := where(m).(type) {
	case Mem:
		switch {
		case !repeats(m):
			VMOVUPS(m, v)
		case isDouble[m.Symbol.Name]:
			VBROADCASTSD(m, v)
		default:
			VBROADCASTSS(m, v)
		}
	default:
		VMOVAPS(m, v)
	}
	return v
}

// relu is max(v, 0); NaN stays NaN, and -0 becomes +0.
func relu(v VecVirtual) VecVirtual {
	zero, left := value(constants["zero"]), vector()
	VMAXPS(v, zero, left)
	return add(left, zero)
}

// products is c*x for the coefficients from first on, one for each x. Products that round among the denormals take a
// processor of Intel's more than a hundred cycles, and a neuron without input gets there and may stay for ever: the
// kernels named Tiny make them of integers, with the same bits.
func (k *neuron) products(first int, xs ...VecVirtual) []VecVirtual {
	var out []VecVirtual
	if k.limits == nil {
		for n, x := range xs {
			out = append(out, mul(x, k.c(first+n)))
		}
		return out
	}
	var least VecVirtual
	for n, x := range xs {
		q := YMM() // orders by magnitude, zero last
		VPADDD(x, x, q)
		VPADDD(constants["most"], q, q)
		if n == 0 {
			least = q
		} else {
			VPMINSD(q, least, least)
		}
	}
	tiny := YMM()
	VMOVDQU(k.limits[len(k.limits)-1], tiny)
	VPCMPGTD(least, tiny, tiny)
	VPTEST(tiny, tiny)
	JNZ(LabelRef("denormal"))
	for n, x := range xs {
		out = append(out, mul(x, k.c(first+n)))
	}
	Label("products")
	k.later = func() {
		Label("denormal")
		for n, x := range xs {
			k.tinyProduct(out[n], x, first+n)
		}
		seen := GP64()
		MOVQ(U32(1), seen)
		Store(seen, ReturnIndex(0))
		JMP(LabelRef("products"))
	}
	return out
}

// tinyProduct is out = c*x, rounded in units of the least denormal where it is one. Rounding to an integer a product that
// is rounded already goes wrong where that looks like a tie and is none, which its remainder shows.
func (k *neuron) tinyProduct(out, x VecVirtual, n int) {
	abs, tiny, normal := YMM(), YMM(), YMM()
	VPAND(constants["magnitude"], x, abs)
	VMOVDQU(k.limits[n], tiny)
	VPCMPGTD(abs, tiny, tiny)
	VPANDN(x, tiny, out)
	VMULPS(k.c(n), out, out) // of the others
	VPANDN(out, tiny, out)

	units, scaled := YMM(), YMM()
	VPCMPGTD(constants["largestDenormal"], abs, normal)
	VCVTDQ2PS(abs, units)
	VPANDN(units, normal, units)
	VPAND(abs, normal, scaled)
	VPAND(scaled, tiny, scaled)
	VMULPS(constants["scale100"], scaled, scaled)
	VMULPS(constants["scale49"], scaled, scaled)
	VPOR(scaled, units, units)

	c, p, q := YMM(), YMM(), YMM()
	VMOVUPS(k.c(n), c)
	sign := abs
	VPXOR(c, x, sign)
	VPAND(constants["sign"], sign, sign)
	VPAND(constants["magnitude"], c, c)
	VMULPS(c, units, p)
	VFMSUB213PS(p, c, units) // the remainder: c*units - p
	VROUNDPS(Imm(8), p, q)
	VSUBPS(q, p, p) // what rounding took away
	VMULPS(p, units, units)
	tie, more := c, normal
	VPAND(constants["magnitude"], p, tie)
	VCMPPS(Imm(0), constants["half"], tie, tie)
	VXORPS(more, more, more)
	VCMPPS(Imm(0x1e), more, units, more) // the remainder points the same way
	VPAND(more, tie, tie)
	VADDPS(p, p, p)
	VPAND(p, tie, tie)
	VADDPS(tie, q, q)
	VCVTPS2DQ(q, q)
	VPOR(sign, q, q)
	VPAND(tiny, q, q)
	VPOR(q, out, out)
}

// constants are vectors of AVX2 in memory; isConstant and isDouble say by symbol which are, and which of float64.
var (
	constants  = map[string]Mem{}
	isConstant = map[string]bool{}
	isDouble   = map[string]bool{}
)

// resident are the constants that the kernel keeps in registers, by symbol.
var resident = map[string]VecVirtual{}

func keep(names ...string) {
	for _, name := range names {
		resident[constants[name].Symbol.Name] = fresh(constants[name])
	}
}

// where is the register of a constant that has one, and else m.
func where(m Op) Op {
	if at, ok := m.(Mem); ok && resident[at.Symbol.Name] != nil {
		return resident[at.Symbol.Name]
	}
	return m
}

// vectors writes the constants.
func vectors() {
	for _, c := range []struct {
		name string
		bits uint32
	}{
		{"zero", 0},
		{"one", math.Float32bits(1)},
		{"half", math.Float32bits(0.5)},
		{"sign", 1 << 31},
		{"magnitude", 1<<31 - 1},
		{"most", 1<<31 - 1},
		{"signAndExponent", 0xff800000},
		{"largestDenormal", 0x007fffff},
		{"leastNormal", 0x00800000},
		{"scale100", math.Float32bits(0x1p100)},
		{"scaleDown100", math.Float32bits(0x1p-100)},
		{"scale49", math.Float32bits(0x1p49)},
		{"expMost", math.Float32bits(89)},
		{"expLeast", math.Float32bits(-104)},
	} {
		constants[c.name] = GLOBL(c.name, RODATA|NOPTR)
		isConstant[constants[c.name].Symbol.Name] = true
		for at := range 8 {
			DATA(4*at, U32(c.bits))
		}
	}
	doubles := map[string]uint64{
		"log2e": math.Float64bits(math.Log2E), "ln2": math.Float64bits(math.Ln2),
		"whole": math.Float64bits(3 << 51), "expMost64": math.Float64bits(700), "expLeast64": math.Float64bits(-150),
		"sign64": 1 << 63, "magnitude64": 1<<63 - 1, "minus2": math.Float64bits(-2), "tanhSmall": math.Float64bits(0.1),
		"tanh0": math.Float64bits(62.0 / 2835), "tanh1": math.Float64bits(17.0 / 315), "tanh2": math.Float64bits(2.0 / 15),
		"tanh3": math.Float64bits(1.0 / 3), "one64": math.Float64bits(1),
	}
	for n, v := range expCoefficients {
		doubles[fmt.Sprintf("exp%d", n)] = math.Float64bits(v)
	}
	for _, name := range slices.Sorted(maps.Keys(doubles)) {
		constants[name] = GLOBL(name, RODATA|NOPTR)
		isConstant[constants[name].Symbol.Name], isDouble[constants[name].Symbol.Name] = true, true
		for at := range 4 {
			DATA(8*at, U64(doubles[name]))
		}
	}
}

// repeats says that m is a constant of which a kernel of AVX-512 loads one element, for all. The linker aligns a constant to
// 32 bytes at most, and a vector of 64 that straddles two lines of the cache is loaded in two steps.
func repeats(m Op) bool {
	at, ok := m.(Mem)
	return ok && wide512 && isConstant[at.Symbol.Name]
}

// model is a neuron model: its step works on the variables and returns the output.
type model struct {
	name, title string
	vars, coefs int
	jump        int  // the variable that the input is added to, -1 if there is none
	tiny        bool // there is a kernel for products among the denormals
	inRegisters bool // there are few enough coefficients
	runsAway    bool // it has an exponential, and takes one step at a time
	bits        bool // there are kernels whose output is a bit for each neuron
	past        bool // there is a kernel whose output does not go through the caches
	step        func(k *neuron) VecVirtual
}

// kernels writes the forms of a model's step: one step and two, with the input before and, where it jumps, behind it.
func (m model) kernels() {
	for _, steps := range []int{1, 2} {
		if steps == 2 && m.runsAway {
			continue
		}
		m.kernel(steps, false, false, false)
		if m.jump >= 0 {
			m.kernel(steps, true, false, false)
		}
		if m.bits {
			m.kernel(steps, false, true, false)
		}
		if m.past && steps == 2 && !neon {
			m.kernel(steps, false, false, true)
		}
	}
	if m.tiny && !wide512 && !neon {
		m.tinyKernel("Tiny", false)
		if m.jump >= 0 {
			m.tinyKernel("LateTiny", true)
		}
	}
}

// stepper is the arguments of a kernel in registers.
type stepper struct {
	z, x, c, n, row, cstep, at Register
	vars                       []Register
	xs, zs                     []Register // of each step
	at8                        Register   // the position in bytes of bits, nil where the output is no bits
	past                       bool       // the output does not go through the caches
	ahead                      []Register // what is fetched then
	common                     bool       // all neurons have the same coefficients, and there are registers for them
	some                       Register   // the mask of the last vector of AVX-512, which may be half of one
}

func (m model) begin(form, what string) *stepper {
	function(m.name+form+isaName(), fmt.Sprintf("is %s of n %s neurons; see Step.", what, m.title),
		"func(z, x, s, c *float32, n, stride, row, cstep int) int")
	w := &stepper{at: GP64()}
	w.z, w.x, w.n, w.c, w.row, w.cstep = loaded("z"), loaded("x"), loaded("n"), loaded("c"), loaded("row"), loaded("cstep")
	w.vars = fields("s", m.vars)
	XORQ(w.at, w.at)
	return w
}

// neurons is those of a vector, vectors behind the position.
func (m model) neurons(w *stepper, vectors int) *neuron {
	k := &neuron{at: Mem{Index: w.at, Disp: 4 * lanes() * vectors}, vars: w.vars, state: map[int]VecVirtual{}, some: w.some}
	for j := range m.coefs {
		k.coefs = append(k.coefs, Mem{Base: w.c, Disp: 32 * j})
	}
	return k
}

func (m model) kernel(steps int, late, bits, past bool) {
	form, what := []string{"", "", "Pair"}[steps], []string{"", "the step", "two steps"}[steps]
	if past {
		form = "Past"
		what += ", with the output past the caches,"
	}
	if late {
		form = "Late" + form
		what += ", with the input behind,"
	}
	if bits {
		form += "Bits"
		what += ", with a bit for each neuron as output,"
	}
	w := m.begin(form, what)
	w.past = past
	if bits {
		w.at8 = GP64()
		XORQ(w.at8, w.at8)
	}
	w.xs, w.zs = []Register{w.x}, []Register{w.z}
	if steps == 2 {
		x2, z2 := GP64(), GP64()
		LEAQ(Mem{Base: w.x, Index: w.row, Scale: 4}, x2)
		if bits {
			SHRQ(Imm(3), w.row)
			LEAQ(Mem{Base: w.z, Index: w.row, Scale: 1}, z2)
		} else {
			LEAQ(Mem{Base: w.z, Index: w.row, Scale: 4}, z2)
		}
		w.xs, w.zs = append(w.xs, x2), append(w.zs, z2)
	}
	if past { // the input of the next two steps
		for _, x := range w.xs {
			next := GP64()
			LEAQ(Mem{Base: x, Index: w.row, Scale: 8}, next)
			w.ahead = append(w.ahead, next)
		}
	}
	flags := watchDenormals()
	w.common = wide512 || neon
	if wide512 && m.runsAway {
		keep("whole", "log2e", "ln2")
	} else if wide512 {
		keep("one", "zero")
	}
	var held []Op // coefficients in registers, in the kernels that have them alike for all neurons
	if w.common && !m.runsAway {
		for j := range m.coefs {
			held = append(held, m.alike(w, j))
		}
	}
	// some vectors at a time, which do not wait for each other, and at last one
	count := 2
	switch {
	case wide512 && m.runsAway:
		count = 4
	case neon && m.runsAway: // its vectors are two, and of float64 four
		count = 1
	}
	last := GP64()
	MOVQ(w.n, last)
	SUBQ(U32(count*lanes()-1), last)
	if held == nil || neon {
		CMPQ(w.cstep, Imm(0))
		JNE(LabelRef("single"))
	}
	var next []VecVirtual // how far the next vectors are from running away
	if m.runsAway {
		CMPQ(w.at, last)
		JGE(LabelRef("single"))
		next = approach(m.some(w, count), m.coef(w, 3), m.coef(w, 5), nil)
	}
	Label("loop")
	CMPQ(w.at, last)
	JGE(LabelRef("single"))
	ahead := Register(nil)
	if m.runsAway { // the last ones look at themselves
		ahead = GP64()
		LEAQ(Mem{Base: w.at, Disp: count * lanes()}, ahead)
		CMPQ(ahead, last)
		CMOVQGE(w.at, ahead)
	}
	m.vectors(w, count, held, late, next, ahead)
	ADDQ(U32(count*lanes()), w.at)
	if bits {
		ADDQ(Imm(uint64(count*lanes()/8)), w.at8)
	}
	JMP(LabelRef("loop"))
	Label("single")
	CMPQ(w.at, w.n)
	JGE(LabelRef("done"))
	if wide512 && !bits && !past {
		w.half()
	}
	if neon { // every neuron has its own coefficients, or they are the last 8
		w.common, held = false, nil
	}
	m.vectors(w, 1, held, late, nil, nil)
	ADDQ(w.cstep, w.c)
	if bits {
		ADDQ(Imm(uint64(lanes()/8)), w.at8)
	}
	ADDQ(U32(lanes()), w.at)
	JMP(LabelRef("single"))
	Label("done")
	Store(sawDenormals(flags), ReturnIndex(0))
	if past {
		SFENCE()
	}
	ret()
}

// half makes the mask of the neurons that are left: 8, or 16 and more.
func (w *stepper) half() {
	left, bits := GP64(), GP32()
	MOVQ(w.n, left)
	SUBQ(w.at, left)
	MOVL(U32(0xff), bits)
	CMPQ(left, Imm(16))
	all := GP32()
	MOVL(U32(0xffff), all)
	CMOVLGE(all, bits)
	w.some = K()
	KMOVW(bits, w.some)
}

// alike is a coefficient that all neurons have in common.
func (m model) alike(w *stepper, j int) VecVirtual {
	v := vector()
	if neon {
		VBROADCASTF128(Mem{Base: w.c, Disp: 32 * j}, v)
	} else {
		VBROADCASTSS(Mem{Base: w.c, Disp: 32 * j}, v)
	}
	return v
}

// coef is a coefficient where it lies, or in a register where all neurons have it in common.
func (m model) coef(w *stepper, j int) Op {
	if w.common {
		return m.alike(w, j)
	}
	return Mem{Base: w.c, Disp: 32 * j}
}

// some is so many vectors of neurons.
func (m model) some(w *stepper, count int) []*neuron {
	ks := make([]*neuron, count)
	for i := range ks {
		ks[i] = m.neurons(w, i)
	}
	return ks
}

// vectors writes the steps of some vectors of neurons. Where the model runs away, next is how far they are from it, and
// becomes that of those at the position ahead, which the processor can work on meanwhile.
func (m model) vectors(w *stepper, count int, held []Op, late bool, next []VecVirtual, ahead Register) {
	ks := m.some(w, count)
	if held == nil && m.inRegisters {
		for j := range m.coefs {
			held = append(held, value(ks[0].coefs[j]))
		}
	}
	if m.runsAway {
		if next == nil {
			next = approach(ks, m.coef(w, 3), m.coef(w, 5), nil)
		}
		halves := doubles(next)
		if ahead != nil {
			then := m.some(w, count)
			for _, k := range then {
				k.at.Index = ahead
			}
			approach(then, m.coef(w, 3), m.coef(w, 5), next)
		}
		runAway(ks, joined(exp64(halves...)), m.coef(w, 5))
		if w.common { // exp needs the registers, so that the coefficients are loaded behind it
			for j := range m.coefs {
				held = append(held, m.alike(w, j))
			}
		}
	}
	for _, k := range ks {
		if held != nil {
			k.coefs = held
		}
	}
	for t := range w.xs {
		for i, k := range ks {
			in := Op(k.of(w.xs[t]))
			if k.some != nil {
				in = k.load(k.of(w.xs[t]))
			}
			if w.past {
				PREFETCHT0(k.of(w.ahead[t]))
			}
			if k.x = in; late {
				k.x = constants["zero"]
			}
			out := m.step(k)
			if late {
				k.set(m.jump, add(k.v(m.jump), in))
			}
			switch {
			case w.at8 != nil:
				k.fired.store(Mem{Base: w.zs[t], Index: w.at8, Scale: 1, Disp: i * lanes() / 8})
			case w.past:
				VMOVNTPS(out, k.of(w.zs[t]))
			default:
				k.store(out, k.of(w.zs[t]))
			}
			if t == len(w.xs)-1 {
				k.storeAll()
			}
		}
	}
}

func (k *neuron) storeAll() {
	for f := range k.vars {
		k.store(k.v(f), k.of(k.vars[f]))
	}
}

// watchDenormals clears the processor's notes of what happened to floating-point numbers, on amd64, and returns memory for
// them.
func watchDenormals() (at Mem) {
	if neon {
		return at
	}
	at = AllocLocal(8)
	STMXCSR(at)
	r := GP32()
	MOVL(at, r)
	ANDL(I32(^0x3f), r)
	MOVL(r, at)
	LDMXCSR(at)
	return at
}

// sawDenormals is not 0 if a denormal went into an operation, or came out of one, since watchDenormals. On arm64 it is 0:
// there are no kernels for them.
func sawDenormals(at Mem) Register {
	r := GP64()
	if neon {
		XORQ(r, r)
		return r
	}
	STMXCSR(at)
	MOVLQZX(at, r)
	ANDQ(Imm(0x12), r)
	return r
}

// tinyKernel writes the step whose products among the denormals do not stall the processor. It returns whether there
// were any.
func (m model) tinyKernel(form string, late bool) {
	w := m.begin(form, "the step, with products among the denormals made of integers,")
	none := GP64()
	XORQ(none, none)
	Store(none, ReturnIndex(0))
	k := m.neurons(w, 0)
	for range min(2, m.vars) + 1 {
		k.limits = append(k.limits, AllocLocal(32))
	}
	in := k.of(w.x)
	if k.x = in; late {
		k.x = constants["zero"]
	}
	k.bounds()
	Label("loop")
	CMPQ(w.cstep, Imm(0))
	JE(LabelRef("known"))
	k.bounds()
	Label("known")
	out := m.step(k)
	if late {
		k.set(m.jump, add(k.v(m.jump), in))
	}
	VMOVUPS(out, k.of(w.z))
	k.storeAll()
	ADDQ(w.cstep, w.c)
	ADDQ(Imm(8), w.at)
	CMPQ(w.at, w.n)
	JLT(LabelRef("loop"))
	ret()
	k.later()
}

// bounds makes, for the first coefficients, the numbers below which a product with it is a denormal, and at last the
// largest of them.
func (k *neuron) bounds() {
	most := zeros()
	for j, to := range k.limits[:len(k.limits)-1] {
		v, limit, known := value(k.c(j)), YMM(), YMM()
		VCMPPS(Imm(0), v, v, known)
		VANDPS(constants["magnitude"], v, v)
		VMOVUPS(constants["leastNormal"], limit)
		VDIVPS(v, limit, limit)
		VMINPS(constants["scaleDown100"], limit, limit)
		VANDPS(known, limit, limit)
		VMOVUPS(limit, to)
		VPMAXSD(limit, most, most)
	}
	VPADDD(most, most, most)
	VPADDD(constants["most"], most, most)
	VMOVUPS(most, k.limits[len(k.limits)-1])
}

// fields is the addresses of variables that lie a stride apart.
func fields(base string, vars int) []Register {
	p := []Register{loaded(base)}
	if vars > 1 {
		stride := loaded("stride")
		for range vars - 1 {
			q := GP64()
			LEAQ(Mem{Base: p[len(p)-1], Index: stride, Scale: 4}, q)
			p = append(p, q)
		}
	}
	return p
}
