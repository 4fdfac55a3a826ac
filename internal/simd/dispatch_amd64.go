//go:build !purego

package simd

import (
	"os"
	"unsafe"

	"golang.org/x/sys/cpu"
)

func init() {
	on = cpu.X86.HasAVX2 && cpu.X86.HasFMA && cpu.X86.HasPOPCNT && os.Getenv("LIVESPIKE_SIMD") != "off"
	if !on {
		return
	}
	name = "avx2"
	stalls = vendor() == 0x756e6547 // Genu, of GenuineIntel
	wide := cpu.X86.HasAVX512F && cpu.X86.HasBMI2 && os.Getenv("LIVESPIKE_SIMD") != "avx2"
	if wide {
		name = "avx512"
	}
	neurons(wide)
	exps, sigmoids, tanhs = expsAVX2, sigmoidsAVX2, tanhsAVX2
	if wide {
		exps, sigmoids, tanhs = widest(expsAVX512, exps), widest(sigmoidsAVX512, sigmoids), widest(tanhsAVX512, tanhs)
	}
	LIFBack, LIFRefracBack, LIBack, LIBoxBack, LIFBoxBack = lifBackAVX2, lifRefracBackAVX2, liBackAVX2, liBoxBackAVX2, lifBoxBackAVX2
	IAFBack, LSNNBack, AdaLIFBack, IzhikevichBack = iafBackAVX2, lsnnBackAVX2, adaLIFBackAVX2, izhikevichBackAVX2
	LIFExBack, LIFAdExBack, LIFAdExRefracBack = lifExBackAVX2, lifAdExBackAVX2, lifAdExRefracBackAVX2
	LIFMCBack, LIFMCRefracBack, CobaLIFBack = lifMCBackAVX2, lifMCRefracBackAVX2, cobaLIFBackAVX2
	products[0] = [...]product{1: product1AVX2, product2AVX2, product3AVX2, product4AVX2, product5AVX2, product6AVX2, 12: nil}
	sumProducts[0] = [...]product{
		1: sumProduct1AVX2, sumProduct2AVX2, sumProduct3AVX2, sumProduct4AVX2, sumProduct5AVX2, sumProduct6AVX2,
		12: nil,
	}
	productsEach[0] = [...]product{
		1: productEach1AVX2, productEach2AVX2, productEach3AVX2, productEach4AVX2, productEach5AVX2, productEach6AVX2,
		12: nil,
	}
	pixelTiles[0] = [...]pixelTile{1: pixels1AVX2, pixels2AVX2, pixels3AVX2, pixels4AVX2, pixels5AVX2, pixels6AVX2, 12: nil}
	if wide {
		wideProducts()
	}
	convStrips = [...][]convStrip{
		1: {{conv1x12AVX2, 96}, {conv1x4AVX2, 32}, {conv1x1AVX2, 8}},
		2: {{conv2x6AVX2, 48}, {conv2x3AVX2, 24}, {conv2x1AVX2, 8}},
		3: {{conv3x4AVX2, 32}, {conv3x3AVX2, 24}, {conv3x2AVX2, 16}, {conv3x1AVX2, 8}},
		4: {{conv4x2AVX2, 16}, {conv4x1AVX2, 8}},
	}
}

