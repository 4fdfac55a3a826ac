package snn

import (
	"fmt"
	"math"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

// padded is the image with a border of v.
func padded(x *tensor.Tensor, ph, pw int, v float32) *tensor.Tensor {
	h, w := x.Shape()[0], x.Shape()[1]
	y := tensor.Full(float64(v), h+2*ph, w+2*pw)
	for r := range h {
		for c := range w {
			y.Set(x.At2(r, c), r+ph, c+pw)
		}
	}
	return y
}

// TestPoolDefinition compares with windows of a really padded image, and the sum with a convolution of ones.
func TestPoolDefinition(t *testing.T) {
	tensor.Seed(23)
	for _, c := range []struct {
		kernel, stride, pad, dilation [2]int
	}{
		{[2]int{2, 2}, [2]int{2, 2}, [2]int{0, 0}, [2]int{1, 1}},
		{[2]int{3, 2}, [2]int{1, 1}, [2]int{1, 0}, [2]int{1, 1}},
		{[2]int{3, 3}, [2]int{2, 3}, [2]int{1, 1}, [2]int{2, 1}},
		{[2]int{1, 4}, [2]int{1, 5}, [2]int{0, 2}, [2]int{1, 2}},
	} {
		x := tensor.Randn(11, 13)
		opts := []Option{Stride(c.stride[:]), Padding(c.pad[:])}
		m := MaxPool2d(c.kernel[:], append(opts, Dilation(c.dilation[:]))...)
		got, _ := m.Forward(x, nil)
		p := padded(x, c.pad[0], c.pad[1], float32(math.Inf(-1)))
		for r := range got.Shape()[0] {
			for k := range got.Shape()[1] {
				want := float32(math.Inf(-1))
				for i := range c.kernel[0] {
					for j := range c.kernel[1] {
						want = max(want, p.At2(r*c.stride[0]+i*c.dilation[0], k*c.stride[1]+j*c.dilation[1]))
					}
				}
				if got.At2(r, k) != want {
					t.Fatalf("%v at %d, %d is %v, want %v", m, r, k, got.At2(r, k), want)
				}
			}
		}
		if c.dilation != [2]int{1, 1} {
			continue
		}
		ones := Conv2d(1, 1, c.kernel[:], append(opts, Weight(tensor.Ones(1, 1, c.kernel[0], c.kernel[1])), Bias(false))...)
		want, _ := ones.Forward(x.Unsqueeze(0), nil)
		sum, _ := SumPool2d(c.kernel[:], opts...).Forward(x.Unsqueeze(0), nil)
		sameBits(t, fmt.Sprint("sum ", c), sum, want)
		mean, _ := AvgPool2d(c.kernel[:], opts...).Forward(x.Unsqueeze(0), nil)
		sameBits(t, fmt.Sprint("mean ", c), mean, want.Div(c.kernel[0]*c.kernel[1]))
	}
}

// TestPoolByHand: windows worked out by hand, leading axes, NaN, and windows of unequal size.
func TestPoolByHand(t *testing.T) {
	x := tensor.Arange(0, 24, 1).Reshape(2, 1, 3, 4)
	y, _ := MaxPool2d(2).Forward(x, nil)
	sameBits(t, "max", y, tensor.FromSlice([]float32{5, 7, 17, 19}, 2, 1, 1, 2))
	y, _ = AvgPool2d([]int{3, 2}).Forward(x, nil)
	sameBits(t, "mean", y, tensor.FromSlice([]float32{4.5, 6.5, 16.5, 18.5}, 2, 1, 1, 2))
	y, _ = AdaptiveAvgPool2d([]int{1, 3}).Forward(x, nil) // columns 0–1, 1–2, 2–3
	sameBits(t, "adaptive", y, tensor.FromSlice([]float32{4.5, 5.5, 6.5, 16.5, 17.5, 18.5}, 2, 1, 1, 3))
	y, _ = AdaptiveAvgPool2d(7).Forward(tensor.Ones(2, 3, 5), nil)
	sameBits(t, "adaptive, larger", y, tensor.Ones(2, 7, 7))
	y, _ = MaxPool2d(2).Forward(tensor.FromSlice([]float32{1, float32(math.NaN()), 2, 3}, 2, 2), nil)
	if v := y.Data()[0]; v == v {
		t.Errorf("the largest of a window with NaN is %v", v)
	}
	for _, m := range []*Pool{MaxPool2d(2), AvgPool2d(2), SumPool2d(2), AdaptiveAvgPool2d(2)} {
		dst := tensor.Zeros(m.OutputShape(2, 1, 3, 4)...)
		if n := testing.AllocsPerRun(10, func() { m.ForwardInto(dst, x, nil) }); n != 0 {
			t.Errorf("%v: %v allocations per call", m, n)
		}
	}
}

func TestPoolMisuse(t *testing.T) {
	for want, f := range map[string]func(){
		"snn.MaxPool2d: padding (2, 2) is more than half of the window (3, 3)":    func() { MaxPool2d(3, Padding(2)) },
		"MaxPool2d((3, 2)): an input of 2 × 5 is smaller than the window":         func() { MaxPool2d([]int{3, 2}).Forward(tensor.Zeros(2, 5), nil) },
		"AvgPool2d(2): input has shape [3], want (…, H, W)":                       func() { AvgPool2d(2).Forward(tensor.Zeros(3), nil) },
		"snn.AvgPool2d: unknown option dilation; AvgPool2d knows padding, stride": func() { AvgPool2d(2, Dilation(2)) },
		"snn.AdaptiveAvgPool2d: output size must be at least 1, not 0":            func() { AdaptiveAvgPool2d(0) },
	} {
		wantPanic(t, want, f)
	}
}
