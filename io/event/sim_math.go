package event

import (
	"math"
	"math/bits"
)

// The functions here give the same bits on every machine, which those of package math do not promise: processors that
// multiply and add in one instruction round once where others round twice. A product with a power of two is exact and
// needs no care.

// random is splitmix64.
//
// Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
type random struct{ state uint64 }

func newRandom(seed uint64) *random { return &random{seed} }

func (r *random) next() uint64 {
	r.state += 0x9e3779b97f4a7c15
	z := r.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// float is in [0, 1).
func (r *random) float() float64 { return float64(r.next()>>11) / (1 << 53) }

// below is in [0, n).
func (r *random) below(n int) int {
	high, _ := bits.Mul64(r.next(), uint64(n))
	return int(high)
}

// bell has mean 0 and standard deviation 1, and never leaves ±3: the sum of three even numbers in ±1. With it comes an
// even number in [0, 1); each of the four has 16 bits.
func (r *random) bell() (bell, even float64) {
	bits := r.next()
	sum := bits&0xffff + bits>>16&0xffff + bits>>32&0xffff
	return (2*float64(sum)+3)/(1<<16) - 3, float64(bits>>48) / (1 << 16)
}

// exponential has mean 1. It takes comparisons only.
//
// Source: von Neumann, "Various techniques used in connection with random digits", 1951.
func (r *random) exponential() float64 {
	for whole := 0.0; ; whole++ {
		first := r.float()
		last, odd := first, true
		for {
			u := r.float()
			if u >= last {
				break
			}
			last, odd = u, !odd
		}
		if odd {
			return whole + first
		}
	}
}

// turn is sine and cosine of an angle in turns: Taylor's series within an eighth of a turn, to 2^-53.
func turn(t float64) (sin, cos float64) {
	t -= math.Floor(t)
	quarter := math.RoundToEven(4 * t)
	x := float64(2*math.Pi) * (t - quarter/4)
	x2 := float64(x * x)
	sin, cos = 1, 1
	for n := 16.0; n > 0; n -= 2 {
		cos = 1 - float64(x2*cos)/(n*(n-1))
		sin = 1 - float64(x2*sin)/(n*(n+1))
	}
	sin = float64(x * sin)
	switch quarter {
	case 1:
		return cos, -sin
	case 2:
		return -sin, -cos
	case 3:
		return -cos, sin
	}
	return sin, cos
}

// logarithm is the natural one of a positive number: twice the series of the inverse hyperbolic tangent.
func logarithm(x float64) float64 {
	fraction, exponent := math.Frexp(x)
	z := (fraction - 1) / (fraction + 1) // in -1/3 to 0
	z2 := float64(z * z)
	sum := 0.0
	for n := 37.0; n > 0; n -= 2 {
		sum = 1/n + float64(z2*sum)
	}
	return float64(2*float64(z*sum)) + float64(float64(exponent)*math.Ln2)
}
