package snn

import (
	"errors"
	"fmt"
	"runtime"

	"github.com/livespike/livespike/internal/cuda/gpu"
	"github.com/livespike/livespike/snn/tensor"
)

// Looped runs a model on a GPU step by step, as a loop in real time does. It is made by Loop and belongs to one goroutine.
type Looped struct {
	m              Module
	d              *gpu.Device
	in, out        []int
	pipe           *gpu.Pipe
	places         [2]place // steps under way: one travels while another is worked on
	pushed, pulled int
	state          *State
	failed         error
}

// place is where a step is on the device.
type place struct {
	gpu.Step
	result *gpu.Memory
	graph  *gpu.Graph
}

// Loop makes a loop of a model that was sent to a GPU, for inputs of that shape: one step each for a model of cells, or a
// piece of a sequence. The state stays there from one step to the next.
//
//	loop, err := snn.Loop(gpu, model, 480, 640)
//	for frame := range camera.Frames(time.Millisecond) {
//		y, err := loop.Step(frame)
//	}
//
// The first step runs as Forward does, and the launches of the following ones are recorded as a CUDA graph, which starts
// them all at once. Input and output travel through pinned memory in streams of their own: Push and Pull keep two steps
// under way, of which one travels while the other is worked on. An input that is on the device already, such as a frame
// that events were sent to, stays there.
//
// The graph computes with the weights that are in their places: CopyFrom and optimisers change them, To leaves the loop those
// that it had. The parameters of neurons are those of the first step, also learned ones.
// Nothing else may use the device during the first step. The error says that the device has no graphs, as the CPU, whose
// ForwardInto does the same, or that it is full.
func Loop(d tensor.Device, m Module, in ...int) (*Looped, error) {
	if m == nil {
		panicf("snn.Loop: the model is nil")
	}
	on := gpu.DeviceOf(d)
	if on == nil {
		return nil, errors.New("snn.Loop: the cpu has no graphs; ForwardInto is its loop without allocations")
	}
	pipe, err := on.NewPipe()
	if err != nil {
		return nil, err
	}
	l := &Looped{m: m, d: on, in: append([]int(nil), in...), pipe: pipe}
	for k := range l.places {
		p := &l.places[k]
		if p.To, err = on.Pin(size(in)); err == nil {
			p.In, err = on.Alloc(size(in))
		}
		if err != nil {
			return nil, errors.Join(err, l.Close())
		}
	}
	return l, nil
}

// Step is Push and Pull: the output for x, on the CPU. It panics if steps are under way.
func (l *Looped) Step(x *tensor.Tensor) (*tensor.Tensor, error) {
	if l.pushed > l.pulled {
		panicf("snn.Loop: Step while %d steps are under way; Pull them first", l.pushed-l.pulled)
	}
	if err := l.Push(x); err != nil {
		if l.pushed > l.pulled { // else the next Step would find this one under way
			_, _ = l.Pull() // it says the same
		}
		return nil, err
	}
	return l.Pull()
}

// Push queues a step on x and does not wait for it. It panics if x has another shape than the loop, or if two steps are
// under way. The error is that of a device that failed or is full.
func (l *Looped) Push(x *tensor.Tensor) error {
	switch {
	case x == nil || !sameShape(x.Shape(), l.in):
		panicf("snn.Loop: input has shape %v, the loop %v", shapeText(x), l.in)
	case l.pushed-l.pulled == len(l.places):
		panicf("snn.Loop: two steps are under way; Pull one first")
	case l.failed != nil:
		return l.failed
	}
	p := &l.places[l.pushed%len(l.places)]
	from := gpu.Of(x)
	if from == nil {
		copy(p.To.Numbers, x.Data())
	}
	err := l.pipe.Push(&p.Step, from == nil, func() (*gpu.Memory, error) {
		if from != nil {
			if err := p.In.Copy(from); err != nil {
				return nil, err
			}
		}
		work := p.graph.Replay
		if l.pushed == 0 {
			work = func() error { return l.first(p) }
		}
		err := work()
		return p.result, err
	})
	runtime.KeepAlive(x)
	if err == nil && l.pushed == 0 {
		l.failed = errors.New("snn.Loop: a panic ended its first step") // unless it returns
		err = l.record()
	}
	l.pushed++
	l.failed = err
	return err
}

