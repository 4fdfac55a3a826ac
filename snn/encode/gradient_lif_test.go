package encode

import (
	"math"
	"testing"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/surrogate"
	"github.com/livespike/livespike/snn/tensor"
)

// The oracle of this file is a second implementation in float64 whose threshold is smooth: in a first run it writes
// down where every threshold stood; in the others a spike is what it was then plus the change of tanh(αx)/α, whose
// derivative is the surrogate. Its central differences are the gradients of the spiking model.
type reference struct {
	alpha float64
	at    []float64 // the thresholds' arguments in the first run
	next  int
	first bool
}

func (r *reference) spike(x float64) float64 {
	if r.first {
		r.at = append(r.at, x)
	}
	x0 := r.at[r.next]
	r.next++
	z := 0.0
	if x0 > 0 {
		z = 1
	}
	return z + (math.Tanh(r.alpha*x)-math.Tanh(r.alpha*x0))/r.alpha
}

// neuron is the parameters of one element, in the order of their names below.
type neuron struct{ tau, vLeak, vTh, vReset, deltaT, tauAda, gain, jump float64 }

// step is one step of the three models.
func (r *reference) step(kind string, p neuron, x, v, a float64) (z, vNext, aNext float64) {
	const dt = 0.001
	bracket := p.vLeak - v + x - a
	if kind != "lif" {
		bracket += p.deltaT * math.Exp((v-p.vTh)/p.deltaT)
	}
	u := v + dt*p.tau*bracket
	z = r.spike(u - p.vTh)
	vNext = u - z*(u-p.vReset)
	switch kind {
	case "lif_adex":
		aNext = p.tauAda*(p.gain*(vNext-p.vLeak)-a) + z*p.jump
	case "integrated":
		aNext = a + dt*p.tauAda*(p.gain*(v-p.vLeak)-a) + z*p.jump
	}
	return z, vNext, aNext
}

// TestGradientsOfCurrentEncoders: current, membrane, adaptation and every parameter, of the spikes and the new state.
func TestGradientsOfCurrentEncoders(t *testing.T) {
	for _, kind := range []string{"lif", "lif_ex", "lif_adex", "integrated"} {
		t.Run(kind, func(t *testing.T) {
			leaf := map[string]*tensor.Tensor{
				"x": tensor.Of(2, 9.5, 30), "v": tensor.Of(0.1, 0.5, 0.9), "a": tensor.Of(0.3, 0.2, 0.1),
				"tau_mem_inv": tensor.Of(100, 90, 110), "v_leak": tensor.Of(0.05), "v_th": tensor.Of(1, 1.1, 0.9), "v_reset": tensor.Of(-0.1),
				"delta_T": tensor.Of(0.5, 0.6, 0.7), "tau_ada_inv": tensor.Of(2), "adaptation_current": tensor.Of(4, 3, 2), "adaptation_spike": tensor.Of(0.02),
			}
			if kind == "lif" || kind == "lif_ex" {
				for _, name := range []string{"a", "tau_ada_inv", "adaptation_current", "adaptation_spike"} {
					delete(leaf, name)
				}
			}
			if kind == "lif" {
				delete(leaf, "delta_T")
			}
			run := func() []*tensor.Tensor {
				opts := []snn.Option{snn.Surrogate(surrogate.Tanh(1.5))}
				for name, x := range leaf {
					if len(name) > 1 {
						opts = append(opts, snn.NewOption(name, x))
					}
				}
				switch s := (&AdExState{V: leaf["v"], A: leaf["a"]}); kind {
				case "lif":
					z, v := LIFCurrentEncoder(leaf["x"], leaf["v"], opts...)
					return []*tensor.Tensor{z, v}
				case "lif_ex":
					z, v := LIFExCurrentEncoder(leaf["x"], leaf["v"], opts...)
					return []*tensor.Tensor{z, v}
				case "lif_adex":
					z, s := LIFAdExCurrentEncoder(leaf["x"], s, opts...)
					return []*tensor.Tensor{z, s.V, s.A}
				default:
					z, s := LIFAdExCurrentEncoderIntegrated(leaf["x"], s, opts...)
					return []*tensor.Tensor{z, s.V, s.A}
				}
			}
			plain := run()
			for _, x := range leaf {
				x.SetRequiresGrad(true)
			}
			var loss *tensor.Tensor
			for k, y := range run() {
				if !y.Equal(plain[k]) {
					t.Errorf("output %d: recorded %v, plain %v", k, y, plain[k])
				}
				if part := y.Mul(waves(3).Add(k)).Sum(); loss == nil {
					loss = part
				} else {
					loss = loss.Add(part)
				}
			}
			loss.Backward()
			ref := &reference{alpha: 1.5, first: true}
			value := func(values map[string][]float64) (sum float64) {
				ref.next = 0
				for i := range 3 {
					of := func(name string) float64 {
						v := values[name]
						if len(v) == 0 {
							return 0
						}
						return v[min(i, len(v)-1)]
					}
					z, v, a := ref.step(kind, neuron{
						of("tau_mem_inv"), of("v_leak"), of("v_th"), of("v_reset"), of("delta_T"), of("tau_ada_inv"),
						of("adaptation_current"), of("adaptation_spike"),
					}, of("x"), of("v"), of("a"))
					w := float64(waves(3).Data()[i])
					sum += z*w + v*(w+1)
					if len(plain) > 2 {
						sum += a * (w + 2)
					}
				}
				return sum
			}
			compare(t, leaf, ref, value)
		})
	}
}

