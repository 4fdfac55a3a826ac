package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// rows writes the sums of chosen rows of a matrix.
func rows() {
	chosen("rowsAsm", "adds values[k]·(row index[k] of t) to the cols elements of acc, k after k. cols is a multiple of 8.", false)
	chosen("sumRowsAsm", "adds to acc the sum, made apart, of values[k]·(row index[k] of t). cols is a multiple of 8.", true)
	columns()
	axpy()
	sum()
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
		CMPQ(cols, U32(8*tile))
		JLT(LabelRef(next))
		sums := make([]VecVirtual, tile)
		for j := range sums {
			if apart {
				sums[j] = zeros()
			} else {
				sums[j] = YMM()
				VMOVUPS(Mem{Base: acc, Disp: 32 * j}, sums[j])
			}
		}
		k, row := GP64(), GP64()
		XORQ(k, k)
		Label(begin + "loop")
		MOVLQSX(Mem{Base: index, Index: k, Scale: 4}, row)
		IMULQ(stride, row)
		ADDQ(t, row)
		value := broadcast(Mem{Base: values, Index: k, Scale: 4})
		for j := range sums {
			VFMADD231PS(Mem{Base: row, Disp: 32 * j}, value, sums[j])
		}
		INCQ(k)
		CMPQ(k, n)
		JLT(LabelRef(begin + "loop"))
		for j := range sums {
			if apart {
				VADDPS(Mem{Base: acc, Disp: 32 * j}, sums[j], sums[j])
			}
			VMOVUPS(sums[j], Mem{Base: acc, Disp: 32 * j})
		}
		ADDQ(U32(32*tile), acc)
		ADDQ(U32(32*tile), t)
		SUBQ(U32(8*tile), cols)
		JMP(LabelRef(begin))
		Label(next)
	}
	ret()
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

// axpy writes y += a·x.
func axpy() {
	function("axpyAsm", "adds a·x to y, n a multiple of 8.", "func(y, x *float32, a float32, n int)")
	y, x, n, at := loaded("y"), loaded("x"), loaded("n"), GP64()
	a := YMM()
	Load(Param("a"), a.AsX())
	VBROADCASTSS(a.AsX(), a)
	XORQ(at, at)
	Label("loop")
	sum := YMM()
	VMOVUPS(Mem{Base: y, Index: at, Scale: 4}, sum)
	VFMADD231PS(Mem{Base: x, Index: at, Scale: 4}, a, sum)
	VMOVUPS(sum, Mem{Base: y, Index: at, Scale: 4})
	ADDQ(Imm(8), at)
	CMPQ(at, n)
	JLT(LabelRef("loop"))
	ret()
}
