package snn

import (
	"fmt"

	"github.com/livespike/livespike/snn/tensor"
)

// Gain multiplies by a constant. It is made by Scale.
type Gain struct {
	by value
}

// Scale multiplies by a number, or by a tensor that broadcasts to the input, which is copied unless it requires
// gradients. NIR calls it Scale too.
func Scale(by any) *Gain { return &Gain{valueOf("snn.Scale", "the factor", by, anyNumber)} }

// Forward multiplies x. It returns s as it came.
func (g *Gain) Forward(x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	needInput(g, x)
	if g.by.t != nil {
		y := x.Mul(g.by.t)
		if !sameShape(y.Shape(), x.Shape()) {
			panicf("%s: the factor has shape %v, which does not broadcast to the input's %v", g.label(), g.by.t.Shape(), x.Shape())
		}
		return y, s
	}
	return x.Mul(g.by.num), s
}

// Parts are the factor, if it is learned.
func (g *Gain) Parts() []Part {
	if g.by.t == nil {
		return nil
	}
	return []Part{{Name: "scale", Tensor: g.by.t, Fixed: !g.by.t.IsLeaf() || !g.by.t.RequiresGrad()}}
}

// OutputShape is the shape of the output, that of the input.
func (g *Gain) OutputShape(in ...int) []int { return in }

func (g *Gain) outputShape(in []int) []int { return in }

func (g *Gain) apply(dst, x []float32, in []int, s *State) *State {
	if g.by.t == nil {
		f := float32(g.by.num)
		for k, v := range x {
			dst[k] = v * f
		}
		return s
	}
	y, _ := g.Forward(share(x, in), nil)
	copy(dst, y.Data())
	return s
}

func (g *Gain) label() string { return "Scale" }

// String shows the factor.
func (g *Gain) String() string { return fmt.Sprintf("Scale(%v)", g.by) }
