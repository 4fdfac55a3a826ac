//go:build !purego

package simd

import (
	"os"

	"golang.org/x/sys/cpu"
)

func init() {
	on = cpu.X86.HasAVX2 && cpu.X86.HasFMA && cpu.X86.HasPOPCNT && os.Getenv("LIVESPIKE_SIMD") != "off"
	if !on {
		return
	}
	LIF, LIFRefrac, LI, LIBox, LIFBox, IAF = lifAVX2, lifRefracAVX2, liAVX2, liBoxAVX2, lifBoxAVX2, iafAVX2
	LIFBack = lifBackAVX2
	products = [...]product{1: product1AVX2, product2AVX2, product3AVX2, product4AVX2, product5AVX2, product6AVX2}
	sumProducts = [...]product{
		1: sumProduct1AVX2, sumProduct2AVX2, sumProduct3AVX2, sumProduct4AVX2, sumProduct5AVX2, sumProduct6AVX2,
	}
	convStrips = [...][]convStrip{
		1: {{conv1x8AVX2, 64, 64}, {conv1x4AVX2, 32, 64}, {conv1x1AVX2, 8, 64}},
		2: {{conv2x4AVX2, 32, 64}, {conv2x2AVX2, 16, 64}, {conv2x1AVX2, 8, 64}},
		3: {{conv3x3AVX2, 24, 64}, {conv3x1AVX2, 8, 64}},
		4: {{conv4x2AVX2, 16, 64}, {conv4x1AVX2, 8, 64}},
	}
}