// wideProducts chooses the kernels of AVX-512 for matrix products, sparse ones too, and for convolutions.
func wideProducts() {
	productRows, peakWide, transposeWide = 12, peakFMAAVX512, transposeAVX512
	rowsLeave = 0
	products[0] = [...]product{
		1: product1x16AVX512, product2x16AVX512, product3x16AVX512, product4x16AVX512, product5x16AVX512, product6x16AVX512,
		product7x16AVX512, product8x16AVX512, product9x16AVX512, product10x16AVX512, product11x16AVX512, product12x16AVX512,
	}
	sumProducts[0] = [...]product{
		1: sumProduct1x16AVX512, sumProduct2x16AVX512, sumProduct3x16AVX512, sumProduct4x16AVX512, sumProduct5x16AVX512, sumProduct6x16AVX512,
		sumProduct7x16AVX512, sumProduct8x16AVX512, sumProduct9x16AVX512, sumProduct10x16AVX512, sumProduct11x16AVX512, sumProduct12x16AVX512,
	}
	products[1] = [...]product{
		1: product1x32AVX512, product2x32AVX512, product3x32AVX512, product4x32AVX512, product5x32AVX512, product6x32AVX512,
		product7x32AVX512, product8x32AVX512, product9x32AVX512, product10x32AVX512, product11x32AVX512, product12x32AVX512,
	}
	sumProducts[1] = [...]product{
		1: sumProduct1x32AVX512, sumProduct2x32AVX512, sumProduct3x32AVX512, sumProduct4x32AVX512, sumProduct5x32AVX512, sumProduct6x32AVX512,
		sumProduct7x32AVX512, sumProduct8x32AVX512, sumProduct9x32AVX512, sumProduct10x32AVX512, sumProduct11x32AVX512, sumProduct12x32AVX512,
	}
	productsEach[0] = [...]product{
		1: productEach1x16AVX512, productEach2x16AVX512, productEach3x16AVX512, productEach4x16AVX512, productEach5x16AVX512, productEach6x16AVX512,
		productEach7x16AVX512, productEach8x16AVX512, productEach9x16AVX512, productEach10x16AVX512, productEach11x16AVX512, productEach12x16AVX512,
	}
	productsEach[1] = [...]product{
		1: productEach1x32AVX512, productEach2x32AVX512, productEach3x32AVX512, productEach4x32AVX512, productEach5x32AVX512, productEach6x32AVX512,
		productEach7x32AVX512, productEach8x32AVX512, productEach9x32AVX512, productEach10x32AVX512, productEach11x32AVX512, productEach12x32AVX512,
	}
	pixelTiles[0] = [...]pixelTile{
		1: pixels1x16AVX512, pixels2x16AVX512, pixels3x16AVX512, pixels4x16AVX512, pixels5x16AVX512, pixels6x16AVX512,
		pixels7x16AVX512, pixels8x16AVX512, pixels9x16AVX512, pixels10x16AVX512, pixels11x16AVX512, pixels12x16AVX512,
	}
	pixelTiles[1] = [...]pixelTile{
		1: pixels1x32AVX512, pixels2x32AVX512, pixels3x32AVX512, pixels4x32AVX512, pixels5x32AVX512, pixels6x32AVX512,
		pixels7x32AVX512, pixels8x32AVX512, pixels9x32AVX512, pixels10x32AVX512, pixels11x32AVX512, pixels12x32AVX512,
	}
	convColumns = [...][]convColumn{
		1: {
			1: conv1rows1AVX512, conv1rows2AVX512, conv1rows3AVX512, conv1rows4AVX512, conv1rows5AVX512, conv1rows6AVX512,
			conv1rows7AVX512, conv1rows8AVX512, conv1rows9AVX512, conv1rows10AVX512, conv1rows11AVX512, conv1rows12AVX512,
		},
		2: {
			1: conv2rows1AVX512, conv2rows2AVX512, conv2rows3AVX512, conv2rows4AVX512, conv2rows5AVX512, conv2rows6AVX512,
			conv2rows7AVX512, conv2rows8AVX512, conv2rows9AVX512, conv2rows10AVX512, conv2rows11AVX512, conv2rows12AVX512,
		},
		3: {
			1: conv3rows1AVX512, conv3rows2AVX512, conv3rows3AVX512, conv3rows4AVX512, conv3rows5AVX512, conv3rows6AVX512,
			conv3rows7AVX512, conv3rows8AVX512,
		},
		4: {
			1: conv4rows1AVX512, conv4rows2AVX512, conv4rows3AVX512, conv4rows4AVX512, conv4rows5AVX512, conv4rows6AVX512,
		},
	}
}