func shapeText(x *tensor.Tensor) any {
	if x == nil {
		return nil
	}
	return x.Shape()
}

// first is the step that shows the output's shape and makes the state.
func (l *Looped) first(p *place) error {
	return l.guarded(func() error {
		y, s := l.m.Forward(onGPU(p.In, l.in), nil)
		l.out, l.state = y.Shape(), s
		for k := range l.places {
			q := &l.places[k]
			var err error
			if q.From, err = l.d.Pin(y.Numel()); err == nil {
				q.result, err = l.d.Alloc(y.Numel())
			}
			if err != nil {
				return err
			}
		}
		return p.result.Copy(gpu.Of(y))
	})
}

// record makes the graphs of the following steps, one for each place.
func (l *Looped) record() error {
	for k := range l.places {
		p := &l.places[k]
		g, err := l.d.Capture(func() error {
			return l.guarded(func() error {
				y, s := l.m.Forward(onGPU(p.In, l.in), l.state)
				if err := l.state.take(s); err != nil {
					return err
				}
				return p.result.Copy(gpu.Of(y))
			})
		})
		if err != nil {
			return err
		}
		p.graph = g
	}
	return nil
}

// guarded runs f without recording gradients; a panic with the error of a device is that error.
func (l *Looped) guarded(f func() error) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case misuse, runtime.Error:
			panic(r)
		case error:
			err = fmt.Errorf("snn.Loop: %w", r)
		default:
			panic(r)
		}
	}()
	tensor.NoGrad(func() { err = f() })
	return err
}

// take copies the variables of a state of the same form into the places of s on the device.
func (s *State) take(from *State) error {
	if s == nil {
		return nil
	}
	if s.gpu != nil {
		return s.gpu.Copy(from.gpu)
	}
	for k, c := range s.sub {
		if c.t != nil {
			c.t.CopyFrom(from.sub[k].t)
		}
		if err := c.s.take(from.sub[k].s); err != nil {
			return err
		}
	}
	return nil
}

// Pull waits for the oldest step under way and returns its output, on the CPU. It panics if there is none.
func (l *Looped) Pull() (*tensor.Tensor, error) {
	if l.pulled == l.pushed {
		panicf("snn.Loop: Pull without a step under way")
	}
	p := &l.places[l.pulled%len(l.places)]
	l.pulled++
	err := p.Pull()
	if l.failed != nil { // a device that failed says the same at every call
		err = l.failed
	}
	if err != nil {
		return nil, err
	}
	return wrap(append([]float32(nil), p.From.Numbers...), l.out), nil
}

// State is a copy of the state after what was pushed, on the device; nil before the first step.
func (l *Looped) State() *State { return l.state.Clone() }

// Close waits for the steps under way and gives the graphs, the streams and the pinned memory back.
func (l *Looped) Close() error {
	var err error
	keep := func(e error) { // a device that failed says the same at every call
		if err == nil {
			err = e
		}
	}
	for k := range l.places {
		p := &l.places[k]
		keep(p.Pull())
		if p.graph != nil {
			keep(p.graph.Close())
		}
		for _, host := range []*gpu.Pinned{p.To, p.From} {
			if host != nil {
				keep(host.Close())
			}
		}
		*p = place{}
	}
	l.failed = errors.New("snn.Loop: the loop is closed")
	l.pulled = l.pushed
	if l.pipe != nil {
		keep(l.pipe.Close())
		l.pipe = nil
	}
	return err
}
