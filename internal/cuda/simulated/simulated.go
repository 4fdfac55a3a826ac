// Package simulated is a driver whose device is the PTX interpreter: whole networks run through the kernels that ship, on
// any machine, with every access checked. It is for tests: cuda.Use(simulated.Driver{}) puts it in the place of NVIDIA's.
//
// Everything happens at once, in the order in which it is asked for.
package simulated

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/livespike/livespike/internal/cuda"
	"github.com/livespike/livespike/internal/cuda/kernels"
	"github.com/livespike/livespike/internal/cuda/ptx"
)

// Memory is the size of the device in bytes.
const Memory = 1 << 30

var module = sync.OnceValues(func() (*ptx.Module, error) { return ptx.Parse(kernels.PTX) })

// Driver has one device.
type Driver struct {
	Log  *[]string // gets the names of the kernels that run, if not nil
	Blas bool      // whether there is a library for products
}

var info = cuda.Info{Name: "PTX interpreter", Major: 7, Memory: Memory, Processors: 1, Driver: "none"}

// Devices is the one.
func (Driver) Devices() ([]cuda.Info, error) { return []cuda.Info{info}, nil }

// Open is a fresh device.
func (driver Driver) Open(i int) (cuda.Device, error) {
	if i != 0 {
		return nil, fmt.Errorf("cuda: device %d of 1: %w", i, cuda.ErrNoDevice)
	}
	m, err := module()
	if err != nil {
		return nil, err
	}
	return &device{module: m, memory: ptx.NewMemory(), log: driver.Log, blas: driver.Blas}, nil
}

type device struct {
	mu     sync.Mutex
	module *ptx.Module
	memory *ptx.Memory
	held   int
	lost   error
	log    *[]string
	blas   bool
}

func (d *device) Info() cuda.Info { return info }

func (d *device) Alloc(size int) (cuda.Buffer, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.lost != nil {
		return nil, d.lost
	}
	if d.held+size > Memory {
		return nil, cuda.OutOfMemory(int64(size), int64(Memory-d.held), Memory)
	}
	d.held += size
	return &buffer{device: d, whole: d.memory.Bytes("memory", size), to: size}, nil
}

func (d *device) Pinned(size int) ([]byte, cuda.Buffer, error) {
	b, err := d.Alloc(size)
	if err != nil {
		return nil, nil, err
	}
	whole := b.(*buffer).whole
	whole.Filled(0, size)
	return whole.Content(), b, nil
}

func (d *device) Stream() (cuda.Stream, error) { return &stream{device: d}, nil }
func (d *device) Sync() error                  { return d.Err() }

func (d *device) MemInfo() (free, total int64, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return int64(Memory - d.held), Memory, d.lost
}

func (d *device) Kernel(name string) (cuda.Kernel, error) {
	e, ok := kernels.Find(name)
	if !ok {
		return nil, fmt.Errorf("cuda: there is no kernel %s", name)
	}
	return kernel{e}, nil
}

func (d *device) Blas() (string, error) {
	if !d.blas {
		return "", cuda.NoBlas("the interpreter has none")
	}
	return "products of the host", nil
}

func (d *device) Err() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.lost
}

func (d *device) Close() error { return nil }

type kernel struct{ entry kernels.Entry }

func (k kernel) Name() string  { return k.entry.Name }
func (k kernel) Params() []int { return k.entry.Params }

type buffer struct {
	device   *device
	whole    *ptx.Buffer
	from, to int
	freed    bool
}

func (b *buffer) Device() cuda.Device { return b.device }
func (b *buffer) Len() int            { return b.to - b.from }
func (b *buffer) Address() uint64     { return b.whole.Address() + uint64(b.from) }

func (b *buffer) Slice(from, to int) cuda.Buffer {
	return &buffer{device: b.device, whole: b.whole, from: b.from + from, to: b.from + to}
}

func (b *buffer) Live() error {
	if b.freed {
		return fmt.Errorf("cuda:0: a buffer of %d bytes used after it was freed", b.Len())
	}
	return nil
}

func (b *buffer) Free() error {
	if b.freed || b.Len() != b.whole.Len() {
		return errors.New("cuda:0: a part of a buffer, or a buffer twice, freed")
	}
	b.freed = true
	b.whole.Free()
	b.device.mu.Lock()
	defer b.device.mu.Unlock()
	b.device.held -= b.Len()
	return nil
}

type stream struct {
	device  *device
	capture *graph
}

type graph struct{ work []func() error }

func (*graph) Close() error { return nil }

// do runs f, or keeps it for the graph that is captured.
func (s *stream) do(f func() error) error {
	if s.capture != nil {
		s.capture.work = append(s.capture.work, f)
		return nil
	}
	if err := s.device.Err(); err != nil {
		return err
	}
	return f()
}

