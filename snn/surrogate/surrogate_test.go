package surrogate

import (
	"fmt"
	"math"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

// primitives are the smooth functions that the gradients are derivatives of, where no reference values exist.
var primitives = map[string]func(x, alpha float64) float64{
	"super":        func(x, a float64) float64 { return x / (1 + a*math.Abs(x)) },
	"fast_sigmoid": func(x, a float64) float64 { return x / (1 + a*math.Abs(x)) },
	"atan":         func(x, a float64) float64 { return math.Atan(math.Pi/2*a*x)/math.Pi + 0.5 },
	"gaussian":     func(x, s float64) float64 { return math.Erfc(-x/(s*math.Sqrt2)) / 2 },
	"tanh":         func(x, a float64) float64 { return math.Tanh(a*x) / a },
	"circ":         func(x, a float64) float64 { return a * x / math.Sqrt(x*x+a*a) },
	"heavi_erfc":   func(x, a float64) float64 { return math.Erf(a*x) / a },
	"piecewise_linear": func(x, a float64) float64 {
		if math.Abs(x) >= 1/a {
			return 0.5 + math.Copysign(0.5, x)
		}
		return 0.5 + a*x - math.Copysign(a*a*x*x/2, x)
	},
	"triangle": func(x, a float64) float64 {
		if math.Abs(x) >= 1 {
			return a * math.Copysign(0.5, x)
		}
		return a * (x - math.Copysign(x*x/2, x))
	},
}

// TestPrimitives compares every gradient with the central difference of the function that it is the derivative of.
func TestPrimitives(t *testing.T) {
	for _, name := range Methods() {
		p, ok := primitives[name]
		if !ok {
			if name != "heaviside" {
				t.Errorf("%s has no primitive to compare with", name)
			}
			continue
		}
		for _, alpha := range []float32{0.3, 1, 5} {
			f := ByName(name).WithAlpha(alpha)
			for i := -37; i <= 37; i++ {
				x, h := float64(i)*0.1+0.013, 1e-5
				want := (p(x+h, float64(alpha)) - p(x-h, float64(alpha))) / (2 * h)
				if got := float64(f.Grad(float32(x), 1)); math.Abs(got-want) > 2e-4*(1+math.Abs(want)) {
					t.Errorf("%v at %v is %v, the difference quotient %v", f, x, got, want)
				}
			}
		}
	}
}

// TestHeaviside passes nothing back.
func TestHeaviside(t *testing.T) {
	if g := Heaviside().Grad(0.1, 3); g != 0 {
		t.Errorf("gradient %v", g)
	}
}

// TestStochastic: the share of spikes among 40000 draws lies within four standard deviations of the probability, and
// the certain cases are certain.
func TestStochastic(t *testing.T) {
	tensor.Seed(21)
	for _, s := range []Stochastic{Logistic(1), Logistic(10), CircDist(0.3), CircDist(2)} {
		for _, x := range []float64{-0.4, 0, 0.1, 1} {
			n := 40000.0
			p := float64(s.Probability(float32(x)))
			got := float64(s.Spikes(tensor.Full(x, int(n))).Sum().Item())
			if math.Abs(got-n*p) > 4*math.Sqrt(n*p*(1-p))+1 {
				t.Errorf("%s(%v) at %v: %v spikes of %v, probability %v", s.Name(), s.Alpha(), x, got, n, p)
			}
		}
		if p := s.Probability(1e9); p != 1 {
			t.Errorf("%s far above 0: %v", s.Name(), p)
		}
		if p := s.Probability(-1e9); p != 0 {
			t.Errorf("%s far below 0: %v", s.Name(), p)
		}
	}
}

// TestThreshold: a membrane at the threshold does not spike, nor does NaN.
func TestThreshold(t *testing.T) {
	x := tensor.Of(-1, 0, 1e-45, float32(math.NaN()), float32(math.Inf(1)))
	if got := Threshold(x); !got.Equal(tensor.Of(0, 0, 1, 0, 1)) {
		t.Errorf("Threshold gives %v", got)
	}
	if got := Sign(x); !got.Equal(tensor.Of(-1, -1, 1, -1, 1)) {
		t.Errorf("Sign gives %v", got)
	}
}

func TestMisuse(t *testing.T) {
	for want, f := range map[string]func(){
		"surrogate: super: alpha must be positive, not 0":                  func() { SuperSpike(0) },
		"surrogate: triangle: alpha must be positive, not -1":              func() { Triangle(1).WithAlpha(-1) },
		fmt.Sprintf("surrogate: no method \"x\"; there are %v", Methods()): func() { ByName("x") },
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); got != want {
					t.Errorf("panic %q, want %q", got, want)
				}
			}()
			f()
		}()
	}
}
