package plasticity

import (
	"math"
	"math/rand"
	"slices"
	"testing"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
)

// Norse's sensor fails for a batch of 2 (its mask has the batch of 1 built in). Oracle: each sample alone.
func TestDefect10CorrelationSensorTakesAnyBatch(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	const batch, in, hidden, steps = 3, 4, 5, 40
	rule := CorrelationSensor()
	var together *CorrelationSensorState
	alone := make([]*CorrelationSensorState, batch)
	for range steps {
		pre, post := spikes(r, 0.2, batch, in), spikes(r, 0.2, batch, hidden)
		together = rule.Step(pre, post, together)
		for b := range batch {
			alone[b] = rule.Step(at(pre, b), at(post, b), alone[b])
		}
	}
	if got, want := together.PostPre.Shape(), []int{batch, in, hidden}; !slices.Equal(got, want) {
		t.Fatalf("shape %v, want %v", got, want)
	}
	n := in * hidden
	for b := range batch {
		for name, pair := range map[string][2]*tensor.Tensor{
			"post_pre": {together.PostPre, alone[b].PostPre}, "correlation": {together.CorrelationTrace, alone[b].CorrelationTrace},
			"anti_correlation": {together.AntiCorrelationTrace, alone[b].AntiCorrelationTrace},
		} {
			if !slices.Equal(pair[0].Data()[b*n:(b+1)*n], pair[1].Data()) {
				t.Errorf("sample %d: %s differs from the sample alone", b, name)
			}
		}
	}
	mustPanic(t, "do not fit the sensor's state [3 4 5]", func() { rule.Step(tensor.Zeros(2, 4), tensor.Zeros(2, 5), together) })
}

// Closed form: after one presynaptic spike the causal trace decays by 1 − dt·τ⁻¹ a step, and not once a postsynaptic
// spike has come.
func TestCorrelationTraceHoldsAfterThePostSpike(t *testing.T) {
	rule := CorrelationSensor()
	s := rule.Step(tensor.Of(1), tensor.Of(0), nil)
	for range 10 {
		s = rule.Step(tensor.Of(0), tensor.Of(0), s)
	}
	want := math.Pow(0.99, 10)
	if !close32(s.CorrelationTrace.Data()[0], float32(want), 1e-6) {
		t.Errorf("trace %v, want %v", s.CorrelationTrace.Data()[0], want)
	}
	s = rule.Step(tensor.Of(0), tensor.Of(1), s)
	held := s.CorrelationTrace.Data()[0]
	for range 5 {
		s = rule.Step(tensor.Of(0), tensor.Of(0), s)
	}
	if s.CorrelationTrace.Data()[0] != held {
		t.Errorf("trace moved from %v to %v after the postsynaptic spike", held, s.CorrelationTrace.Data()[0])
	}
}

// Closed form: an update matrix that picks the difference of both traces.
func TestCorrelationBasedUpdate(t *testing.T) {
	const in, hidden = 2, 2
	rule := CorrelationSensor()
	s := rule.Step(tensor.FromSlice([]float32{1, 0}, 1, 2), tensor.FromSlice([]float32{0, 1}, 1, 2), nil)
	update := tensor.Zeros(in*hidden, 2*in*hidden)
	for k := range in * hidden {
		update.Data()[k*2*in*hidden+k] = 1
		update.Data()[k*2*in*hidden+in*hidden+k] = -1
	}
	w := tensor.Zeros(hidden, in)
	same, untouched := CorrelationBasedUpdate(3, update, w, s, 0.5, 2)
	if same != w || untouched != s {
		t.Error("a step that is no multiple changed something")
	}
	got, after := CorrelationBasedUpdate(4, update, w, s, 0.5, 2)
	// c = [[1 1] [0 0]], ac = [[0 1] [0 1]]
	if want := []float32{0.5, 0, 0, -0.5}; !slices.Equal(got.Data(), want) {
		t.Errorf("weights %v, want %v", got.Data(), want)
	}
	if slices.Max(after.CorrelationTrace.Data()) != 0 || slices.Max(after.AntiCorrelationTrace.Data()) != 0 {
		t.Error("the traces were not reset")
	}
	if slices.Max(s.CorrelationTrace.Data()) == 0 {
		t.Error("the caller's traces were reset")
	}
	mustPanic(t, "update has shape [4 4], want [4 8]", func() { CorrelationBasedUpdate(4, tensor.Zeros(4, 4), w, s, 1, 1) })
}

