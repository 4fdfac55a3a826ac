package plasticity

import (
	"fmt"
	"math"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
)

// spikes draws 0 and 1 with the given probability.
func spikes(r *rand.Rand, p float64, shape ...int) *tensor.Tensor {
	x := tensor.Zeros(shape...)
	for i := range x.Data() {
		if r.Float64() < p {
			x.Data()[i] = 1
		}
	}
	return x
}

// uniform draws values in [0, 1).
func uniform(r *rand.Rand, shape ...int) *tensor.Tensor {
	x := tensor.Zeros(shape...)
	for i := range x.Data() {
		x.Data()[i] = r.Float32()
	}
	return x
}

func mustPanic(t *testing.T, want string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if got := fmt.Sprint(recover()); !strings.Contains(got, want) {
			t.Errorf("panic %q does not contain %q", got, want)
		}
	}()
	f()
}

func close32(a, b float32, tol float64) bool { return math.Abs(float64(a)-float64(b)) <= tol }

// Oracle: the formula of the rule written out over samples, rows and columns in float64.
func TestSTDPLinearEqualsTheFormulaForEveryAlgorithmAndBatch(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	const batch, in, out, steps = 3, 4, 5, 30
	for _, algorithm := range algorithms() {
		rule := STDP(Algorithm(algorithm), Mu(0.5), EtaPlus(0.03), EtaMinus(0.02), APre(0.7), APost(1.3))
		w := uniform(r, out, in)
		ref := make([]float64, out*in)
		for k, v := range w.Data() {
			ref[k] = float64(v)
		}
		tPre, tPost := make([]float64, batch*in), make([]float64, batch*out)
		var s *STDPState
		for range steps {
			pre, post := spikes(r, 0.4, batch, in), spikes(r, 0.4, batch, out)
			w, s = rule.StepLinear(pre, post, w, s)
			for k, z := range pre.Data() {
				tPre[k] += 0.02 * (-tPre[k] + 0.7*float64(z))
			}
			for k, z := range post.Data() {
				tPost[k] += 0.02 * (-tPost[k] + 1.3*float64(z))
			}
			for i := range out {
				for j := range in {
					v := ref[i*in+j]
					up, down := 0.03, 0.02
					switch algorithm {
					case "additive_step":
						up, down = up*float64(step(float32(1-v))), down*float64(step(float32(v)))
					case "multiplicative_pow":
						up, down = up*math.Sqrt(1-v), down*math.Sqrt(v)
					case "multiplicative_relu":
						up, down = up*(1-v), down*v
					}
					for b := range batch {
						v += up*float64(post.Data()[b*out+i])*tPre[b*in+j] - down*tPost[b*out+i]*float64(pre.Data()[b*in+j])
					}
					ref[i*in+j] = min(max(v, 0), 1)
				}
			}
		}
		for k, v := range w.Data() {
			if !close32(v, float32(ref[k]), 1e-5) {
				t.Errorf("%s: weight %d is %v, formula gives %v", algorithm, k, v, ref[k])
			}
		}
	}
}

// Oracle: a convolution whose window is one pixel is a linear layer at every pixel, each a sample of the batch.
func TestSTDPConv2dWithOnePixelWindowIsLinearOverPixels(t *testing.T) {
	r := rand.New(rand.NewSource(2))
	const in, out, h, w = 2, 3, 4, 5
	rule := STDP(EtaPlus(0.01), EtaMinus(0.02))
	kernel := uniform(r, out, in, 1, 1)
	flat := tensor.FromSlice(slices.Clone(kernel.Data()), out, in)
	var cs, ls *STDPState
	for range 20 {
		pre, post := spikes(r, 0.3, in, h, w), spikes(r, 0.3, out, h, w)
		kernel, cs = rule.StepConv2d(pre, post, kernel, cs)
		flat, ls = rule.StepLinear(pixels(pre), pixels(post), flat, ls)
	}
	for k, v := range kernel.Data() {
		if !close32(v, flat.Data()[k], 1e-6) {
			t.Errorf("weight %d: convolution %v, linear %v", k, v, flat.Data()[k])
		}
	}
}

