package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// rows writes the sums of chosen rows of a matrix.
func rows() {
	chosen("rowsAVX2", "adds values[k]·(row index[k] of t) to the cols elements of acc, k after k. cols is a multiple of 8.", false)
	chosen("sumRowsAVX2", "adds to acc the sum, made apart, of values[k]·(row index[k] of t). cols is a multiple of 8.", true)
	axpy()
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
			VADDPS(mul(value, Mem{Base: row, Disp: 32 * j}), sums[j], sums[j])
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

// axpy writes y += a·x.
func axpy() {
	function("axpyAVX2", "adds a·x to y, n a multiple of 8.", "func(y, x *float32, a float32, n int)")
	y, x, n, at := loaded("y"), loaded("x"), loaded("n"), GP64()
	a := YMM()
	Load(Param("a"), a.AsX())
	VBROADCASTSS(a.AsX(), a)
	XORQ(at, at)
	Label("loop")
	p := mul(a, Mem{Base: x, Index: at, Scale: 4})
	VADDPS(Mem{Base: y, Index: at, Scale: 4}, p, p)
	VMOVUPS(p, Mem{Base: y, Index: at, Scale: 4})
	ADDQ(Imm(8), at)
	CMPQ(at, n)
	JLT(LabelRef("loop"))
	ret()
}
