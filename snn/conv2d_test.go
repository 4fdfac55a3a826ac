package snn

import (
	"fmt"
	"math"
	"runtime"
	"testing"

	"github.com/livespike/livespike/internal/simd"
	"github.com/livespike/livespike/snn/tensor"
)

// naiveConv is the convolution written out by its definition: every product fused with its addition, the sum of one
// output over channel, row and column in this order.
func naiveConv(x, w, b *tensor.Tensor, stride, pad, dilation [2]int, groups int) *tensor.Tensor {
	n, in, h, wd := x.Shape()[0], x.Shape()[1], x.Shape()[2], x.Shape()[3]
	out, kh, kw := w.Shape()[0], w.Shape()[2], w.Shape()[3]
	per := in / groups
	oh := (h+2*pad[0]-dilation[0]*(kh-1)-1)/stride[0] + 1
	ow := (wd+2*pad[1]-dilation[1]*(kw-1)-1)/stride[1] + 1
	y := tensor.Zeros(n, out, oh, ow)
	at := 0
	for img := range n {
		for o := range out {
			for r := range oh {
				for c := range ow {
					sum := float32(0)
					if b != nil {
						sum = b.Data()[o]
					}
					for i := range per {
						for ky := range kh {
							for kx := range kw {
								iy, ix := r*stride[0]+ky*dilation[0]-pad[0], c*stride[1]+kx*dilation[1]-pad[1]
								if iy < 0 || iy >= h || ix < 0 || ix >= wd {
									continue
								}
								ch := o/(out/groups)*per + i
								v := x.Data()[((img*in+ch)*h+iy)*wd+ix]
								sum = simd.FMA(v, w.Data()[((o*per+i)*kh+ky)*kw+kx], sum)
							}
						}
					}
					y.Data()[at] = sum
					at++
				}
			}
		}
	}
	return y
}

// sameBits fails unless two tensors are equal bit for bit; -0 and +0 differ.
func sameBits(t *testing.T, what string, got, want *tensor.Tensor) {
	t.Helper()
	if !sameShape(got.Shape(), want.Shape()) {
		t.Fatalf("%s: shape %v, want %v", what, got.Shape(), want.Shape())
	}
	for k, w := range want.Data() {
		if g := got.Data()[k]; math.Float32bits(g) != math.Float32bits(w) {
			t.Fatalf("%s: element %d is %v, want %v", what, k, g, w)
		}
	}
}

// activeShare is random numbers of which that share is not zero.
func activeShare(share float64, shape ...int) *tensor.Tensor {
	return tensor.Randn(shape...).Mul(tensor.Bernoulli(share, shape...))
}

// TestConv2dDefinition compares the dense and the sparse path with the definition, bit for bit.
func TestConv2dDefinition(t *testing.T) {
	tensor.Seed(3)
	for _, c := range []struct {
		in, out, groups       int
		kernel                [2]int
		stride, pad, dilation [2]int
		bias                  bool
	}{
		{1, 2, 1, [2]int{9, 9}, [2]int{1, 1}, [2]int{12, 12}, [2]int{3, 3}, false}, // the talk's edge detector
		{1, 1, 1, [2]int{1, 1}, [2]int{1, 1}, [2]int{0, 0}, [2]int{1, 1}, true},
		{3, 4, 1, [2]int{3, 5}, [2]int{1, 1}, [2]int{0, 0}, [2]int{1, 1}, true},
		{4, 6, 2, [2]int{3, 2}, [2]int{2, 3}, [2]int{1, 2}, [2]int{2, 1}, true},
		{4, 4, 4, [2]int{2, 4}, [2]int{3, 1}, [2]int{0, 3}, [2]int{1, 2}, false},
		{2, 2, 1, [2]int{5, 7}, [2]int{2, 2}, [2]int{4, 6}, [2]int{1, 1}, true},
		{3, 7, 1, [2]int{5, 5}, [2]int{1, 1}, [2]int{2, 2}, [2]int{1, 1}, true},
		{6, 12, 2, [2]int{3, 3}, [2]int{2, 1}, [2]int{1, 1}, [2]int{2, 2}, true},
	} {
		for _, share := range []float64{1, 0.2, 0.03, 0} {
			opts := []Option{
				Stride(c.stride[:]), Padding(c.pad[:]), Dilation(c.dilation[:]), Groups(c.groups), Bias(c.bias),
			}
			m := Conv2d(c.in, c.out, c.kernel[:], opts...)
			x := activeShare(share, 2, c.in, 31, 37)
			got, _ := m.Forward(x, nil)
			sameBits(t, fmt.Sprintf("%v, %v of the inputs active", m, share), got,
				naiveConv(x, m.Weight(), m.Bias(), c.stride, c.pad, c.dilation, c.groups))
		}
	}
}