// pixels turns (channels, h, w) into (h·w, channels).
func pixels(x *tensor.Tensor) *tensor.Tensor {
	c, n := x.Shape()[0], x.Shape()[1]*x.Shape()[2]
	y := tensor.Zeros(n, c)
	for i := range c {
		for k := range n {
			y.Data()[k*c+i] = x.Data()[i*n+k]
		}
	}
	return y
}

// Oracle: a stride-2, dilation-2, padding-1 convolution computed by visiting every pair of an input and an output pixel.
func TestSTDPConv2dVisitsThePairsOfTheWindow(t *testing.T) {
	r := rand.New(rand.NewSource(3))
	const stride, pad, dil, k, in, out, h, w = 2, 1, 2, 3, 2, 2, 8, 7
	const oh, ow = (h+2*pad-dil*(k-1)-1)/stride + 1, (w+2*pad-dil*(k-1)-1)/stride + 1
	rule := STDP(Stride(stride), Padding(pad), Dilation(dil), EtaPlus(0.1), EtaMinus(0.07))
	pre, post := spikes(r, 0.5, 2, in, h, w), spikes(r, 0.5, 2, out, oh, ow)
	w0 := uniform(r, out, in, k, k)
	got, s := rule.StepConv2d(pre, post, w0, nil)
	for idx, v := range w0.Data() {
		kx, ky, c, o := idx%k, idx/k%k, idx/(k*k)%in, idx/(k*k*in)
		want := float64(v)
		for b := range 2 {
			for y := range h {
				for x := range w {
					for oy := range oh {
						for ox := range ow {
							if oy*stride-pad+ky*dil != y || ox*stride-pad+kx*dil != x {
								continue
							}
							i, q := ((b*in+c)*h+y)*w+x, ((b*out+o)*oh+oy)*ow+ox
							want += 0.1*float64(post.Data()[q]*s.TPre.Data()[i]) - 0.07*float64(s.TPost.Data()[q]*pre.Data()[i])
						}
					}
				}
			}
		}
		if want = min(max(want, 0), 1); !close32(got.Data()[idx], float32(want), 1e-6) {
			t.Errorf("weight %d is %v, want %v", idx, got.Data()[idx], want)
		}
	}
}

// Closed form: a presynaptic spike at step 0 and a postsynaptic one n steps later change the weight by
// η₊·c·(1−c)ⁿ with c = dt/τ; the other order by −η₋·c·(1−c)ⁿ.
func TestSTDPWindowIsExponential(t *testing.T) {
	one, none := tensor.Of(1), tensor.Of(0)
	for n := 1; n < 40; n += 6 {
		for _, causal := range []bool{true, false} {
			rule, w := STDP(), tensor.FromSlice([]float32{0.5}, 1, 1)
			var s *STDPState
			for k := range n + 1 {
				pre, post := none, none
				if k == 0 && causal || k == n && !causal {
					pre = one
				}
				if k == n && causal || k == 0 && !causal {
					post = one
				}
				w, s = rule.StepLinear(pre, post, w, s)
			}
			want := 1e-3 * 0.02 * math.Pow(0.98, float64(n))
			if !causal {
				want = -want
			}
			if got := float64(w.Data()[0]) - 0.5; math.Abs(got-want) > 6e-8 {
				t.Errorf("n=%d causal=%v: change %g, want %g", n, causal, got, want)
			}
		}
	}
}

