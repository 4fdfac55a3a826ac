package tensor_test

import (
	"math"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

// gradCase is a row of testdata/grads.json.
type gradCase struct {
	opCase
	Dy    array
	Grads []array
}

func readGrads(t *testing.T) []gradCase {
	var golden struct{ Cases []gradCase }
	readGolden(t, "grads.json", &golden)
	if len(golden.Cases) < 300 {
		t.Fatalf("only %d cases", len(golden.Cases))
	}
	return golden.Cases
}

// The oracle is PyTorch: testdata/generate_grads.py.
func TestGradientsArePyTorchs(t *testing.T) {
	for i, c := range readGrads(t) {
		var in []*tensor.Tensor
		for _, a := range c.In {
			in = append(in, a.tensor(t).SetRequiresGrad(true))
		}
		out := c.apply(t, in)
		if diff := differs(out, c.Out.tensor(t), "gradient"); diff != "" {
			t.Errorf("case %d: %s: %s", i, c.Op, diff)
		}
		out.BackwardFrom(c.Dy.tensor(t))
		for k, x := range in {
			if x.Grad() == nil {
				t.Errorf("case %d: %s: no gradient of input %d", i, c.Op, k)
			} else if diff := differs(x.Grad(), c.Grads[k].tensor(t), "gradient"); diff != "" {
				t.Errorf("case %d: %s of %v %v: gradient of input %d: %s", i, c.Op, x.Shape(), c.Num, k, diff)
			}
		}
	}
}

// kinked operations have no derivative at the points of the golden file, which are there for that.
var kinked = map[string]bool{"Maximum": true, "Minimum": true, "Abs": true, "Relu": true, "Clamp": true}

// The oracle is the central difference quotient.
func TestGradientsAreDifferenceQuotients(t *testing.T) {
	const step = 1.0 / 512
	for i, c := range readGrads(t) {
		if kinked[c.Op] || c.Op == "Pow" && (len(c.In) == 1 && c.Num[0] < 1 || hasZero(c.In[0].tensor(t))) {
			continue
		}
		var in []*tensor.Tensor
		for _, a := range c.In {
			in = append(in, a.tensor(t).SetRequiresGrad(true))
		}
		dy := c.Dy.tensor(t)
		c.apply(t, in).BackwardFrom(dy)
		loss := func() (sum float64) {
			for i, v := range c.apply(t, in).Data() {
				sum += float64(v) * float64(dy.Data()[i])
			}
			return sum
		}
		for k, x := range in {
			for e := range x.Data() {
				v := x.Data()[e]
				// A fifth of the distance to a pole at most.
				h := float32(min(step, math.Abs(float64(v))/20+1e-4))
				if c.Op != "Div" && c.Op != "Pow" && c.Op != "Log" && c.Op != "Sqrt" {
					h = step
				}
				x.Data()[e] = v + h
				high := loss()
				x.Data()[e] = v - h
				low := loss()
				x.Data()[e] = v
				want := (high - low) / (2 * float64(h))
				got := float64(x.Grad().Data()[e])
				if math.Abs(got-want) > 5e-3+2e-2*math.Abs(want) {
					t.Errorf("case %d: %s %v: input %d, element %d: gradient %g, difference quotient %g", i, c.Op, c.Num, k, e, got, want)
				}
			}
		}
	}
}

func hasZero(x *tensor.Tensor) bool { return x.Numel() > 0 && x.Abs().Min().Item() == 0 }
