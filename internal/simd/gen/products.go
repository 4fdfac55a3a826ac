package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// products writes the micro-kernels of the matrix product: 1 to 6 rows by 16 columns.
func products() {
	for m := 1; m <= 6; m++ {
		product(fmt.Sprintf("product%d%s", m, isaName()), m, false)
	}
	for m := 1; m <= 6; m++ {
		product(fmt.Sprintf("sumProduct%d%s", m, isaName()), m, true)
	}
}

// peak writes what a processor can do at most: fused operations that wait for nothing.
func peak() {
	function("peakFMA", "does n times 12 fused multiplications and additions of 8 floats.", "func(n int)")
	n, one := loaded("n"), ones()
	var sums [12]VecVirtual
	for k := range sums {
		sums[k] = zeros()
	}
	Label("loop")
	for _, s := range sums {
		VFMADD231PS(one, one, s)
	}
	DECQ(n)
	JNZ(LabelRef("loop"))
	ret()
}

// vendor writes the question who made the processor.
func vendor() {
	function("vendor", "is the first four letters of the name of the processor's maker.", "func() uint32")
	XORL(EAX, EAX)
	CPUID()
	Store(EBX, ReturnIndex(0))
	RET()
}

func product(name string, m int, apart bool) {
	how := "continuing its sums"
	if apart {
		how = "the sums made apart and added at last"
	}
	function(name, fmt.Sprintf("adds a (%d, k) times b (k, 16) to c, %s. The elements of a lie rs apart in a column and\n"+
		"ks in a row, the rows of c ldc apart, those of b close together.", m, how), "func(c, a, b *float32, k, rs, ks, ldc int)")
	c, a, b, k, ks, ldc := loaded("c"), loaded("a"), loaded("b"), loaded("k"), loaded("ks"), loaded("ldc")
	SHLQ(Imm(2), ks)
	SHLQ(Imm(2), ldc)
	row := []Mem{{Base: a}}
	if m > 1 {
		rs := loaded("rs")
		SHLQ(Imm(2), rs)
		row = append(row, Mem{Base: a, Index: rs, Scale: 1}, Mem{Base: a, Index: rs, Scale: 2})
		if m > 3 {
			rs3 := GP64()
			LEAQ(Mem{Base: rs, Index: rs, Scale: 2}, rs3)
			row = append(row, Mem{Base: a, Index: rs3, Scale: 1}, Mem{Base: a, Index: rs, Scale: 4})
			if m > 5 {
				rs5 := GP64()
				LEAQ(Mem{Base: rs, Index: rs, Scale: 4}, rs5)
				row = append(row, Mem{Base: a, Index: rs5, Scale: 1})
			}
		}
	}
	sums := make([][2]VecVirtual, m)
	at := GP64()
	MOVQ(c, at)
	for i := range sums {
		for j := range sums[i] {
			if apart {
				sums[i][j] = zeros()
			} else {
				sums[i][j] = YMM()
				VMOVUPS(Mem{Base: at, Disp: 32 * j}, sums[i][j])
			}
		}
		if i < m-1 && !apart {
			ADDQ(ldc, at)
		}
	}
	Label("loop")
	b0, b1 := YMM(), YMM()
	VMOVUPS(Mem{Base: b}, b0)
	VMOVUPS(Mem{Base: b, Disp: 32}, b1)
	for i := range m {
		x := broadcast(row[i])
		VFMADD231PS(b0, x, sums[i][0])
		VFMADD231PS(b1, x, sums[i][1])
	}
	ADDQ(ks, a)
	ADDQ(Imm(64), b)
	DECQ(k)
	JNZ(LabelRef("loop"))
	MOVQ(c, at)
	for i := range sums {
		for j, s := range sums[i] {
			if apart {
				VADDPS(Mem{Base: at, Disp: 32 * j}, s, s)
			}
			VMOVUPS(s, Mem{Base: at, Disp: 32 * j})
		}
		if i < m-1 {
			ADDQ(ldc, at)
		}
	}
	ret()
}