// Closed form: under "nearest" ten spikes in a row leave the trace of one; under "accumulate" they add up to
// a·(1−(1−c)¹⁰).
func TestTraceRules(t *testing.T) {
	for name, want := range map[string]float64{"nearest": 0.02, "accumulate": 1 - math.Pow(0.98, 10)} {
		rule, s := STDP(Trace(name)), (*STDPState)(nil)
		w := tensor.FromSlice([]float32{0.5}, 1, 1)
		for range 10 {
			w, s = rule.StepLinear(tensor.Of(1), tensor.Of(0), w, s)
		}
		if !close32(s.TPre.Data()[0], float32(want), 1e-6) {
			t.Errorf("%s: trace %v, want %v", name, s.TPre.Data()[0], want)
		}
	}
}

// Norse changes the state object that it is given; here the arguments stay as they were.
func TestStepsLeaveTheirArgumentsAlone(t *testing.T) {
	r := rand.New(rand.NewSource(4))
	rule := STDP()
	w, pre, post := uniform(r, 3, 2), spikes(r, 0.5, 1, 2), spikes(r, 0.5, 1, 3)
	_, s := rule.StepLinear(pre, post, w, nil)
	wBefore, sBefore := slices.Clone(w.Data()), s.Clone()
	rule.StepLinear(pre, post, w, s)
	if !slices.Equal(w.Data(), wBefore) || !slices.Equal(s.TPre.Data(), sBefore.TPre.Data()) || !slices.Equal(s.TPost.Data(), sBefore.TPost.Data()) {
		t.Error("StepLinear changed its arguments")
	}
}

// Norse accepts an unknown algorithm's name and fails at the first step.
func TestMisuseIsNamed(t *testing.T) {
	mustPanic(t, `unknown stdp_algorithm "hebb"; valid are [additive additive_step`, func() { STDP(Algorithm("hebb")) })
	mustPanic(t, `unknown trace "all"`, func() { STDP(Trace("all")) })
	mustPanic(t, "plasticity.STDP: unknown option U; it knows a_post, a_pre, dilation, dt,", func() { STDP(U(1)) })
	mustPanic(t, "tau_pre_inv is 0; it must be above 0", func() { STDP(TauPreInv(0)) })
	mustPanic(t, "w_min 2 is above w_max 1", func() { STDP(WMin(2)) })
	mustPanic(t, "plasticity.STDP: eta_plus is a string; it takes a number or a tensor", func() { STDP(EtaPlus("x")) })
	mustPanic(t, "weights [3 2] (out, in) do not fit pre [1 4] and post [1 3]", func() {
		STDP().StepLinear(tensor.Zeros(1, 4), tensor.Zeros(1, 3), tensor.Zeros(3, 2), nil)
	})
	mustPanic(t, "give [1 2 4 4], post has [1 2 5 5]", func() {
		STDP().StepConv2d(tensor.Zeros(1, 1, 6, 6), tensor.Zeros(1, 2, 5, 5), tensor.Zeros(2, 1, 3, 3), nil)
	})
	mustPanic(t, "outside [0, 1], where multiplicative_pow with mu 0.5 is not defined", func() {
		STDP(Algorithm("multiplicative_pow"), Mu(0.5)).StepLinear(tensor.Zeros(1, 1), tensor.Zeros(1, 1), tensor.FromSlice([]float32{2}, 1, 1), nil)
	})
}

// A tensor parameter acts on its own neuron or synapse: the run with mixed values holds the runs with each value.
func TestParametersPerNeuron(t *testing.T) {
	r := rand.New(rand.NewSource(5))
	w := uniform(r, 3, 2)
	run := func(opts ...snn.Option) []float32 {
		r := rand.New(rand.NewSource(6))
		rule, v := STDP(opts...), w
		var s *STDPState
		for range 25 {
			v, s = rule.StepLinear(spikes(r, 0.4, 1, 2), spikes(r, 0.4, 1, 3), v, s)
		}
		return v.Data()
	}
	mixed := run(TauPreInv(tensor.Of(20, 90)), EtaPlus(tensor.FromSlice([]float32{0.01, 0.02, 0.03}, 3, 1)))
	for i, eta := range []float32{0.01, 0.02, 0.03} {
		for j, tau := range []float32{20, 90} {
			alone := run(TauPreInv(tensor.Of(tau)), EtaPlus(tensor.Of(eta)))
			if mixed[i*2+j] != alone[i*2+j] {
				t.Errorf("synapse %d,%d: %v, alone %v", i, j, mixed[i*2+j], alone[i*2+j])
			}
		}
	}
	mustPanic(t, "tau_pre_inv has shape [3], which does not broadcast over [1 2]", func() { run(TauPreInv(tensor.Of(1, 2, 3))) })
}

