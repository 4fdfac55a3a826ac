package snn

import (
	"math"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

// TestSoftmax compares with the definition in float64, on each axis, counted from either end, alone and in a container.
func TestSoftmax(t *testing.T) {
	tensor.Seed(29)
	x := tensor.Randn(3, 4).Mul(5)
	for axis := -2; axis < 2; axis++ {
		p, _ := Softmax(axis).Forward(x, nil)
		l, _ := LogSoftmax(axis).Forward(x, nil)
		chained := tensor.Zeros(3, 4)
		Sequential(Relu(), Softmax(axis)).ForwardInto(chained, x.Relu(), nil)
		q, _ := Softmax(axis).Forward(x.Relu(), nil)
		sameBits(t, "in a container", chained, q)
		for r := range 3 {
			for c := range 4 {
				sum := 0.0
				line := x.Index(r) // what is summed over
				if (axis+2)%2 == 0 {
					line = x.T().Index(c)
				}
				for _, v := range line.Data() {
					sum += math.Exp(float64(v))
				}
				want := math.Exp(float64(x.At2(r, c))) / sum
				if got := float64(p.At2(r, c)); math.Abs(got-want) > 1e-6 {
					t.Errorf("softmax(%d) at %d, %d: %v, want %v", axis, r, c, got, want)
				}
				if got := float64(l.At2(r, c)); math.Abs(got-math.Log(want)) > 1e-5 {
					t.Errorf("log softmax(%d) at %d, %d: %v, want %v", axis, r, c, got, math.Log(want))
				}
			}
		}
	}
	wantPanic(t, "Sequential[0] Softmax(2): input has shape [3 4]", func() { Sequential(Softmax(2)).Forward(x, nil) })
}
