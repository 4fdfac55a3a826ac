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
	LIF = Neuron{One: lifAVX2, Pair: lifPairAVX2, Tiny: lifTinyAVX2, Late: lifLateAVX2, LatePair: lifLatePairAVX2, LateTiny: lifLateTinyAVX2}
	LIFRefrac = Neuron{One: lifRefracAVX2, Pair: lifRefracPairAVX2, Tiny: lifRefracTinyAVX2, Late: lifRefracLateAVX2, LatePair: lifRefracLatePairAVX2, LateTiny: lifRefracLateTinyAVX2}
	LI = Neuron{One: liAVX2, Pair: liPairAVX2, Tiny: liTinyAVX2, Late: liLateAVX2, LatePair: liLatePairAVX2, LateTiny: liLateTinyAVX2}
	LIBox = Neuron{One: liBoxAVX2, Pair: liBoxPairAVX2, Tiny: liBoxTinyAVX2}
	LIFBox = Neuron{One: lifBoxAVX2, Pair: lifBoxPairAVX2, Tiny: lifBoxTinyAVX2}
	IAF = Neuron{One: iafAVX2, Pair: iafPairAVX2, Late: iafLateAVX2, LatePair: iafLatePairAVX2}
	LSNN = Neuron{One: lsnnAVX2, Pair: lsnnPairAVX2, Late: lsnnLateAVX2, LatePair: lsnnLatePairAVX2}
	AdaLIF = Neuron{One: adaLIFAVX2, Pair: adaLIFPairAVX2, Late: adaLIFLateAVX2, LatePair: adaLIFLatePairAVX2}
	Izhikevich = Neuron{One: izhikevichAVX2, Pair: izhikevichPairAVX2}
	LIFEx = Neuron{One: lifExAVX2, Pair: lifExPairAVX2, Late: lifExLateAVX2, LatePair: lifExLatePairAVX2}
	LIFAdEx = Neuron{One: lifAdExAVX2, Pair: lifAdExPairAVX2, Late: lifAdExLateAVX2, LatePair: lifAdExLatePairAVX2}
	LIFAdExRefrac = Neuron{One: lifAdExRefracAVX2, Pair: lifAdExRefracPairAVX2, Late: lifAdExRefracLateAVX2, LatePair: lifAdExRefracLatePairAVX2}
	LIFMC = Neuron{One: lifMCAVX2, Pair: lifMCPairAVX2}
	LIFMCRefrac = Neuron{One: lifMCRefracAVX2, Pair: lifMCRefracPairAVX2}
	CobaLIF = Neuron{One: cobaLIFAVX2, Pair: cobaLIFPairAVX2}
	LIFSubtract = Neuron{One: lifSubtractAVX2, Pair: lifSubtractPairAVX2, Late: lifSubtractLateAVX2, LatePair: lifSubtractLatePairAVX2}
	LIFBoxSubtract = Neuron{One: lifBoxSubtractAVX2, Pair: lifBoxSubtractPairAVX2}
	IAFSubtract = Neuron{One: iafSubtractAVX2, Pair: iafSubtractPairAVX2, Late: iafSubtractLateAVX2, LatePair: iafSubtractLatePairAVX2}
	LIFExSubtract = Neuron{One: lifExSubtractAVX2, Pair: lifExSubtractPairAVX2, Late: lifExSubtractLateAVX2, LatePair: lifExSubtractLatePairAVX2}
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