// TestGradientsOfSpikeTrains: the constant current and the parameters of ConstantCurrentLIFEncode and
// SpikeLatencyLIFEncode.
func TestGradientsOfSpikeTrains(t *testing.T) {
	const steps = 30
	for name, first := range map[string]bool{"ConstantCurrentLIFEncode": false, "SpikeLatencyLIFEncode": true} {
		t.Run(name, func(t *testing.T) {
			leaf := map[string]*tensor.Tensor{"x": tensor.Of(1.5, 3, 8), "tau_mem_inv": tensor.Of(100, 90, 110), "v_th": tensor.Of(1)}
			encode := ConstantCurrentLIFEncode
			if first {
				encode = SpikeLatencyLIFEncode
			}
			run := func() *tensor.Tensor {
				return encode(leaf["x"], steps, snn.TauMemInv(leaf["tau_mem_inv"]), snn.VTh(leaf["v_th"]), snn.VReset(-0.1), snn.Surrogate(surrogate.Tanh(1.5)))
			}
			plain := run()
			for _, x := range leaf {
				x.SetRequiresGrad(true)
			}
			z := run()
			if !z.Equal(plain) {
				t.Fatalf("recorded %v, plain %v", z, plain)
			}
			dy := waves(steps, 3)
			z.BackwardFrom(dy)
			ref := &reference{alpha: 1.5, first: true}
			compare(t, leaf, ref, func(values map[string][]float64) (sum float64) {
				ref.next = 0
				for i := range 3 {
					p := neuron{tau: values["tau_mem_inv"][i], vTh: values["v_th"][0], vReset: -0.1}
					v, spiked := 0.0, false
					for k := range steps {
						var z float64
						z, v, _ = ref.step("lif", p, values["x"][i], v, 0)
						if !first || !spiked {
							sum += z * float64(dy.Data()[k*3+i])
						}
						spiked = spiked || ref.at[ref.next-1] > 0
					}
				}
				return sum
			})
		})
	}
}

// compare checks every leaf's gradient with the central differences of value.
func compare(t *testing.T, leaf map[string]*tensor.Tensor, ref *reference, value func(values map[string][]float64) float64) {
	t.Helper()
	values := map[string][]float64{}
	for name, x := range leaf {
		for _, v := range x.Data() {
			values[name] = append(values[name], float64(v))
		}
	}
	value(values)
	ref.first = false
	for name, x := range leaf {
		for k, v := range values[name] {
			h := 1e-6 * max(1, math.Abs(v))
			values[name][k] = v + h
			up := value(values)
			values[name][k] = v - h
			want := (up - value(values)) / (2 * h)
			values[name][k] = v
			if got := float64(x.Grad().Data()[k]); math.Abs(got-want) > 1e-4*max(1, math.Abs(want)) {
				t.Errorf("%s[%d]: gradient %v, difference %v", name, k, got, want)
			}
		}
	}
}
