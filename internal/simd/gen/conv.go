package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Tiles of the convolution by the number of output channels: how many vectors of 8 pixels a strip has. The sums of a
// strip stay in registers; the narrow ones are for what is left of a row.
var strips = map[int][]int{1: {12, 4, 1}, 2: {6, 3, 1}, 3: {4, 3, 2, 1}, 4: {2, 1}}

func convolution() {
	for channels := 1; channels <= 4; channels++ {
		for _, width := range strips[channels] {
			strip(channels, width)
		}
	}
	spread()
	if !neon {
		pixels()
		for channels, rows := range []int{1: 12, 12, 8, 6} {
			for m := 1; m <= rows; m++ {
				column(channels, m)
			}
		}
	}
}

// column writes the convolution of up to 16 pixels in some rows, in AVX-512. The sums of several rows, which do not wait for each
// other, stay in registers.
func column(channels, m int) {
	wide512 = true
	defer func() { wide512 = false }()
	function(fmt.Sprintf("conv%drows%d%s", channels, m, isaName()),
		fmt.Sprintf("writes those of 16 pixels that mask has, of %d rows in %d output channels, plane elements apart; see ConvRows.", m, channels),
		"func(out, x, w, bias *float32, offset *int64, taps, plane, outRow, xRow, mask int)")
	out, x, w, bias, offset, taps := loaded("out"), loaded("x"), loaded("w"), loaded("bias"), loaded("offset"), loaded("taps")
	from, bits, chosen := GP64(), loaded("mask"), K()
	KMOVW(bits.As32(), chosen)
	places := rowsOf(from, m, "xRow")
	sums := make([][]VecVirtual, channels)
	for c := range sums {
		for range m {
			sums[c] = append(sums[c], vector())
			VBROADCASTSS(Mem{Base: bias, Disp: 4 * c}, sums[c][len(sums[c])-1])
		}
	}
	LEAQ(Mem{Base: offset, Index: taps, Scale: 8}, offset)
	NEGQ(taps)
	Label("tap")
	MOVQ(Mem{Base: offset, Index: taps, Scale: 8}, from)
	ADDQ(x, from)
	places.begin()
	weights := make([]VecVirtual, channels)
	for c := range weights {
		weights[c] = vector()
		VBROADCASTSS(Mem{Base: w, Disp: 4 * c}, weights[c])
	}
	for i, at := range places.at {
		pixels := vector()
		VMOVUPS_Z(at, chosen, pixels)
		for c, weight := range weights {
			VFMADD231PS(pixels, weight, sums[c][i])
		}
	}
	ADDQ(Imm(uint64(4*channels)), w)
	INCQ(taps)
	JNZ(LabelRef("tap"))
	plane, outRow, row := loaded("plane"), loaded("outRow"), GP64()
	SHLQ(Imm(2), plane)
	SHLQ(Imm(2), outRow)
	for c := range sums {
		MOVQ(out, row)
		for i, s := range sums[c] {
			VMOVUPS(s, chosen, Mem{Base: row})
			if i < m-1 {
				ADDQ(outRow, row)
			}
		}
		ADDQ(plane, out)
	}
	ret()
}

// pixels writes the convolution of a few pixels into many channels, which are the elements of vectors.
func pixels() {
	defer func() { wide512 = false }()
	for _, wide512 = range widths() {
		most, vectors := 6, []int{2}
		if wide512 {
			most, vectors = 12, []int{1, 2}
		}
		for _, v := range vectors {
			for m := 1; m <= most; m++ {
				pixelTile(m, v)
			}
		}
	}
}

func pixelTile(m, vectors int) {
	columns := vectors * lanes()
	function(productName("pixels", m, columns),
		fmt.Sprintf("writes %d pixels, step elements apart in x and close together in out, in %d channels; see ConvPixels.", m, columns),
		"func(out, x, w, bias *float32, offset *int64, taps, step int)")
	out, x, w, bias, offset, taps := loaded("out"), loaded("x"), loaded("w"), loaded("bias"), loaded("offset"), loaded("taps")
	from := GP64()
	places := rowsOf(from, m, "step")
	sums := make([][]VecVirtual, m)
	for i := range sums {
		for j := range vectors {
			sums[i] = append(sums[i], value(Mem{Base: bias, Disp: 4 * lanes() * j}))
		}
	}
	LEAQ(Mem{Base: offset, Index: taps, Scale: 8}, offset)
	NEGQ(taps)
	Label("tap")
	MOVQ(Mem{Base: offset, Index: taps, Scale: 8}, from)
	ADDQ(x, from)
	places.begin()
	multiply(sums, places.at, w, false)
	ADDQ(U32(4*columns), w)
	INCQ(taps)
	JNZ(LabelRef("tap"))
	for i, row := range sums {
		for j, s := range row {
			VMOVUPS(s, Mem{Base: out, Disp: 4 * (i*columns + lanes()*j)})
		}
	}
	ret()
}

