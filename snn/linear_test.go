package snn

import (
	"fmt"
	"testing"

	"github.com/livespike/livespike/internal/simd"
	"github.com/livespike/livespike/snn/tensor"
)

// naiveLinear is x·wᵀ + b by the definition that Linear documents: pieces of 1024 inputs, each summed in order.
func naiveLinear(x, w, b *tensor.Tensor) *tensor.Tensor {
	in, out := w.Shape()[1], w.Shape()[0]
	shape := append([]int{}, x.Shape()...)
	shape[len(shape)-1] = out
	y := tensor.Zeros(shape...)
	for r := range len(x.Data()) / in {
		for o := range out {
			total := float32(0)
			for at := 0; at < in; at += 1024 {
				piece := float32(0)
				for k := at; k < min(at+1024, in); k++ {
					piece = simd.FMA(x.Data()[r*in+k], w.Data()[o*in+k], piece)
				}
				total += piece
			}
			if b != nil {
				total += b.Data()[o]
			}
			y.Data()[r*out+o] = total
		}
	}
	return y
}

// TestLinearDefinition compares the dense and the sparse path with the definition, bit for bit.
func TestLinearDefinition(t *testing.T) {
	tensor.Seed(7)
	for _, shape := range [][]int{{5}, {1, 1}, {3, 2, 9}, {7, 1030}, {2, 2500}, {13, 40}, {101, 1300}} {
		for _, out := range []int{1, 4, 6, 19} {
			for _, share := range []float64{1, 0.1, 0} {
				m := Linear(shape[len(shape)-1], out, Bias(out != 4))
				x := activeShare(share, shape...)
				got, _ := m.Forward(x, nil)
				sameBits(t, fmt.Sprintf("%v on %v, %v active", m, shape, share), got, naiveLinear(x, m.Weight(), m.Bias()))
			}
		}
	}
}

// TestLinearOwnWeight works a two by two product by hand.
func TestLinearOwnWeight(t *testing.T) {
	m := Linear(2, 2, Weight(tensor.FromSlice([]float32{1, 2, 3, 4}, 2, 2)), Bias(tensor.Of(10, 20)))
	got, _ := m.Forward(tensor.Of(1, 2), nil)
	sameBits(t, "product", got, tensor.Of(15, 31))
}

func TestLinearMisuse(t *testing.T) {
	for want, f := range map[string]func(){
		"snn.Linear: weight has shape [3 2], want [2 3]":                func() { Linear(3, 2, Weight(tensor.Zeros(3, 2))) },
		"snn.Linear: bias has shape [3], want [2]":                      func() { Linear(3, 2, Bias(tensor.Zeros(3))) },
		"snn.Linear: 0 inputs and 2 outputs; both must be at least 1":   func() { Linear(0, 2) },
		"Linear(3, 2): input has 4 features":                            func() { Linear(3, 2).Forward(tensor.Zeros(5, 4), nil) },
		"snn.Linear: bias is true, false or a *tensor.Tensor, not int":  func() { Linear(3, 2, Bias(1)) },
		"snn.Linear: unknown option padding; Linear knows bias, weight": func() { Linear(3, 2, Padding(1)) },
	} {
		wantPanic(t, want, f)
	}
}

// TestLinearRecordedIsTheSame: the path for training, which several processors share, gives the bits of the other, for
// inputs of every density, in pieces and whole.
func TestLinearRecordedIsTheSame(t *testing.T) {
	tensor.Seed(12)
	for _, size := range [][2]int{{5, 3}, {784, 64}, {2500, 37}, {1024, 1}} {
		l := Linear(size[0], size[1])
		for _, density := range []float64{0, 0.02, 0.25, 1} {
			x := tensor.Bernoulli(density, 90, size[0]).Mul(tensor.Randn(90, size[0]))
			want, _ := l.Forward(x, nil)
			got, _ := l.Forward(x.Clone().SetRequiresGrad(true), nil)
			sameBits(t, "output", got, want)
		}
	}
}

// TestLinearGradientsOfWideLayers compares both paths of the weight's gradient, and the input's, with the definition in
// float64.
func TestLinearGradientsOfWideLayers(t *testing.T) {
	tensor.Seed(13)
	const in, out, rows = 300, 40, 210
	for _, density := range []float64{0.05, 1} {
		l := Linear(in, out)
		Train(l)
		x := tensor.Bernoulli(density, rows, in).Mul(tensor.Randn(rows, in)).SetRequiresGrad(true)
		dy := tensor.Randn(rows, out)
		y, _ := l.Forward(x, nil)
		y.BackwardFrom(dy)
		dw, dx := tensor.Zeros(out, in), tensor.Zeros(rows, in)
		for o := range out {
			for k := range in {
				sum := 0.0
				for r := range rows {
					sum += float64(dy.At2(r, o)) * float64(x.At2(r, k))
				}
				dw.Set(float32(sum), o, k)
			}
		}
		for r := range rows {
			for k := range in {
				sum := 0.0
				for o := range out {
					sum += float64(dy.At2(r, o)) * float64(l.weight.At2(o, k))
				}
				dx.Set(float32(sum), r, k)
			}
		}
		if !l.weight.Grad().AllCloseTol(dw, 1e-4, 1e-4) || !x.Grad().AllCloseTol(dx, 1e-4, 1e-4) {
			t.Errorf("density %v: the gradients differ from the definition", density)
		}
		if !l.bias.Grad().AllCloseTol(dy.Sum(0), 1e-4, 1e-4) {
			t.Errorf("density %v: the bias's gradient differs", density)
		}
	}
}
