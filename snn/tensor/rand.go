package tensor

import (
	"fmt"
	"math/rand/v2"
	"sync"
)

// generator makes the package's random numbers. It starts from seed 0, so a program that never calls Seed gives the
// same numbers each time.
var generator struct {
	sync.Mutex
	*rand.Rand
	source *rand.PCG
}

var _ = restart(0)

func restart(seed int64) bool {
	generator.source = rand.NewPCG(uint64(seed), 0x9e3779b97f4a7c15) // second word: the golden ratio's bits
	generator.Rand = rand.New(generator.source)
	return true
}

// Seed starts the random numbers of Rand, Randn, Bernoulli and of weight initialisation anew. The generator is PCG
// (O'Neill 2014) and starts from seed 0.
func Seed(seed int64) {
	generator.Lock()
	restart(seed)
	generator.Unlock()
}

// RandomState is where the random numbers are, for SetRandomState to go on from.
func RandomState() []byte {
	generator.Lock()
	defer generator.Unlock()
	state, err := generator.source.MarshalBinary()
	if err != nil {
		panic("tensor.RandomState: " + err.Error()) // PCG has no such case
	}
	return state
}

// SetRandomState lets the random numbers go on where RandomState was called. It is an error if the bytes are not of it.
func SetRandomState(state []byte) error {
	source := &rand.PCG{}
	if err := source.UnmarshalBinary(state); err != nil {
		return fmt.Errorf("tensor: random state: %w", err)
	}
	generator.Lock()
	defer generator.Unlock()
	generator.source, generator.Rand = source, rand.New(source)
	return nil
}

// Rand is uniform random numbers in [0, 1).
func Rand(shape ...int) *Tensor {
	return random("Rand", shape, func(x []float32) {
		for k := range x {
			x[k] = float32(generator.source.Uint64()<<8>>40) / (1 << 24) // rand.Float32, without its calls
		}
	})
}

// Randn is normally distributed random numbers with mean 0 and standard deviation 1.
func Randn(shape ...int) *Tensor {
	return random("Randn", shape, func(x []float32) {
		for k := range x {
			x[k] = float32(generator.NormFloat64())
		}
	})
}

// Bernoulli is 1 with probability p and 0 otherwise, each element by itself.
func Bernoulli(p float64, shape ...int) *Tensor {
	return random("Bernoulli", shape, func(x []float32) {
		for k := range x {
			if float64(generator.source.Uint64()<<11>>11)/(1<<53) < p { // rand.Float64, without its calls
				x[k] = 1
			}
		}
	})
}

// Perm is a random order of the numbers from 0 to n-1. It panics for a negative n, and for one whose numbers need more
// than the machine's memory.
func Perm(n int) []int {
	if n < 0 || n > unasked {
		mustHold("Perm", []int{n, 2}) // an int is as large as two elements
	}
	generator.Lock()
	defer generator.Unlock()
	return generator.Perm(n)
}

func random(method string, shape []int, draw func(x []float32)) *Tensor {
	t := zeros(method, shape)
	generator.Lock()
	defer generator.Unlock()
	draw(t.elems())
	return t
}