// TestConv2dShapes compares with the definition, bit for bit, where other kernels do it: for few and many channels and taps,
// narrow and wide images, groups and strides.
func TestConv2dShapes(t *testing.T) {
	tensor.Seed(7)
	for _, s := range convShapes {
		m := Conv2d(s.in, s.out, s.kernel, Stride(s.stride), Padding(s.pad), Dilation(s.dilation), Groups(s.groups))
		x := tensor.Randn(2, s.in, s.high, s.wide)
		got, _ := m.Forward(x, nil)
		sameBits(t, fmt.Sprintf("%v of %d × %d", m, s.high, s.wide), got,
			naiveConv(x, m.Weight(), m.Bias(), [2]int{s.stride, s.stride}, [2]int{s.pad, s.pad}, [2]int{s.dilation, s.dilation}, s.groups))
	}
}

var convShapes = []struct{ in, out, groups, kernel, stride, pad, dilation, high, wide int }{
	{2, 12, 1, 5, 1, 0, 1, 20, 34},
	{12, 32, 1, 5, 1, 0, 1, 15, 15},
	{32, 70, 1, 3, 1, 1, 1, 9, 16},
	{19, 33, 1, 3, 2, 1, 1, 17, 16},
	{64, 24, 1, 1, 1, 0, 1, 7, 7},
	{20, 40, 1, 1, 2, 0, 1, 8, 5},
	{5, 5, 5, 3, 1, 1, 1, 16, 16},
	{34, 34, 34, 3, 2, 1, 1, 14, 15},
	{18, 36, 18, 3, 1, 1, 1, 7, 7},
	{40, 20, 2, 3, 1, 2, 2, 11, 12},
	{3, 3, 1, 3, 1, 1, 1, 30, 41},
	{8, 5, 1, 3, 1, 0, 1, 3, 40},
	{16, 16, 1, 2, 3, 1, 2, 13, 3},
}

// naiveConvGradients are the gradients of input and weight as they are defined: an element of the input's is the sum over
// output channel, row and column of the taps in this order; the weight's is for each image and row of the output the sum
// along the row, made apart and added.
func naiveConvGradients(x, w, dy *tensor.Tensor, stride, pad, dilation, groups int) (dx, dw *tensor.Tensor) {
	n, in, h, wide := x.Shape()[0], x.Shape()[1], x.Shape()[2], x.Shape()[3]
	out, per, k := w.Shape()[0], w.Shape()[1], w.Shape()[2]
	oh, ow := dy.Shape()[2], dy.Shape()[3]
	dx, dw = tensor.Zeros(x.Shape()...), tensor.Zeros(w.Shape()...)
	for img := range n {
		for o := range out {
			for i := range per {
				channel := (img*in + o/(out/groups)*per + i) * h
				for ky := range k {
					for kx := range k {
						weight := ((o*per+i)*k+ky)*k + kx
						for r := range oh {
							var sum float32
							for c := range ow {
								y, col := r*stride+ky*dilation-pad, c*stride+kx*dilation-pad
								if y < 0 || y >= h || col < 0 || col >= wide {
									continue
								}
								at, g := (channel+y)*wide+col, dy.Data()[((img*out+o)*oh+r)*ow+c]
								sum = simd.FMA(g, x.Data()[at], sum)
								dx.Data()[at] = simd.FMA(g, w.Data()[weight], dx.Data()[at])
							}
							dw.Data()[weight] += sum
						}
					}
				}
			}
		}
	}
	return dx, dw
}

// TestConv2dGradientShapes compares gradients with their definition, bit for bit, on one and on three processors.
func TestConv2dGradientShapes(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	tensor.Seed(9)
	for _, s := range convShapes {
		m := Conv2d(s.in, s.out, s.kernel, Stride(s.stride), Padding(s.pad), Dilation(s.dilation), Groups(s.groups))
		m.Weight().SetRequiresGrad(true)
		x := tensor.Randn(3, s.in, s.high, s.wide).SetRequiresGrad(true)
		y, _ := m.Forward(x, nil)
		dy := tensor.Randn(y.Shape()...)
		dx, dw := naiveConvGradients(x, m.Weight(), dy, s.stride, s.pad, s.dilation, s.groups)
		for _, procs := range []int{1, 3} {
			runtime.GOMAXPROCS(procs)
			grads := m.backward(x, dy)
			what := fmt.Sprintf("%v of %d × %d on %d processors, gradient of the ", m, s.high, s.wide, procs)
			sameBits(t, what+"input", grads[0], dx)
			sameBits(t, what+"weight", grads[1], dw)
		}
	}
}