// Closed form, the fixed point of the recursion under a spike every step: u = U/(dt·τ_f⁻¹ + U) and
// x = dt·τ_d⁻¹/(dt·τ_d⁻¹ + u), with output u·x.
func TestTsodyksMakramSteadyState(t *testing.T) {
	rule, one := TsodyksMakram(), tensor.Of(1)
	var s *TsodyksMakramState
	var out *tensor.Tensor
	for range 5000 {
		out, s = rule.Step(one, s)
	}
	const dt, f, d, use = 0.001, 20, 1 / 0.75, 0.45
	u := use / (dt*f + use)
	x := dt * d / (dt*d + u)
	if !close32(s.U.Data()[0], float32(u), 1e-5) || !close32(s.X.Data()[0], float32(x), 1e-5) || !close32(out.Data()[0], float32(u*x), 1e-5) {
		t.Errorf("u %v x %v out %v, want %v %v %v", s.U.Data()[0], s.X.Data()[0], out.Data()[0], u, x, u*x)
	}
}

// Oracle: with tau_e_inv = 1/dt the eligibility is the change of this step only, so reward 1 and eta 1 give STDP.
func TestThreeFactorWithoutMemoryIsSTDP(t *testing.T) {
	r := rand.New(rand.NewSource(2))
	opts := []snn.Option{EtaPlus(0.02), EtaMinus(0.03)}
	stdp, three := STDP(opts...), ThreeFactor(append(opts, TauEInv(1000))...)
	a := uniform(r, 3, 4)
	b := a
	var s *STDPState
	var e *ThreeFactorState
	for range 30 {
		pre, post := spikes(r, 0.4, 2, 4), spikes(r, 0.4, 2, 3)
		a, s = stdp.StepLinear(pre, post, a, s)
		b, e = three.Step(pre, post, 1, b, e)
	}
	if !slices.Equal(a.Data(), b.Data()) {
		t.Errorf("three-factor %v, STDP %v", b.Data(), a.Data())
	}
}

// Closed form, the distal reward of the first source: one causal pair, a pause of n steps, one reward. The weight
// moves by reward·η·η₊·c·(1−c)·(1−k)ⁿ, k = dt·τ_e⁻¹, only when the reward comes, and the other way for punishment.
func TestThreeFactorRewardFindsThePairBehindIt(t *testing.T) {
	one, none := tensor.Of(1), tensor.Of(0)
	for _, reward := range []float64{1, -2} {
		rule, w := ThreeFactor(TauEInv(5), Eta(10), EtaPlus(1), EtaMinus(1)), tensor.FromSlice([]float32{0.5}, 1, 1)
		w, s := rule.Step(one, none, 0, w, nil)
		w, s = rule.Step(none, one, 0, w, s)
		for range 100 {
			w, s = rule.Step(none, none, 0, w, s)
		}
		if w.Data()[0] != 0.5 {
			t.Errorf("the weight moved to %v without a reward", w.Data()[0])
		}
		w, _ = rule.Step(none, none, reward, w, s)
		want := 0.5 + reward*10*0.02*0.98*math.Pow(0.995, 101)
		if !close32(w.Data()[0], float32(min(max(want, 0), 1)), 1e-5) {
			t.Errorf("reward %v: weight %v, want %v", reward, w.Data()[0], want)
		}
	}
}
