// Package gpu keeps arrays of float32 on devices and runs kernels on them, for packages tensor and snn.
//
// Each device has one stream: what is asked for happens in that order. Memory that nobody holds any more is found by the
// garbage collector, which runs when as much was asked for as was in use after its last run, and kept for the next
// allocation of its size; one that does not fit gives all that is kept back to the driver and tries once more.
package gpu

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/livespike/livespike/internal/cuda"
	"github.com/livespike/livespike/internal/cuda/kernels"
)

// Device is an open device with its stream.
type Device struct {
	dev    cuda.Device
	stream cuda.Stream
	driver cuda.Driver

	mu      sync.Mutex
	kernels map[string]cuda.Kernel

	pool      pool
	recording atomic.Pointer[recording] // while a graph is recorded
	fast      atomic.Bool
}

var (
	openMu sync.Mutex
	opened = map[int]*Device{}
)

// Open is device i, the same at every call. A device that failed is opened anew, which the driver may refuse.
func Open(i int) (*Device, error) {
	openMu.Lock()
	defer openMu.Unlock()
	driver := cuda.Current()
	if d := opened[i]; d != nil && d.driver == driver && d.dev.Err() == nil {
		return d, nil
	}
	dev, err := cuda.Open(i)
	if err != nil {
		return nil, err
	}
	stream, err := dev.Stream()
	if err != nil {
		return nil, errors.Join(err, dev.Close())
	}
	d := &Device{dev: dev, stream: stream, driver: driver, kernels: map[string]cuda.Kernel{}}
	opened[i] = d
	return d, nil
}

// String is cuda:0.
func (d *Device) String() string { return fmt.Sprintf("cuda:%d", d.dev.Info().Index) }

// Info describes the device.
func (d *Device) Info() cuda.Info { return d.dev.Info() }

// MemInfo is the device's free and total memory in bytes.
func (d *Device) MemInfo() (free, total int64, err error) { return d.dev.MemInfo() }

// Sync waits until everything is done.
func (d *Device) Sync() error { return d.stream.Sync() }

// Memory is float32s on a device, or a part of such.
type Memory struct {
	Device *Device
	whole  *allocation
	from   int
	n      int
}

// allocation is what is given back as one.
type allocation struct{ buffer cuda.Buffer }

// pool is memory that was in use, by its size in bytes, and what decides when to look for more.
type pool struct {
	sync.Mutex
	spare       map[int][]cuda.Buffer
	used, asked int // bytes in use, and asked for since the garbage collector ran
	limit       int // of asked
}

// leastGarbage is how many bytes are asked for, at least, before the garbage collector runs for them.
const leastGarbage = 256 << 20

// Alloc is memory for n numbers, which are not defined.
func (d *Device) Alloc(n int) (*Memory, error) {
	size := (4*n + 511) &^ 511 // so that sizes come again
	buffer, err := d.take(size)
	if err != nil {
		return nil, err
	}
	whole := &allocation{buffer}
	if r := d.recording.Load(); r != nil {
		r.held = append(r.held, whole)
	}
	runtime.AddCleanup(whole, d.giveBack, buffer)
	return &Memory{Device: d, whole: whole, n: n}, nil
}

func (d *Device) take(size int) (cuda.Buffer, error) {
	if d.pool.due(size) {
		runtime.GC()
	}
	if b := d.pool.take(size); b != nil {
		return b, nil
	}
	b, err := d.dev.Alloc(size)
	if errors.Is(err, cuda.ErrMemory) {
		runtime.GC()
		runtime.GC() // the first one finds what can go, and its cleanups run before the second ends
		if err := d.pool.release(); err != nil {
			return nil, err
		}
		b, err = d.dev.Alloc(size)
	}
	if err != nil {
		d.pool.forget(size)
	}
	return b, err
}