// TestConv2dSame: PyTorch pads an even kernel with the extra zero behind.
func TestConv2dSame(t *testing.T) {
	w := tensor.FromSlice([]float32{1, 2}, 1, 1, 1, 2)
	m := Conv2d(1, 1, []int{1, 2}, Padding("same"), Weight(w), Bias(false))
	got, _ := m.Forward(tensor.FromSlice([]float32{1, 10, 100}, 1, 3), nil)
	sameBits(t, "same", got, tensor.FromSlice([]float32{21, 210, 100}, 1, 1, 3))
}

// TestConv2dFrames: a plain (H, W) frame, and any number of leading axes, give what (1, 1, H, W) gives.
func TestConv2dFrames(t *testing.T) {
	tensor.Seed(5)
	m := Conv2d(1, 2, 3)
	x := tensor.Randn(6, 7)
	want, _ := m.Forward(x.Reshape(1, 1, 6, 7), nil)
	for _, lead := range [][]int{{}, {1}, {1, 1, 1}} {
		got, _ := m.Forward(x.Reshape(append(append([]int{}, lead...), 6, 7)...), nil)
		if n := len(lead); n > 0 && !sameShape(got.Shape(), append(append([]int{}, lead[:n-1]...), 2, 4, 5)) {
			t.Errorf("input %v gives shape %v", append(lead, 6, 7), got.Shape())
		}
		sameBits(t, fmt.Sprint(lead), got.Reshape(1, 2, 4, 5), want)
	}
}

// TestConv2dOwnWeight: the talk's stack of two 9 × 9 kernels has no channel axis.
func TestConv2dOwnWeight(t *testing.T) {
	w := tensor.Rand(2, 9, 9)
	a := Conv2d(1, 2, 9, Weight(w), Bias(false))
	b := Conv2d(1, 2, 9, Weight(w.Unsqueeze(1)), Bias(false))
	sameBits(t, "weight", a.Weight(), b.Weight())
	w.Data()[0] = 7
	if a.Weight().Data()[0] == 7 {
		t.Error("the weight is not a copy")
	}
}

func TestConv2dMisuse(t *testing.T) {
	for want, f := range map[string]func(){
		"snn.Conv2d: weight has shape [2 3 3], want [2 2 3 3]":                  func() { Conv2d(2, 2, 3, Weight(tensor.Zeros(2, 3, 3))) },
		"snn.Conv2d: bias has shape [3], want [2]":                              func() { Conv2d(1, 2, 3, Bias(tensor.Zeros(3))) },
		"snn.Conv2d: 3 input and 4 output channels do not divide into 2 groups": func() { Conv2d(3, 4, 1, Groups(2)) },
		"snn.Conv2d: stride must be at least 1, not 0":                          func() { Conv2d(1, 1, 1, Stride(0)) },
		"snn.Conv2d: weight is *tensor.Tensor, not int":                         func() { Conv2d(1, 1, 3, Set("weight", 1)) },
		"snn.Conv2d: weight is nil":                                             func() { Conv2d(1, 1, 3, Weight(nil)) },
		"snn.Conv2d: groups is int, not string":                                 func() { Conv2d(1, 1, 3, Set("groups", "two")) },
		"snn.LIF: delayed is bool, not int":                                     func() { LIF(Set("delayed", 1)) },
		"snn.Conv2d: unknown option v_th; Conv2d knows bias, dilation, groups, padding, stride, weight": func() {
			Conv2d(1, 1, 1, VTh(1))
		},
		"Conv2d(2, 1, 3): input has shape [5 5], want (…, 2, H, W)": func() {
			Conv2d(2, 1, 3).Forward(tensor.Zeros(5, 5), nil)
		},
		"Conv2d(1, 1, (3, 4)): an input of 2 × 9 is smaller than the kernel's 3 × 4": func() {
			Conv2d(1, 1, []int{3, 4}).Forward(tensor.Zeros(2, 9), nil)
		},
	} {
		wantPanic(t, want, f)
	}
}

// wantPanic fails unless f panics with that line.
func wantPanic(t *testing.T, want string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if got := fmt.Sprint(recover()); got != want {
			t.Errorf("panic\n%s\nwant\n%s", got, want)
		}
	}()
	f()
}