// neurons chooses the kernels of the models, those of AVX-512 where the processor has them.
func neurons(wide bool) {
	for _, k := range []struct {
		to         *Step
		avx2, wide Step
	}{
		{&LIF.One, lifAVX2, lifAVX512},
		{&LIF.Pair, lifPairAVX2, lifPairAVX512},
		{&LIF.Past, lifPastAVX2, lifPastAVX512},
		{&LIF.Late, lifLateAVX2, lifLateAVX512},
		{&LIF.LatePair, lifLatePairAVX2, lifLatePairAVX512},
		{&LIF.Bits, lifBitsAVX2, lifBitsAVX512},
		{&LIF.PairBits, lifPairBitsAVX2, lifPairBitsAVX512},
		{&LIF.Tiny, lifTinyAVX2, nil},
		{&LIF.LateTiny, lifLateTinyAVX2, nil},
		{&LIFRefrac.One, lifRefracAVX2, lifRefracAVX512},
		{&LIFRefrac.Pair, lifRefracPairAVX2, lifRefracPairAVX512},
		{&LIFRefrac.Past, lifRefracPastAVX2, lifRefracPastAVX512},
		{&LIFRefrac.Late, lifRefracLateAVX2, lifRefracLateAVX512},
		{&LIFRefrac.LatePair, lifRefracLatePairAVX2, lifRefracLatePairAVX512},
		{&LIFRefrac.Bits, lifRefracBitsAVX2, lifRefracBitsAVX512},
		{&LIFRefrac.PairBits, lifRefracPairBitsAVX2, lifRefracPairBitsAVX512},
		{&LIFRefrac.Tiny, lifRefracTinyAVX2, nil},
		{&LIFRefrac.LateTiny, lifRefracLateTinyAVX2, nil},
		{&LI.One, liAVX2, liAVX512},
		{&LI.Pair, liPairAVX2, liPairAVX512},
		{&LI.Past, liPastAVX2, liPastAVX512},
		{&LI.Late, liLateAVX2, liLateAVX512},
		{&LI.LatePair, liLatePairAVX2, liLatePairAVX512},
		{&LI.Tiny, liTinyAVX2, nil},
		{&LI.LateTiny, liLateTinyAVX2, nil},
		{&LIBox.One, liBoxAVX2, liBoxAVX512},
		{&LIBox.Pair, liBoxPairAVX2, liBoxPairAVX512},
		{&LIBox.Tiny, liBoxTinyAVX2, nil},
		{&LIFBox.One, lifBoxAVX2, lifBoxAVX512},
		{&LIFBox.Pair, lifBoxPairAVX2, lifBoxPairAVX512},
		{&LIFBox.Tiny, lifBoxTinyAVX2, nil},
		{&IAF.One, iafAVX2, iafAVX512},
		{&IAF.Pair, iafPairAVX2, iafPairAVX512},
		{&IAF.Late, iafLateAVX2, iafLateAVX512},
		{&IAF.LatePair, iafLatePairAVX2, iafLatePairAVX512},
		{&LSNN.One, lsnnAVX2, lsnnAVX512},
		{&LSNN.Pair, lsnnPairAVX2, lsnnPairAVX512},
		{&LSNN.Late, lsnnLateAVX2, lsnnLateAVX512},
		{&LSNN.LatePair, lsnnLatePairAVX2, lsnnLatePairAVX512},
		{&AdaLIF.One, adaLIFAVX2, adaLIFAVX512},
		{&AdaLIF.Pair, adaLIFPairAVX2, adaLIFPairAVX512},
		{&AdaLIF.Late, adaLIFLateAVX2, adaLIFLateAVX512},
		{&AdaLIF.LatePair, adaLIFLatePairAVX2, adaLIFLatePairAVX512},
		{&Izhikevich.One, izhikevichAVX2, izhikevichAVX512},
		{&Izhikevich.Pair, izhikevichPairAVX2, izhikevichPairAVX512},
		{&LIFEx.One, lifExAVX2, lifExAVX512},
		{&LIFEx.Late, lifExLateAVX2, lifExLateAVX512},
		{&LIFAdEx.One, lifAdExAVX2, lifAdExAVX512},
		{&LIFAdEx.Late, lifAdExLateAVX2, lifAdExLateAVX512},
		{&LIFAdExRefrac.One, lifAdExRefracAVX2, lifAdExRefracAVX512},
		{&LIFAdExRefrac.Late, lifAdExRefracLateAVX2, lifAdExRefracLateAVX512},
		{&LIFMC.One, lifMCAVX2, lifMCAVX512},
		{&LIFMC.Pair, lifMCPairAVX2, lifMCPairAVX512},
		{&LIFMCRefrac.One, lifMCRefracAVX2, lifMCRefracAVX512},
		{&LIFMCRefrac.Pair, lifMCRefracPairAVX2, lifMCRefracPairAVX512},
		{&CobaLIF.One, cobaLIFAVX2, cobaLIFAVX512},
		{&CobaLIF.Pair, cobaLIFPairAVX2, cobaLIFPairAVX512},
		{&LIFSubtract.One, lifSubtractAVX2, lifSubtractAVX512},
		{&LIFSubtract.Pair, lifSubtractPairAVX2, lifSubtractPairAVX512},
		{&LIFSubtract.Late, lifSubtractLateAVX2, lifSubtractLateAVX512},
		{&LIFSubtract.LatePair, lifSubtractLatePairAVX2, lifSubtractLatePairAVX512},
		{&LIFBoxSubtract.One, lifBoxSubtractAVX2, lifBoxSubtractAVX512},
		{&LIFBoxSubtract.Pair, lifBoxSubtractPairAVX2, lifBoxSubtractPairAVX512},
		{&IAFSubtract.One, iafSubtractAVX2, iafSubtractAVX512},
		{&IAFSubtract.Pair, iafSubtractPairAVX2, iafSubtractPairAVX512},
		{&IAFSubtract.Late, iafSubtractLateAVX2, iafSubtractLateAVX512},
		{&IAFSubtract.LatePair, iafSubtractLatePairAVX2, iafSubtractLatePairAVX512},
		{&LIFExSubtract.One, lifExSubtractAVX2, lifExSubtractAVX512},
		{&LIFExSubtract.Late, lifExSubtractLateAVX2, lifExSubtractLateAVX512},
	} {
		*k.to = k.avx2
		if wide && k.wide != nil {
			*k.to = both(k.wide, k.avx2, k.to == &LIF.Bits || k.to == &LIF.PairBits || k.to == &LIFRefrac.Bits || k.to == &LIFRefrac.PairBits)
		}
	}
}

