package simd

// Step is a step, or two, of n neurons, n a multiple of 8 and not 0. z receives the output, x is the input, s holds the
// variables, each stride elements after the one before. z and x of a second step lie row elements behind those of the
// first. x and z may be the same.
//
// c holds the coefficients as Wide lays them out, in the order that the models of package snn say: those of 8 neurons, and
// cstep bytes behind, which may be 0, those of the next 8.
//
// It returns not 0 if it met denormals and there are kernels for them.
type Step func(z, x, s, c *float32, n, stride, row, cstep int) int

// Neuron is the kernels of a neuron model, nil where there is none for this machine.
type Neuron struct {
	One, Pair Step // one step and two
	Tiny      Step // one step that products among the denormals do not stall; not 0 if there were any

	// Two steps whose output goes past the caches, for one that no cache holds: memory would have to be read before it is
	// overwritten. z lies at a multiple of 64 bytes, and row and n are multiples of 16. It fetches the input of the two steps
	// behind, so that a few neurons may be taken over many steps.
	Past Step

	// The same with a bit for each neuron as output, the first one lowest: z holds bytes, and those of the second step lie
	// row/8 behind.
	Bits, PairBits Step

	// The same as One, Pair and Tiny in the delayed order: the input is added to the variable that it jumps into behind the step.
	Late, LatePair, LateTiny Step
}

// Neurons by model, and with the subtractive reset.
var (
	LIF, LIFRefrac, LI, LIBox, LIFBox, IAF, LSNN, AdaLIF, Izhikevich Neuron
	LIFEx, LIFAdEx, LIFAdExRefrac, LIFMC, LIFMCRefrac, CobaLIF       Neuron
	LIFSubtract, LIFBoxSubtract, IAFSubtract, LIFExSubtract          Neuron
)

// Wide appends the coefficients of 8 neurons, each 8 times in a row, to dst.
func Wide(dst, c []float32) []float32 {
	for _, v := range c {
		dst = append(dst, v, v, v, v, v, v, v, v)
	}
	return dst
}
