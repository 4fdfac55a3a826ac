// Package gpu keeps arrays of float32 on devices and runs kernels on them, for packages tensor and snn.
//
// Each device has one stream: what is asked for happens in that order. Memory is given back when nobody holds it any more,
// by the garbage collector; an allocation that does not fit collects garbage first and tries once more.
package gpu

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"unsafe"

	"github.com/livespike/livespike/internal/cuda"
)

// Device is an open device with its stream.
type Device struct {
	dev    cuda.Device
	stream cuda.Stream
	driver cuda.Driver

	mu      sync.Mutex
	kernels map[string]cuda.Kernel
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

// Alloc is memory for n numbers, which are not defined.
func (d *Device) Alloc(n int) (*Memory, error) {
	buffer, err := d.dev.Alloc(4 * n)
	if errors.Is(err, cuda.ErrMemory) {
		runtime.GC()
		runtime.GC() // the first one finds what can go, and its cleanups run before the second ends
		buffer, err = d.dev.Alloc(4 * n)
	}
	if err != nil {
		return nil, err
	}
	whole := &allocation{buffer}
	runtime.AddCleanup(whole, free, buffer)
	return &Memory{Device: d, whole: whole, n: n}, nil
}

// free gives memory back when the garbage collector says so. A device that refuses is dead, and told so before.
func free(b cuda.Buffer) { _ = b.Free() }

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
		err = d.stream.Upload(m.buffer(), bytesOf(v))
	}
	if err != nil {
		return nil, err
	}
	return m, nil
}

// Download copies into dst, which has the length of m.
func (m *Memory) Download(dst []float32) error {
	err := m.Device.stream.Download(bytesOf(dst), m.buffer())
	runtime.KeepAlive(m.whole)
	return err
}

// Clone is a copy on the device.
func (m *Memory) Clone() (*Memory, error) {
	c, err := m.Device.Alloc(m.n)
	if err == nil {
		err = m.Device.stream.Copy(c.buffer(), m.buffer())
		runtime.KeepAlive(m.whole)
	}
	if err != nil {
		return nil, err
	}
	return c, nil
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
// device of a tensor.Device, nil for the CPU. Package tensor sets them: only snn may look inside its tensors.
var (
	Of       func(t any) *Memory
	Tensor   func(m *Memory, shape []int) any
	DeviceOf func(d any) *Device
)
