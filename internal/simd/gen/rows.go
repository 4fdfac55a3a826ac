package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// rows writes the sums of chosen rows of a matrix.
func rows() {
	for _, wide512 = range widths() {
		cols := "cols is a multiple of 8."
		if wide512 {
			cols = "cols may be any."
		}
		chosen(rowsName("rows"), "adds values[k]·(row index[k] of t) to the cols elements of acc, k after k. "+cols, false)
		chosen(rowsName("sumRows"), "adds to acc the sum, made apart, of values[k]·(row index[k] of t). "+cols, true)
	}
	wide512 = false
	columns()
	sum()
}

// rowsName is that of a kernel of which there are two on amd64.
func rowsName(name string) string {
	if neon {
		return name + "Asm"
	}
	return name + isaName()
}

// sum writes y += x.
func sum() {
	function("addAsm", "adds x to y, n a multiple of 8.", "func(y, x *float32, n int)")
	y, x, n, at := loaded("y"), loaded("x"), loaded("n"), GP64()
	XORQ(at, at)
	Label("loop")
	VMOVUPS(add(value(Mem{Base: y, Index: at, Scale: 4}), Mem{Base: x, Index: at, Scale: 4}), Mem{Base: y, Index: at, Scale: 4})
	ADDQ(Imm(8), at)
	CMPQ(at, n)
	JLT(LabelRef("loop"))
	ret()
}

// chosen writes a sum of rows. apart starts it at zero and adds it to acc in the end.
func chosen(name, doc string, apart bool) {
	function(name, doc, "func(acc, t, values *float32, index *int32, n, stride, cols int)")
	acc, t, index, n, stride, cols := loaded("acc"), loaded("t"), loaded("index"), loaded("n"), loaded("stride"), loaded("cols")
	values := loaded("values")
	SHLQ(Imm(2), stride)
	for _, tile := range []int{8, 4, 2, 1} {
		begin, next := fmt.Sprintf("tile%d", tile), fmt.Sprintf("after%d", tile)
		Label(begin)
		CMPQ(cols, U32(lanes()*tile))
		JLT(LabelRef(next))
		sums := make([]VecVirtual, tile)
		for j := range sums {
			if apart {
				sums[j] = zeros()
			} else {
				sums[j] = value(Mem{Base: acc, Disp: 4 * lanes() * j})
			}
		}
		over(begin, n, index, stride, t, values, func(row Mem, value VecVirtual) {
			for j := range sums {
				VFMADD231PS(row.Offset(4*lanes()*j), value, sums[j])
			}
		})
		for j := range sums {
			if apart {
				VADDPS(Mem{Base: acc, Disp: 4 * lanes() * j}, sums[j], sums[j])
			}
			VMOVUPS(sums[j], Mem{Base: acc, Disp: 4 * lanes() * j})
		}
		ADDQ(U32(4*lanes()*tile), acc)
		ADDQ(U32(4*lanes()*tile), t)
		SUBQ(U32(lanes()*tile), cols)
		JMP(LabelRef(begin))
		Label(next)
	}
	if wide512 {
		last(acc, cols, apart, func(s VecVirtual, mask Register) {
			over("last", n, index, stride, t, values, func(row Mem, value VecVirtual) { VFMADD231PS(row, value, mask, s) })
		})
	}
	ret()
}

// over writes the loop over the chosen rows.
func over(name string, n, index, stride, t, values Register, do func(row Mem, value VecVirtual)) {
	k, row := GP64(), GP64()
	XORQ(k, k)
	Label(name + "loop")
	MOVLQSX(Mem{Base: index, Index: k, Scale: 4}, row)
	IMULQ(stride, row)
	ADDQ(t, row)
	value := vector()
	VBROADCASTSS(Mem{Base: values, Index: k, Scale: 4}, value)
	do(Mem{Base: row}, value)
	INCQ(k)
	CMPQ(k, n)
	JLT(LabelRef(name + "loop"))
}

// last writes the sums of what is less than a vector.
func last(acc, cols Register, apart bool, sum func(s VecVirtual, mask Register)) {
	TESTQ(cols, cols)
	JZ(LabelRef("done"))
	bits, mask, s := GP64(), K(), zeros()
	MOVQ(I32(-1), bits)
	SHLXQ(cols, bits, bits)
	NOTQ(bits)
	KMOVW(bits.As32(), mask)
	if !apart {
		VMOVUPS(Mem{Base: acc}, mask, s)
	}
	sum(s, mask)
	if apart {
		VADDPS(Mem{Base: acc}, s, mask, s)
	}
	VMOVUPS(s, mask, Mem{Base: acc})
	Label("done")
}

// columns writes the sums of chosen columns, where neighbours are not in one row.
func columns() {
	function("sumColumnsAsm", "adds to acc[o], for the outputs o, a multiple of 4, the sum, made apart, of values[k]·t[o·stride + index[k]].",
		"func(acc, t, values *float32, index *int32, n, stride, outputs int)")
	acc, t, values, index := loaded("acc"), loaded("t"), loaded("values"), loaded("index")
	n, stride, outputs := loaded("n"), loaded("stride"), loaded("outputs")
	SHLQ(Imm(2), stride)
	row := [4]Register{t}
	for j := 1; j < 4; j++ {
		q := GP64()
		LEAQ(Mem{Base: row[j-1], Index: stride, Scale: 1}, q)
		row[j] = q
	}
	SHLQ(Imm(2), stride)
	Label("outputs")
	var sums [4]VecVirtual
	for j := range sums {
		sums[j] = XMM()
		VXORPS(sums[j], sums[j], sums[j])
	}
	k, at := GP64(), GP64()
	XORQ(k, k)
	Label("loop")
	MOVLQSX(Mem{Base: index, Index: k, Scale: 4}, at)
	value := XMM()
	VMOVSS(Mem{Base: values, Index: k, Scale: 4}, value)
	for j, s := range sums {
		VFMADD231SS(Mem{Base: row[j], Index: at, Scale: 4}, value, s)
	}
	INCQ(k)
	CMPQ(k, n)
	JLT(LabelRef("loop"))
	for j, s := range sums {
		VADDSS(Mem{Base: acc, Disp: 4 * j}, s, s)
		VMOVSS(s, Mem{Base: acc, Disp: 4 * j})
		ADDQ(stride, row[j])
	}
	ADDQ(Imm(16), acc)
	SUBQ(Imm(4), outputs)
	JNZ(LabelRef("outputs"))
	ret()
}
