package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// adam writes the optimiser's step. The comments are the twin's lines.
func adam() {
	function("adamAsm", "is Adam's step of n weights, n a multiple of 8; see Adam.", "func(w, dw, mean, square, c *float32, n int)")
	w, g, mean, square, n, at := loaded("w"), loaded("dw"), loaded("mean"), loaded("square"), loaded("n"), GP64()
	c := loaded("c")
	var cs [8]VecVirtual
	for j := range cs {
		cs[j] = broadcast(Mem{Base: c, Disp: 4 * j})
	}
	keep, decay, fresh1, keep2, fresh2, rate, root, eps := cs[0], cs[1], cs[2], cs[3], cs[4], cs[5], cs[6], cs[7]
	XORQ(at, at)
	Label("loop")
	of := func(base Register) Mem { return Mem{Base: base, Index: at, Scale: 4} }
	x := mul(keep, of(w))
	d := add(mul(decay, x), of(g)) // d = g + decay*x
	old := value(of(mean))
	m := add(old, mul(fresh1, sub(d, old))) // m = mean + fresh1*(d-mean)
	VMOVUPS(m, of(mean))
	v := add(mul(keep2, of(square)), mul(mul(fresh2, d), d)) // v = keep2*square + fresh2*d*d
	VMOVUPS(v, of(square))
	below := YMM()
	VSQRTPS(v, below)
	below = add(div(below, root), eps)
	VMOVUPS(sub(x, div(mul(rate, m), below)), of(w)) // w = x - rate*m/(sqrt(v)/root + eps)
	ADDQ(Imm(8), at)
	CMPQ(at, n)
	JLT(LabelRef("loop"))
	ret()
}
