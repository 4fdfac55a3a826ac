// %% [markdown]
// # Real time, and how to know
// A loop that runs a thousand times a second has a millisecond for each step. On average is not enough: the one step in ten thousand that is late is the one that hits the wall. `rt.Loop` keeps the time and says how well it did.

// %%
import "github.com/livespike/livespike/io/rt"

network := snn.LIFCell()
x := tensor.Ones(1000)
var state *snn.State
var spikes *tensor.Tensor
loop := rt.New(time.Millisecond)
err := loop.Run(func(t rt.Tick) bool {
	spikes, state = network.Forward(x, state)
	return t.N < 999
})
fmt.Println("error:", err)

// %% [markdown]
// The first line of the report is what was asked for and what was missed. Late is from the tick to the beginning of its step, step is the step's own time. p99.9 is what one step in a thousand exceeds.

// %% Report tags=["volatile"]
loop.Report()

// %% [markdown]
// ## Whose fault is it?
// A loop that does nothing has the machine's own lateness. Beside it, what is ours shows.

// %% Beside a loop that does nothing tags=["volatile"]
report := loop.Report().Beside(rt.Null(time.Millisecond, 500))
report

// %% [markdown]
// ## Steps that are too long
// Ticks that are missed are left out, counted, and never made up for in silence; `rt.OnMiss(rt.Stop)` ends the loop instead. Here every twentieth step takes three periods.

// %% Missed tags=["volatile"]
busy := rt.New(2 * time.Millisecond)
err = busy.Run(func(t rt.Tick) bool {
	if t.N%20 == 10 {
		for end := time.Now().Add(6 * time.Millisecond); time.Now().Before(end); {
		}
	}
	return t.N < 200
})
busy.Report()

// %% [markdown]
// ## What a step costs
// Before a loop runs, its step can be measured: time, and memory that it allocates. `ForwardInto` writes into what it is given and needs no new memory, which keeps the garbage collector out of the loop; what is still counted is the interpreter's own call.

// %%
out := tensor.Zeros(1000)
_, state = network.Forward(x, nil)
%timeit -n 2000 -r 3 network.Forward(x, state)

// %%
%timeit -n 2000 -r 3 network.ForwardInto(out, x, state)

// %% [markdown]
// ## A robot in real time
// `Every` is such a loop for a robot: it calls a step with the newest observation, sends what the step returns, and stops the wheels at the end. A simulated robot then lives on the wall clock, too.

// %% A robot tags=["volatile"]
robot := durin.MustDial("sim:room?seed=1")
n := 0
driven := robot.Every(20*time.Millisecond, func(obs durin.Obs) durin.Command {
	if n++; n > 50 {
		return nil // the end
	}
	return durin.Move{Y: obs.Nearest(0) / 20}
})
robot.Close()
driven

// %% [markdown]
// ## From the frame to the answer
// `Realtime` plays a recording at its own pace, as a camera would send it, and the clock says how long the network needs for each frame once that is there. Beside the median stands what matters for a robot: the slowest of them.

// %% Latency tags=["volatile"]
camera := event.MustOpen("sample:bars", event.Realtime())
model := snn.Sequential(snn.LIFRefracCell(), snn.Conv2d(1, 2, 9, snn.Bias(false), snn.Padding(4)))
var memory *snn.State
var latencies []time.Duration
for frame := range camera.Frames(10 * time.Millisecond) {
	begin := time.Now()
	_, memory = model.Forward(frame, memory)
	latencies = append(latencies, time.Since(begin))
	if len(latencies) == 50 {
		break
	}
}
camera.Close()
plot.Latency(latencies)

// %% [markdown]
// Every figure here is of the machine that ran it: a laptop on battery, a virtual machine and a robot's board differ by factors. Measure where it will run.
//
// Try: 100 µs instead of a millisecond; `rt.Spin(0)`; `rt.KeepCollector()`; another program that keeps all processors busy meanwhile.