func same(what string, dst, src int) error {
	if dst != src {
		return fmt.Errorf("cuda:0: %s of %d bytes into %d", what, src, dst)
	}
	return nil
}

func (s *stream) Upload(dst cuda.Buffer, src []byte) error {
	if err := errors.Join(same("upload", dst.Len(), len(src)), cuda.CheckBuffer(s.device, dst)); err != nil {
		return err
	}
	return s.do(func() error {
		b := dst.(*buffer)
		copy(b.whole.Content()[b.from:], src)
		b.whole.Filled(b.from, b.to)
		return nil
	})
}

func (s *stream) Download(dst []byte, src cuda.Buffer) error {
	if err := errors.Join(same("download", len(dst), src.Len()), cuda.CheckBuffer(s.device, src)); err != nil {
		return err
	}
	return s.do(func() error {
		b := src.(*buffer)
		copy(dst, b.whole.Content()[b.from:b.to])
		return nil
	})
}

func (s *stream) Copy(dst, src cuda.Buffer) error {
	if err := errors.Join(same("copy", dst.Len(), src.Len()), cuda.CheckBuffer(s.device, dst), cuda.CheckBuffer(s.device, src)); err != nil {
		return err
	}
	return s.do(func() error {
		to, from := dst.(*buffer), src.(*buffer)
		copy(to.whole.Content()[to.from:to.to], from.whole.Content()[from.from:from.to])
		to.whole.Filled(to.from, to.to)
		return nil
	})
}

func (s *stream) Fill32(dst cuda.Buffer, v uint32) error {
	if err := cuda.CheckBuffer(s.device, dst); err != nil {
		return err
	}
	return s.do(func() error {
		b := dst.(*buffer)
		for at := b.from; at < b.to; at += 4 {
			b.whole.Set(at, v)
		}
		return nil
	})
}

func (s *stream) Launch(k cuda.Kernel, g cuda.Grid, args ...cuda.Arg) error {
	if err := cuda.CheckLaunch(s.device, k, g, args); err != nil {
		return err
	}
	list := make([]ptx.Arg, len(args))
	for i, a := range args {
		list[i] = ptx.Arg{Bits: a.Bits, Size: a.Size}
	}
	return s.do(func() error {
		grid := ptx.Grid{X: g.X, Y: g.Y, Z: g.Z, BlockX: g.BlockX, BlockY: g.BlockY, BlockZ: g.BlockZ}
		d := s.device
		if d.log != nil {
			*d.log = append(*d.log, k.Name())
		}
		if err := d.module.Entry(k.Name()).Run(d.memory, grid, list...); err != nil {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.lost = fmt.Errorf("%w: %w", cuda.Lost(0, "a fault", k.Name()), err)
			return d.lost
		}
		return nil
	})
}

// Multiply adds from behind, so that the last bits tell who made a sum.
func (s *stream) Multiply(c, a, b cuda.Buffer, p cuda.Product) error {
	if _, err := s.device.Blas(); err != nil {
		return err
	}
	if err := cuda.CheckProduct(s.device, c, a, b, p); err != nil {
		return err
	}
	return s.do(func() error {
		x, y, to := numbers(a), numbers(b), c.(*buffer)
		for i := range p.M {
			for j := range p.N {
				sum := float32(0)
				for k := p.K - 1; k >= 0; k-- {
					sum += float32(x(i*p.ARow+k*p.AColumn) * y(k*p.BRow+j*p.BColumn))
				}
				to.whole.Set(to.from+4*(i*p.N+j), math.Float32bits(sum))
			}
		}
		if s.device.log != nil {
			*s.device.log = append(*s.device.log, "Multiply")
		}
		return nil
	})
}

// numbers reads a buffer.
func numbers(of cuda.Buffer) func(k int) float32 {
	b := of.(*buffer)
	data := b.whole.Content()[b.from:b.to]
	return func(k int) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(data[4*k:])) }
}

type mark struct{ at time.Time }

func (m mark) Sync() error { return nil }
func (m mark) Since(earlier cuda.Event) (time.Duration, error) {
	return m.at.Sub(earlier.(mark).at), nil
}
func (m mark) Close() error { return nil }

func (s *stream) Record() (cuda.Event, error) { return mark{time.Now()}, nil }
func (s *stream) Wait(cuda.Event) error       { return nil }
func (s *stream) Sync() error                 { return s.device.Err() }

func (s *stream) Capture(f func(cuda.Stream) error) (cuda.Graph, error) {
	s.capture = &graph{}
	err := f(s)
	g := s.capture
	s.capture = nil
	if err != nil {
		return nil, err
	}
	return g, nil
}

func (s *stream) Replay(g cuda.Graph) error {
	for _, f := range g.(*graph).work {
		if err := s.do(f); err != nil {
			return err
		}
	}
	return nil
}

func (s *stream) Close() error { return nil }
