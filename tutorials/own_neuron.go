// %% [markdown]
// # Writing your own neuron
// A module is whatever has `Forward(x, state)` and gives back an output and a new state. A script can define one; it steps, stacks, learns and is checked like those of the package. When it has settled, the same text compiles.

// %% [markdown]
// ## In a script
// A resonate-and-fire neuron (Izhikevich, Neural Networks 14:883, 2001): a damped oscillation in two variables, that inputs push. It fires when the pushes come in its own rhythm, and not when they come faster or slower, which a leaky neuron cannot tell.
// ```
// u' = u + dt·(−b·u − ω·v) + x
// v' = v + dt·(ω·u − b·v)
// z = 1 if v' > 1, and then u' = 0, v' = 0
// ```

// %%
import "github.com/livespike/livespike/snn/surrogate"

type Resonator struct {
	Damping float64 // b, 1/s
	Omega   float64 // ω, rad/s
	DT      float64 // s
	spike   surrogate.Function
}

func NewResonator(hertz float64) *Resonator {
	return &Resonator{Damping: 10, Omega: 2 * math.Pi * hertz, DT: 0.001, spike: surrogate.SuperSpike(10)}
}

func (r *Resonator) Forward(x *tensor.Tensor, s *snn.State) (*tensor.Tensor, *snn.State) {
	if s == nil {
		s = snn.NewState("Resonator").With("u", tensor.ZerosLike(x)).With("v", tensor.ZerosLike(x))
	}
	u, v := s.Get("u"), s.Get("v")
	du := u.Mul(-r.Damping).Sub(v.Mul(r.Omega))
	dv := u.Mul(r.Omega).Sub(v.Mul(r.Damping))
	u, v = u.Add(du.Mul(r.DT)).Add(x), v.Add(dv.Mul(r.DT))
	z := r.spike.Spikes(v.Sub(1)) // a step forwards; a surrogate's slope backwards
	stays := z.Detach().Neg().Add(1)
	return z, snn.NewState("Resonator").With("u", u.Mul(stays)).With("v", v.Mul(stays))
}

neuron := NewResonator(20)
output, state := neuron.Forward(tensor.Ones(1), nil)
state

// %% [markdown]
// `snn.Lift` makes a layer over time of any module. Here is one pulse every 50 ms, the neuron's own 20 Hz, and beside it one every 35 ms.

// %%
pulses := tensor.Zeros(600, 2)
for t := range 600 {
	if t%50 == 10 {
		pulses.Set(0.45, t, 0)
	}
	if t%35 == 10 {
		pulses.Set(0.45, t, 1)
	}
}
var u, v, z []*tensor.Tensor
state = nil
for t := range 600 {
	output, state = neuron.Forward(pulses.Index(t), state)
	u, v, z = append(u, state.Get("u")), append(v, state.V()), append(z, output)
}
fmt.Println("spikes:", tensor.Stack(z...).Sum(0))
trace := plot.Trace(tensor.Stack(v...)).Names("pulses at 20 Hz", "pulses at 29 Hz").Spikes(tensor.Stack(z...))
trace.X.Label.Text, trace.Y.Label.Text = "time (ms)", "v"
trace

// %%
orbit := plot.Phase(tensor.Stack(u...).Slice(1, 1, 2), tensor.Stack(v...).Slice(1, 1, 2))
orbit.X.Label.Text, orbit.Y.Label.Text = "u", "v, pushed at 29 Hz"
orbit

// %% [markdown]
// ## Is it right?
// `snntest` steps any module through what must hold for every neuron: the same input gives the same output, rest stays rest, a batch gives what its samples give, a sequence what its steps give, what was saved comes back, gradients are finite. `nil` is what you want to see.

// %%
import "github.com/livespike/livespike/snn/snntest"

fmt.Println("what is wrong:", snntest.Check(func() snn.Module { return NewResonator(20) }, 4))

// %% [markdown]
// A fault is found and named. This one remembers in a variable of its own what belongs into the state.

// %%
type forgetful struct{ v *tensor.Tensor }

func (f *forgetful) Forward(x *tensor.Tensor, s *snn.State) (*tensor.Tensor, *snn.State) {
	if f.v == nil {
		f.v = tensor.ZerosLike(x)
	}
	f.v = f.v.Mul(0.9).Add(x)
	return f.v, s
}

fault := snntest.Check(func() snn.Module { return &forgetful{} }, 4)
message, _, _ := strings.Cut(fault.Error(), "\n")
message

// %% [markdown]
// ## It learns
// The spike passes a surrogate gradient, so whatever stands before the neuron can be trained. One weight has to find out how strong a push must be for a spike at each of the twelve pulses.

// %%
import "github.com/livespike/livespike/snn/train"

tensor.Seed(2)
weight := tensor.Full(0.3, 1, 1)
model := snn.Sequential(snn.Linear(1, 1, snn.Weight(weight), snn.Bias(false)), snn.Lift(NewResonator(20)))
snn.Train(model)
optimizer := train.Adam(snn.Parameters(model), train.LR(0.05))
rhythm := pulses.Slice(1, 0, 1).Unsqueeze(1).Div(0.45)
var counts, losses []float32
for range 40 {
	spikes, _ := model.Forward(rhythm, nil)
	loss := spikes.Sum().Sub(12).Pow(2)
	optimizer.ZeroGrad()
	loss.Backward()
	optimizer.Step()
	counts, losses = append(counts, spikes.Sum().Item()), append(losses, loss.Item())
}
course := plot.Trace(tensor.FromSlice(counts))
course.X.Label.Text, course.Y.Label.Text = "step of training", "spikes in 600 ms"
course

// %% [markdown]
// ## Compiled
// The type above is ordinary Go: put it into a file that begins with `package resonator` and the imports, and any program, and any script of a Livespike that was built with it, can use it. The interpreter only walks over the lines of `Forward`; the work is in tensor operations that are compiled anyway. The gain of compiling is therefore largest for small layers.
//
// The guide `docs/own-neuron.md` has the file, its test, and how a model becomes one of the package's own with a fused kernel.
//
// Try: `NewResonator(29)`; a damping of 40; two of them in one network, for two rhythms.
