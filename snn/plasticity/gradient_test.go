package plasticity

import (
	"math"
	"strings"
	"testing"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
)

// TestGradientsOfTsodyksMakram, by central differences over three steps: the spikes, the state and the parameters.
func TestGradientsOfTsodyksMakram(t *testing.T) {
	leaf := []*tensor.Tensor{
		tensor.Of(1, 0.8, 0.3), tensor.Of(0.1, 0.5, 0.9), tensor.Of(1, 0.7, 0.4), tensor.Of(20, 200, 90), tensor.Of(130, 13, 70), tensor.Of(0.45, 0.2, 0.6),
	}
	weight := tensor.Of(1, -2, 3)
	run := func() *tensor.Tensor {
		rule := TsodyksMakram(TauFInv(leaf[3]), TauDInv(leaf[4]), U(leaf[5]))
		s := &TsodyksMakramState{U: leaf[1], X: leaf[2]}
		sum := tensor.Zeros(3)
		var out *tensor.Tensor
		for k := range 3 {
			out, s = rule.Step(leaf[0], s)
			sum = sum.Add(out.Mul(k + 1))
		}
		return sum.Add(s.U).Add(s.X.Mul(2)).Mul(weight)
	}
	plain := run()
	for _, x := range leaf {
		x.SetRequiresGrad(true)
	}
	y := run()
	if !y.Equal(plain) {
		t.Fatalf("recorded %v, plain %v", y, plain)
	}
	y.Sum().Backward()
	tensor.NoGrad(func() {
		for n, x := range leaf {
			for k, v := range x.Data() {
				at := func(v float32) (sum float64) {
					x.Data()[k] = v
					for _, o := range run().Data() {
						sum += float64(o)
					}
					return sum
				}
				h := 0.01 * v
				if n < 3 {
					h = 1.0 / 64
				}
				want := (at(v+h) - at(v-h)) / (2 * float64(h))
				x.Data()[k] = v
				if got := float64(x.Grad().Data()[k]); math.Abs(got-want) > 3e-3*max(0.02, math.Abs(want)) {
					t.Errorf("leaf %d, element %d: gradient %v, difference %v", n, k, got, want)
				}
			}
		}
	})
}

// TestGradientsThatWouldBeLost: rules take numbers, and say so before they change anything.
func TestGradientsThatWouldBeLost(t *testing.T) {
	w, z := tensor.Full(0.5, 2, 2), tensor.Ones(2)
	trained := snn.Linear(2, 2)
	snn.Train(trained)
	spikes, _ := snn.Sequential(trained, snn.LIFCell()).Forward(z, nil)
	traces := STDP().InitialState(z, z)
	for name, f := range map[string]func(){
		"weights":          func() { STDP().StepLinear(z, z, trained.Weight(), nil) },
		"weights in place": func() { STDP().StepLinearInPlace(z, z, trained.Weight(), traces) },
		"spikes":           func() { STDP().StepLinear(spikes, z, w, nil) },
		"three factors":    func() { ThreeFactor().Step(z, z, 1, trained.Weight(), nil) },
		"sensor":           func() { STDPSensor().Step(z, spikes, nil) },
		"correlation":      func() { CorrelationSensor().Step(spikes, z, nil) },
		"into":             func() { TsodyksMakram().StepInto(tensor.Zeros(2), spikes, TsodyksMakram().InitialState(z)) },
		"window": func() {
			STDP().StepConv2d(tensor.Ones(1, 3, 3), tensor.Ones(1, 3, 3), tensor.Ones(1, 1, 1, 1).SetRequiresGrad(true), nil)
		},
	} {
		tensor.NoGrad(f)
		traces = STDP().InitialState(z, z)
		message := func() (message string) {
			defer func() { message, _ = recover().(string) }()
			f()
			return
		}()
		if !strings.Contains(message, "which a local rule does not pass on") {
			t.Errorf("%s: panic %q", name, message)
		}
		if traces.TPre.Abs().Sum().Item() != 0 {
			t.Errorf("%s: the traces have changed", name)
		}
	}
}

// TestChangedWeightsAreNoticed: Backward through weights that a rule has changed since is a panic and no wrong number.
func TestChangedWeightsAreNoticed(t *testing.T) {
	w, x, z := tensor.Full(0.5, 2, 2), tensor.Ones(2).SetRequiresGrad(true), tensor.Ones(2)
	y := x.MatMul(w).Sum()
	STDP().StepLinearInPlace(z, z, w, STDP().InitialState(z, z))
	defer func() {
		if message, _ := recover().(string); !strings.Contains(message, "was changed in place") {
			t.Errorf("panic %q", message)
		}
	}()
	y.Backward()
}
