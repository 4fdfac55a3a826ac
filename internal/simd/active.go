package simd

import "math"

// nonzero is 1 for a number that is not ±0, else 0, without a branch.
func nonzero(v float32) int {
	b := math.Float32bits(v) << 1
	return int((b | -b) >> 31)
}

// Count is the number of elements that are not ±0.
func Count(x []float32) int {
	if n := len(x) &^ 7; on && n > 0 {
		return countAsm(&x[0], n) + countGo(x[n:])
	}
	return countGo(x)
}

func countGo(x []float32) int {
	a, b := 0, 0
	for len(x) >= 4 {
		a += nonzero(x[0]) + nonzero(x[1])
		b += nonzero(x[2]) + nonzero(x[3])
		x = x[4:]
	}
	for _, v := range x {
		a += nonzero(v)
	}
	return a + b
}

// Active lists the elements of x that are not ±0: first plus their position in index, the elements in values. It
// returns how many there are. Both must be as long as x, and what is in them behind the list is not defined.
func Active(index []int32, values, x []float32, first int) int {
	index, values = index[:len(x)], values[:len(x)]
	if n := len(x) &^ 7; on && n > 0 {
		found := activeAsm(&index[0], &values[0], &x[0], n, first)
		return found + activeGo(index[found:], values[found:], x[n:], first+n)
	}
	return activeGo(index, values, x, first)
}

func activeGo(index []int32, values, x []float32, first int) int {
	n := 0
	for k, v := range x { // n is at most k here
		index[n], values[n] = int32(first+k), v
		n += nonzero(v)
	}
	return n
}