// giveBack keeps memory that the garbage collector found.
func (d *Device) giveBack(b cuda.Buffer) {
	d.pool.Lock()
	defer d.pool.Unlock()
	d.pool.used -= b.Len()
	if d.pool.spare == nil {
		d.pool.spare = map[int][]cuda.Buffer{}
	}
	d.pool.spare[b.Len()] = append(d.pool.spare[b.Len()], b)
}

// due counts what is asked for, and reports whether it is time to look for what nobody holds.
func (p *pool) due(size int) bool {
	p.Lock()
	defer p.Unlock()
	p.used += size
	p.asked += size
	if p.asked <= max(p.limit, leastGarbage) {
		return false
	}
	p.asked, p.limit = 0, p.used
	return true
}

func (p *pool) take(size int) cuda.Buffer {
	p.Lock()
	defer p.Unlock()
	list := p.spare[size]
	if len(list) == 0 {
		return nil
	}
	p.spare[size] = list[:len(list)-1]
	return list[len(list)-1]
}

func (p *pool) forget(size int) {
	p.Lock()
	defer p.Unlock()
	p.used -= size
}

// release gives what is kept back to the driver.
func (p *pool) release() error {
	p.Lock()
	defer p.Unlock()
	var err error
	for _, list := range p.spare {
		for _, b := range list {
			err = errors.Join(err, b.Free())
		}
	}
	clear(p.spare)
	return err
}

// Len is how many numbers there are.
func (m *Memory) Len() int { return m.n }

// Slice is the part from number from up to number to, in the same memory.
func (m *Memory) Slice(from, to int) *Memory {
	if from < 0 || from > to || to > m.n {
		panic(fmt.Sprintf("gpu: numbers %d to %d of %d", from, to, m.n))
	}
	return &Memory{Device: m.Device, whole: m.whole, from: m.from + from, n: to - from}
}

func (m *Memory) buffer() cuda.Buffer { return m.whole.buffer.Slice(4*m.from, 4*(m.from+m.n)) }

// Upload is memory with a copy of v.
func (d *Device) Upload(v []float32) (*Memory, error) {
	m, err := d.Alloc(len(v))
	if err == nil {
		err = m.Set(v)
	}
	if err != nil {
		return nil, err
	}
	return m, nil
}

// UploadWords is memory with a copy of words, such as positions.
func (d *Device) UploadWords(v []uint32) (*Memory, error) {
	if len(v) == 0 {
		return d.Alloc(0)
	}
	return d.Upload(unsafe.Slice((*float32)(unsafe.Pointer(unsafe.SliceData(v))), len(v)))
}

// Download copies into dst, which has the length of m.
func (m *Memory) Download(dst []float32) error {
	if m.Device.recording.Load() != nil {
		return errRecording
	}
	err := m.Device.stream.Download(bytesOf(dst), m.buffer())
	runtime.KeepAlive(m.whole)
	return err
}

// Clone is a copy on the device.
func (m *Memory) Clone() (*Memory, error) {
	c, err := m.Device.Alloc(m.n)
	if err == nil {
		err = c.Copy(m)
	}
	if err != nil {
		return nil, err
	}
	return c, nil
}

// Copy overwrites the numbers with as many on the same device.
func (m *Memory) Copy(from *Memory) error {
	m.Device.hold(m, from)
	err := m.Device.stream.Copy(m.buffer(), from.buffer())
	runtime.KeepAlive(m.whole)
	runtime.KeepAlive(from.whole)
	return err
}

// Set overwrites the numbers with as many from the host.
func (m *Memory) Set(v []float32) error {
	if m.Device.recording.Load() != nil {
		return errRecording
	}
	err := m.Device.stream.Upload(m.buffer(), bytesOf(v))
	runtime.KeepAlive(m.whole)
	return err
}

// Fill gives every number one value.
func (m *Memory) Fill(v float32) error {
	err := m.Device.stream.Fill32(m.buffer(), math.Float32bits(v))
	runtime.KeepAlive(m.whole)
	return err
}

