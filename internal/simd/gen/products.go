package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// products writes the micro-kernels of the matrix product: 1 to 6 rows by 16 columns, and in AVX-512 1 to 12 rows by 16 and by
// 32, whose sums fill 24 of the 32 registers.
func products() {
	defer func() { wide512 = false }()
	for _, wide512 = range widths() {
		rows, vectors := 6, []int{2}
		if wide512 {
			rows, vectors = 12, []int{1, 2}
		}
		for _, v := range vectors {
			for _, kind := range []string{"product", "sumProduct", "productEach"} {
				for m := 1; m <= rows && !(neon && kind == "productEach"); m++ {
					product(kind, m, v)
				}
			}
		}
	}
}

// peak writes what a processor can do at most: fused operations that wait for nothing.
func peak() {
	defer func() { wide512 = false }()
	for _, wide512 = range widths() {
		name := "peakFMA"
		if wide512 {
			name += isaName()
		}
		function(name, fmt.Sprintf("does n times 12 fused multiplications and additions of %d floats.", lanes()), "func(n int)")
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
}

// vendor writes the question who made the processor.
func vendor() {
	function("vendor", "is the first four letters of the name of the processor's maker.", "func() uint32")
	XORL(EAX, EAX)
	CPUID()
	Store(EBX, ReturnIndex(0))
	RET()
}

// productName is that of a kernel for m rows by so many columns.
func productName(name string, m, columns int) string {
	if wide512 {
		return fmt.Sprintf("%s%dx%d%s", name, m, columns, isaName())
	}
	return fmt.Sprintf("%s%d%s", name, m, isaName())
}

func product(kind string, m, vectors int) {
	columns, apart, each := vectors*lanes(), kind != "product", kind == "productEach"
	how := "continuing its sums"
	if apart {
		how = "the sums made apart and added at last"
	}
	what := fmt.Sprintf("adds a (%d, k) times b (k, %d) to c, %s. The elements of a lie rs apart in a column and\n"+
		"ks in a row, the rows of b ldb apart, those of c ldc.", m, columns, how)
	if each {
		what = fmt.Sprintf("adds to each of %d columns of c (%d, columns) the product of its own a and b; see ProductEach.", columns, m)
	}
	function(productName(kind, m, columns), what, "func(c, a, b *float32, k, rs, ks, ldb, ldc int)")
	c, a, b, k, ks, ldb, ldc := loaded("c"), loaded("a"), loaded("b"), loaded("k"), loaded("ks"), loaded("ldb"), loaded("ldc")
	SHLQ(Imm(2), ks)
	SHLQ(Imm(2), ldb)
	SHLQ(Imm(2), ldc)
	left := rowsOf(a, m, "rs")
	left.begin()
	sums := make([][]VecVirtual, m)
	at := GP64()
	MOVQ(c, at)
	for i := range sums {
		for j := range vectors {
			if apart {
				sums[i] = append(sums[i], zeros())
			} else {
				sums[i] = append(sums[i], value(Mem{Base: at, Disp: 4 * lanes() * j}))
			}
		}
		if i < m-1 && !apart {
			ADDQ(ldc, at)
		}
	}
	Label("loop")
	multiply(sums, left.at, b, each)
	left.advance(ks)
	ADDQ(ldb, b)
	DECQ(k)
	JNZ(LabelRef("loop"))
	MOVQ(c, at)
	for i := range sums {
		for j, s := range sums[i] {
			if apart {
				VADDPS(Mem{Base: at, Disp: 4 * lanes() * j}, s, s)
			}
			VMOVUPS(s, Mem{Base: at, Disp: 4 * lanes() * j})
		}
		if i < m-1 {
			ADDQ(ldc, at)
		}
	}
	ret()
}

// multiply adds, to a tile of sums, the products of the elements at a, one for each row, and the vectors at b. If each is set
// those at a are vectors, too.
func multiply(sums [][]VecVirtual, a []Mem, b Register, each bool) {
	var vectors []VecVirtual
	for j := range sums[0] {
		vectors = append(vectors, value(Mem{Base: b, Disp: 4 * lanes() * j}))
	}
	for i, row := range sums {
		if wide512 && len(row) == 1 && !each {
			VFMADD231PS_BCST(a[i], vectors[0], row[0])
			continue
		}
		if each {
			for j, s := range row {
				VFMADD231PS(a[i].Offset(4*lanes()*j), vectors[j], s)
			}
			continue
		}
		x := vector()
		VBROADCASTSS(a[i], x)
		for j, s := range row {
			VFMADD231PS(vectors[j], x, s)
		}
	}
}

// leftRows are the places of an element in some rows: six of them are found from one register.
type leftRows struct {
	at          []Mem
	first, rest Register // of row 0 and of row 6, which is nil without one
	rs3         Register
}

// rowsOf finds rows that lie as many elements apart as a parameter says.
func rowsOf(first Register, m int, apart string) leftRows {
	l := leftRows{first: first}
	if m == 1 {
		l.at = []Mem{{Base: first}}
		return l
	}
	rs, rs3, rs5 := loaded(apart), GP64(), GP64()
	SHLQ(Imm(2), rs)
	if m > 3 {
		LEAQ(Mem{Base: rs, Index: rs, Scale: 2}, rs3)
	}
	if m > 5 {
		LEAQ(Mem{Base: rs, Index: rs, Scale: 4}, rs5)
	}
	bases := []Register{first}
	if m > 6 {
		l.rs3, l.rest = rs3, GP64()
		bases = append(bases, l.rest)
	}
	for _, base := range bases {
		l.at = append(l.at, Mem{Base: base}, Mem{Base: base, Index: rs, Scale: 1}, Mem{Base: base, Index: rs, Scale: 2},
			Mem{Base: base, Index: rs3, Scale: 1}, Mem{Base: base, Index: rs, Scale: 4}, Mem{Base: base, Index: rs5, Scale: 1})
	}
	l.at = l.at[:m]
	return l
}

// begin finds row 6 from row 0.
func (l leftRows) begin() {
	if l.rest != nil {
		LEAQ(Mem{Base: l.first, Index: l.rs3, Scale: 2}, l.rest)
	}
}

// advance goes on by so many bytes.
func (l leftRows) advance(bytes Register) {
	ADDQ(bytes, l.first)
	if l.rest != nil {
		ADDQ(bytes, l.rest)
	}
}