func strip(channels, width int) {
	function(fmt.Sprintf("conv%dx%d%s", channels, width, isaName()),
		fmt.Sprintf("writes n strips of %d pixels of some rows in %d output channels, plane elements apart; see convStrip.", 8*width, channels),
		"func(out, x, w, bias *float32, offset *int64, taps, plane, n, rows, outRow, xRow int)")
	out, x, w, offset, taps, plane := loaded("out"), loaded("x"), loaded("w"), loaded("offset"), loaded("taps"), loaded("plane")
	bias, left := loaded("bias"), GP64()
	SHLQ(Imm(2), plane)
	t, at, from, row := GP64(), GP64(), GP64(), GP64()
	sums := make([][]VecVirtual, channels)
	Label("row")
	Load(Param("n"), left)
	Label("strip")
	for c := range sums {
		sums[c] = make([]VecVirtual, width)
		for j := range sums[c] {
			sums[c][j] = YMM()
			VBROADCASTSS(Mem{Base: bias, Disp: 4 * c}, sums[c][j])
		}
	}
	XORQ(t, t)
	MOVQ(w, at)
	Label("tap")
	MOVQ(Mem{Base: offset, Index: t, Scale: 8}, from)
	ADDQ(x, from)
	if channels == 1 {
		weight := broadcast(Mem{Base: at})
		for j := range width {
			VFMADD231PS(Mem{Base: from, Disp: 32 * j}, weight, sums[0][j])
		}
	} else {
		var weights []VecVirtual
		for c := range channels {
			weights = append(weights, broadcast(Mem{Base: at, Disp: 4 * c}))
		}
		for j := range width {
			pixels := YMM()
			VMOVUPS(Mem{Base: from, Disp: 32 * j}, pixels)
			for c, weight := range weights {
				VFMADD231PS(pixels, weight, sums[c][j])
			}
		}
	}
	ADDQ(Imm(uint64(4*channels)), at)
	INCQ(t)
	CMPQ(t, taps)
	JLT(LabelRef("tap"))
	MOVQ(out, from)
	for c := range channels {
		for j := range width {
			VMOVUPS(sums[c][j], Mem{Base: from, Disp: 32 * j})
		}
		if c < channels-1 {
			ADDQ(plane, from)
		}
	}
	ADDQ(U32(32*width), out)
	ADDQ(U32(32*width), x)
	DECQ(left)
	JNZ(LabelRef("strip"))
	// to the next row
	Load(Param("n"), left)
	IMUL3Q(U32(8*width), left, left)
	Load(Param("outRow"), row)
	SUBQ(left, row)
	LEAQ(Mem{Base: out, Index: row, Scale: 4}, out)
	Load(Param("xRow"), row)
	SUBQ(left, row)
	LEAQ(Mem{Base: x, Index: row, Scale: 4}, x)
	Load(Param("rows"), row)
	DECQ(row)
	Store(row, Param("rows"))
	JNZ(LabelRef("row"))
	ret()
}

// spread writes the addition of a whole kernel around one input.
func spread() {
	function("spreadAsm", "adds v·k to a block of out: height rows of 8·width elements, stride apart in out and close together in k.",
		"func(out, k *float32, v float32, height, width, stride int)")
	out, k, height, width, stride := loaded("out"), loaded("k"), loaded("height"), loaded("width"), loaded("stride")
	v := YMM()
	Load(Param("v"), v.AsX())
	VBROADCASTSS(v.AsX(), v)
	SHLQ(Imm(2), stride)
	SHLQ(Imm(5), width)
	j := GP64()
	Label("row")
	XORQ(j, j)
	Label("vector")
	sum := YMM()
	VMOVUPS(Mem{Base: out, Index: j, Scale: 1}, sum)
	VFMADD231PS(Mem{Base: k, Index: j, Scale: 1}, v, sum)
	VMOVUPS(sum, Mem{Base: out, Index: j, Scale: 1})
	ADDQ(Imm(32), j)
	CMPQ(j, width)
	JLT(LabelRef("vector"))
	ADDQ(width, k)
	ADDQ(stride, out)
	DECQ(height)
	JNZ(LabelRef("row"))
	ret()
}