// rowsAsm and sumRowsAsm are no variables, whose arguments would all be on the heap.
func rowsAsm(acc, t, values *float32, index *int32, n, stride, cols int) {
	if rowsLeave == 0 {
		rowsAVX512(acc, t, values, index, n, stride, cols)
		return
	}
	rowsAVX2(acc, t, values, index, n, stride, cols)
}

func sumRowsAsm(acc, t, values *float32, index *int32, n, stride, cols int) {
	if rowsLeave == 0 {
		sumRowsAVX512(acc, t, values, index, n, stride, cols)
		return
	}
	sumRowsAVX2(acc, t, values, index, n, stride, cols)
}

// both is the first kernel for 16 neurons and more whose coefficients are alike, and the second for the others. bits says
// that the output is bits, of which the first kernel writes only 16.
func both(wide, narrow Step, bits bool) Step {
	return func(z, x, s, c *float32, n, stride, row, cstep int) int {
		switch most := n &^ 15; {
		case n < 16 || cstep != 0:
			return narrow(z, x, s, c, n, stride, row, cstep)
		case most < n && bits:
			met := wide(z, x, s, c, most, stride, row, 0)
			return met | narrow((*float32)(unsafe.Add(unsafe.Pointer(z), most/8)), behind(x, most), behind(s, most), c, 8, stride, row, 0)
		}
		return wide(z, x, s, c, n, stride, row, 0)
	}
}

// widest is the first function for every 16 elements and the second for 8 that are left.
func widest(wide, narrow elementwise) elementwise {
	return func(dst, x *float32, n int) {
		most := n &^ 15
		if most > 0 {
			wide(dst, x, most)
		}
		if most < n {
			narrow(behind(dst, most), behind(x, most), n-most)
		}
	}
}

func behind(p *float32, n int) *float32 { return (*float32)(unsafe.Add(unsafe.Pointer(p), 4*n)) }