// Zeros is memory for n zeros.
func (d *Device) Zeros(n int) (*Memory, error) {
	m, err := d.Alloc(n)
	if err == nil {
		err = m.Fill(0)
	}
	if err != nil {
		return nil, err
	}
	return m, nil
}

// Add adds as many numbers on the same device.
func (m *Memory) Add(x *Memory) error {
	if m.n == 0 {
		return nil
	}
	return m.Device.Launch("add", cuda.Over(m.n), m, x, m.n)
}

// Finite reports whether there is no NaN and no infinity among the numbers. It waits for the device.
func (m *Memory) Finite() (bool, error) {
	if m.n == 0 {
		return true, nil
	}
	found, err := m.Device.Zeros(1)
	if err == nil {
		err = m.Device.Launch("not_finite", cuda.Over(m.n), found, m, m.n)
	}
	word := []float32{0}
	if err == nil {
		err = found.Download(word)
	}
	return word[0] == 0, err
}

// Blas is the vendor's library for products, or an error that says why there is none.
func (d *Device) Blas() (string, error) { return d.dev.Blas() }

// Fast lets Multiply use the vendor's library, or not any more. The error says why there is none.
func (d *Device) Fast(on bool) error {
	if on {
		if _, err := d.Blas(); err != nil {
			return err
		}
	}
	d.fast.Store(on)
	return nil
}

// IsFast reports whether products are the vendor's.
func (d *Device) IsFast() bool { return d.fast.Load() }

// Multiply is c = a·b by the vendor's library.
func (d *Device) Multiply(c, a, b *Memory, p cuda.Product) error {
	d.hold(c, a, b)
	err := d.stream.Multiply(c.buffer(), a.buffer(), b.buffer(), p)
	runtime.KeepAlive(a.whole)
	runtime.KeepAlive(b.whole)
	return err
}

// Has reports whether there is a kernel of that name.
func Has(kernel string) bool {
	_, ok := kernels.Find(kernel)
	return ok
}

func bytesOf(v []float32) []byte {
	if len(v) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(v))), 4*len(v))
}

// Launch runs the kernel of that name. An argument is an int (32 bits), a float32 or a *Memory, which may be nil.
func (d *Device) Launch(name string, g cuda.Grid, args ...any) error {
	k, err := d.kernel(name)
	if err != nil {
		return err
	}
	list := make([]cuda.Arg, len(args))
	for i, a := range args {
		switch a := a.(type) {
		case int:
			list[i] = cuda.I32(a)
		case float32:
			list[i] = cuda.F32(a)
		case *Memory:
			if a == nil {
				list[i] = cuda.Pointer(nil)
				continue
			}
			list[i] = cuda.Pointer(a.buffer())
			d.hold(a)
		default:
			panic(fmt.Sprintf("gpu: %s: argument %d is a %T", name, i, a))
		}
	}
	err = d.stream.Launch(k, g, list...)
	runtime.KeepAlive(args)
	return err
}

func (d *Device) kernel(name string) (cuda.Kernel, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if k := d.kernels[name]; k != nil {
		return k, nil
	}
	k, err := d.dev.Kernel(name)
	if err == nil {
		d.kernels[name] = k
	}
	return k, err
}

// Aligned reports whether m starts where four numbers can be loaded as one.
func (m *Memory) Aligned() bool { return m.from%4 == 0 }

// Of is the memory of a tensor on a device, nil for one on the CPU; Tensor is a tensor of that shape in m; DeviceOf is the
// device of a tensor.Device, nil for the CPU; Move sends tensors to a device in place, all or none. Package tensor sets them:
// only snn may look inside its tensors.
var (
	Of       func(t any) *Memory
	Tensor   func(m *Memory, shape []int) any
	DeviceOf func(d any) *Device
	Move     func(tensors []any, d *Device) error
)
