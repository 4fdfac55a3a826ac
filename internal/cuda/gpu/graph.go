package gpu

import (
	"errors"
	"runtime"
	"unsafe"

	"github.com/livespike/livespike/internal/cuda"
)

// Graph is work on a device that was recorded once and runs again at the cost of one launch.
type Graph struct {
	device *Device
	graph  cuda.Graph
	held   []*allocation // what it reads and writes
}

// recording is what a device remembers while a graph is recorded.
type recording struct{ held []*allocation }

// hold keeps memory that a graph reads or writes for as long as the graph is, if one is recorded.
func (d *Device) hold(list ...*Memory) {
	if r := d.recording.Load(); r != nil {
		for _, m := range list {
			r.held = append(r.held, m.whole)
		}
	}
}

// errRecording is what a copy between host and device is while a graph is recorded: it would not happen again.
var errRecording = errors.New("gpu: a graph cannot copy between host and device; is CheckFinite on, or Dropout in training mode?")

// Capture records what f puts on the device instead of running it. The memory that f allocates is the graph's until it is
// closed. Nobody else may use the device meanwhile.
func (d *Device) Capture(f func() error) (*Graph, error) {
	r := &recording{}
	var thrown any
	g, err := d.stream.Capture(func(cuda.Stream) (err error) {
		d.recording.Store(r)
		defer d.recording.Store(nil)
		defer func() { // a panic leaves when the device records no more
			if thrown = recover(); thrown != nil {
				err = errRecording
			}
		}()
		return f()
	})
	if thrown != nil {
		panic(thrown)
	}
	if err != nil {
		return nil, err
	}
	return &Graph{d, g, r.held}, nil
}

// Replay runs the graph.
func (g *Graph) Replay() error { return g.device.stream.Replay(g.graph) }

// Close gives the graph and its memory back.
func (g *Graph) Close() error {
	g.held = nil
	return g.graph.Close()
}

// Pinned is host memory that copies go to and from while the host does something else.
type Pinned struct {
	Numbers []float32
	buffer  cuda.Buffer
}

// Pin is pinned memory for n numbers.
func (d *Device) Pin(n int) (*Pinned, error) {
	host, buffer, err := d.dev.Pinned(max(4*n, 4))
	if err != nil {
		return nil, err
	}
	return &Pinned{unsafe.Slice((*float32)(unsafe.Pointer(unsafe.SliceData(host))), n), buffer}, nil
}

// Close gives the memory back.
func (p *Pinned) Close() error { return p.buffer.Free() }

// Pipe copies to a device and back in two streams of its own, so that one step's numbers travel while another's are worked
// on.
type Pipe struct {
	device   *Device
	up, down cuda.Stream
}

// NewPipe is a pipe to a device.
func (d *Device) NewPipe() (*Pipe, error) {
	up, err := d.dev.Stream()
	if err != nil {
		return nil, err
	}
	down, err := d.dev.Stream()
	if err != nil {
		return nil, errors.Join(err, up.Close())
	}
	return &Pipe{d, up, down}, nil
}

// Close gives the streams back.
func (p *Pipe) Close() error { return errors.Join(p.up.Close(), p.down.Close()) }

// Step is one passage through a pipe. In is where it begins on the device, and To and From are its ends on the host.
type Step struct {
	In       *Memory
	To, From *Pinned
	marks    []cuda.Event
}

// Push queues a step: To goes to In, then work runs, then what it returns goes to From. Without To nothing is copied to In.
// It does not wait. The step must not be under way already.
func (p *Pipe) Push(s *Step, copied bool, work func() (*Memory, error)) error {
	if copied {
		if err := p.up.Upload(s.In.buffer(), bytesOf(s.To.Numbers)); err != nil {
			return err
		}
		if err := s.then(p.up, p.device.stream); err != nil {
			return err
		}
	}
	out, err := work()
	if err != nil {
		return err
	}
	if err := s.then(p.device.stream, p.down); err != nil {
		return err
	}
	err = p.down.Download(bytesOf(s.From.Numbers), out.buffer())
	runtime.KeepAlive(out.whole)
	if err != nil {
		return err
	}
	done, err := p.down.Record()
	if err == nil {
		s.marks = append(s.marks, done)
	}
	return err
}

// then lets one stream wait for what is in another.
func (s *Step) then(first, next cuda.Stream) error {
	mark, err := first.Record()
	if err != nil {
		return err
	}
	s.marks = append(s.marks, mark)
	return next.Wait(mark)
}

// Pull waits until a step that was pushed is done: From then holds its output.
func (s *Step) Pull() error {
	var err error
	if n := len(s.marks); n > 0 {
		err = s.marks[n-1].Sync()
	}
	for _, m := range s.marks {
		if failed := m.Close(); err == nil { // a device that failed says the same at every call
			err = failed
		}
	}
	s.marks = s.marks[:0]
	return err
}
