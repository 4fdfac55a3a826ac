// Package simd holds the inner loops of neurons, linear layers and convolutions in assembly, and their twins in Go.
//
// A kernel does the operations of its twin in the same order, so both give the same bits; only the payload of a NaN is not
// defined. In neurons every operation is rounded by itself, but for those of the exponential. In linear layers,
// convolutions and matrix products every product is fused with its addition, which the twin does by FMA. The kernels are
// AVX2, for amd64, most of them AVX-512 too, and are used where the processor and the system have it; on arm64 they are
// NEON, which all have. The environment variable LIVESPIKE_SIMD chooses: avx2 leaves AVX-512 out, off and the build tag
// purego choose Go everywhere.
//
// The assembly is written by the program in gen, a module of its own. What is new in AVX2 there is so in NEON, too, but for
// what HasChannels says: those kernels are translated. They have run under emulation only, where .ci/arm compares them;
// nothing is known of their speed.
package simd

//go:generate go run -C gen . -out ../kernels_amd64.s -stubs ../kernels_amd64.go -pkg simd
//go:generate go run -C gen . -neon -out ../kernels_arm64.s -stubs ../kernels_arm64.go -pkg simd

// Back is the backward step of n neurons, n a multiple of 8 and not 0: dz, and ds after the step, are the gradients
// that arrive, dx, and ds before the step, those that leave.
type Back func(dx, dz, x, s, ds, c *float32, n, stride int)

// Those of models with the SuperSpike surrogate, whose slope follows the model's coefficients in c. They are nil where
// there are none for this machine.
var (
	LIFBack, LIFRefracBack, LIBack, LIBoxBack, LIFBoxBack, IAFBack, LSNNBack, AdaLIFBack, IzhikevichBack Back
	LIFExBack, LIFAdExBack, LIFAdExRefracBack, LIFMCBack, LIFMCRefracBack, CobaLIFBack                   Back
)

// on says that the assembly is used.
var on bool

// On reports whether the assembly is used.
func On() bool { return on }

// stalls says that a product among the denormals takes the processor more than a hundred cycles.
var stalls bool

// Stalls reports whether denormals slow the kernels down that do not mind them, as they do on processors of Intel's.
func Stalls() bool { return stalls }

// name is what is used.
var name = "go"

// Name is what is used: "avx512", which is AVX2 with most kernels in AVX-512, "avx2", "neon" or "go".
func Name() string { return name }