func TestInPlaceStepsDoNotAllocate(t *testing.T) {
	r := rand.New(rand.NewSource(7))
	pre, post, w := spikes(r, 0.3, 2, 8), spikes(r, 0.3, 2, 6), uniform(r, 6, 8)
	rule, s := STDP(Algorithm("multiplicative_relu")), STDP().InitialState(pre, post)
	three := ThreeFactor()
	ts := three.InitialState(pre, post, w)
	cpre, cpost, cw := spikes(r, 0.3, 1, 6, 6), spikes(r, 0.3, 2, 6, 6), uniform(r, 2, 1, 3, 3)
	conv := STDP(Padding(1))
	cs := conv.InitialState(cpre, cpost)
	sensor, ss := STDPSensor(), STDPSensor().Step(pre, post, nil)
	corr, xs := CorrelationSensor(), CorrelationSensor().Step(pre, post, nil)
	tm, us, dst := TsodyksMakram(), TsodyksMakram().InitialState(pre), tensor.Zeros(2, 8)
	for name, f := range map[string]func(){
		"STDP linear":       func() { rule.StepLinearInPlace(pre, post, w, s) },
		"STDP conv2d":       func() { conv.StepConv2dInPlace(cpre, cpost, cw, cs) },
		"ThreeFactor":       func() { three.StepInPlace(pre, post, 0.5, w, ts) },
		"STDPSensor":        func() { sensor.StepInPlace(pre, post, ss) },
		"CorrelationSensor": func() { corr.StepInPlace(pre, post, xs) },
		"TsodyksMakram":     func() { tm.StepInto(dst, pre, us) },
	} {
		f()
		if n := testing.AllocsPerRun(20, f); n != 0 {
			t.Errorf("%s allocates %v times a step", name, n)
		}
	}
}

// TestMisfitsChangeNothing: a step that panics has not moved the traces before.
func TestMisfitsChangeNothing(t *testing.T) {
	rule, three := STDP(), ThreeFactor()
	for name, step := range map[string]func(pre, post *tensor.Tensor, s *STDPState){
		"linear": func(pre, post *tensor.Tensor, s *STDPState) { rule.StepLinearInPlace(pre, post, tensor.Ones(2, 9), s) },
		"convolution": func(pre, post *tensor.Tensor, s *STDPState) {
			rule.StepConv2dInPlace(pre, post, tensor.Ones(1, 1, 9, 9), s)
		},
		"three factors": func(pre, post *tensor.Tensor, s *STDPState) {
			w := tensor.Ones(2, 9)
			three.StepInPlace(pre, post, 1, w, &ThreeFactorState{Traces: s, Eligibility: tensor.Zeros(2, 9)})
		},
		"a reward that is none": func(pre, post *tensor.Tensor, s *STDPState) {
			w := tensor.Ones(4, 4)
			three.StepInPlace(pre, post, math.NaN(), w, &ThreeFactorState{Traces: s, Eligibility: tensor.Zeros(4, 4)})
		},
	} {
		pre, post := tensor.Ones(1, 4, 4), tensor.Ones(1, 4, 4)
		if name != "convolution" {
			pre, post = tensor.Ones(4), tensor.Ones(4)
		}
		s := rule.InitialState(pre, post)
		mustPanic(t, "plasticity: ", func() { step(pre, post, s) })
		if s.TPre.Sum().Item() != 0 || s.TPost.Sum().Item() != 0 {
			t.Errorf("%s: the traces moved: %v", name, s)
		}
	}
}
