package snn

import "math"

// above is the spike: 1 if u > th, else 0, also for NaN. It equals the heaviside of u − th, since gradual underflow
// keeps the difference of unequal numbers from being zero. It is written with an integer so that it compiles without a
// branch, which random spikes would mispredict.
func above(u, th float32) float32 {
	var bits uint32
	if u > th {
		bits = 0x3f800000
	}
	return math.Float32frombits(bits)
}
