//go:build !purego

package simd

import "os"

// Every arm64 processor has Advanced SIMD. Nothing is Tiny, since the processors that need that are Intel's, and nothing goes
// past the caches.
func init() {
	on = os.Getenv("LIVESPIKE_SIMD") != "off"
	if !on {
		return
	}
	name = "neon"
	LIF = Neuron{
		One: lifNEON, Pair: lifPairNEON, Late: lifLateNEON, LatePair: lifLatePairNEON,
		Bits: lifBitsNEON, PairBits: lifPairBitsNEON,
	}
	LIFRefrac = Neuron{
		One: lifRefracNEON, Pair: lifRefracPairNEON, Late: lifRefracLateNEON, LatePair: lifRefracLatePairNEON,
		Bits: lifRefracBitsNEON, PairBits: lifRefracPairBitsNEON,
	}
	LI = Neuron{One: liNEON, Pair: liPairNEON, Late: liLateNEON, LatePair: liLatePairNEON}
	LIBox = Neuron{One: liBoxNEON, Pair: liBoxPairNEON}
	LIFBox = Neuron{One: lifBoxNEON, Pair: lifBoxPairNEON}
	IAF = Neuron{One: iafNEON, Pair: iafPairNEON, Late: iafLateNEON, LatePair: iafLatePairNEON}
	LSNN = Neuron{One: lsnnNEON, Pair: lsnnPairNEON, Late: lsnnLateNEON, LatePair: lsnnLatePairNEON}
	AdaLIF = Neuron{One: adaLIFNEON, Pair: adaLIFPairNEON, Late: adaLIFLateNEON, LatePair: adaLIFLatePairNEON}
	Izhikevich = Neuron{One: izhikevichNEON, Pair: izhikevichPairNEON}
	LIFEx = Neuron{One: lifExNEON, Late: lifExLateNEON}
	LIFAdEx = Neuron{One: lifAdExNEON, Late: lifAdExLateNEON}
	LIFAdExRefrac = Neuron{One: lifAdExRefracNEON, Late: lifAdExRefracLateNEON}
	LIFMC = Neuron{One: lifMCNEON, Pair: lifMCPairNEON}
	LIFMCRefrac = Neuron{One: lifMCRefracNEON, Pair: lifMCRefracPairNEON}
	CobaLIF = Neuron{One: cobaLIFNEON, Pair: cobaLIFPairNEON}
	LIFSubtract = Neuron{
		One: lifSubtractNEON, Pair: lifSubtractPairNEON, Late: lifSubtractLateNEON, LatePair: lifSubtractLatePairNEON,
	}
	LIFBoxSubtract = Neuron{One: lifBoxSubtractNEON, Pair: lifBoxSubtractPairNEON}
	IAFSubtract = Neuron{
		One: iafSubtractNEON, Pair: iafSubtractPairNEON, Late: iafSubtractLateNEON, LatePair: iafSubtractLatePairNEON,
	}
	LIFExSubtract = Neuron{One: lifExSubtractNEON, Late: lifExSubtractLateNEON}
	LIFBack, LIFRefracBack, LIBack, LIBoxBack, LIFBoxBack = lifBackNEON, lifRefracBackNEON, liBackNEON, liBoxBackNEON, lifBoxBackNEON
	IAFBack, LSNNBack, AdaLIFBack, IzhikevichBack = iafBackNEON, lsnnBackNEON, adaLIFBackNEON, izhikevichBackNEON
	LIFExBack, LIFAdExBack, LIFAdExRefracBack = lifExBackNEON, lifAdExBackNEON, lifAdExRefracBackNEON
	LIFMCBack, LIFMCRefracBack, CobaLIFBack = lifMCBackNEON, lifMCRefracBackNEON, cobaLIFBackNEON
	exps, sigmoids, tanhs = expsNEON, sigmoidsNEON, tanhsNEON
	products[0] = [...]product{1: product1NEON, product2NEON, product3NEON, product4NEON, product5NEON, product6NEON, 12: nil}
	sumProducts[0] = [...]product{
		1: sumProduct1NEON, sumProduct2NEON, sumProduct3NEON, sumProduct4NEON, sumProduct5NEON, sumProduct6NEON,
		12: nil,
	}
	convStrips = [...][]convStrip{
		1: {{conv1x12NEON, 96}, {conv1x4NEON, 32}, {conv1x1NEON, 8}},
		2: {{conv2x6NEON, 48}, {conv2x3NEON, 24}, {conv2x1NEON, 8}},
		3: {{conv3x4NEON, 32}, {conv3x3NEON, 24}, {conv3x2NEON, 16}, {conv3x1NEON, 8}},
		4: {{conv4x2NEON, 16}, {conv4x1NEON, 8}},
	}
}
