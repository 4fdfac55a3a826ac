// Package cuda runs kernels on NVIDIA devices, behind an interface that does not say how.
//
// With the build tag cuda the driver library is reached through gorgonia.org/cu; without it Open returns ErrBuild and
// everything else of Livespike works. The kernels themselves are PTX that is checked in, in package kernels, and every
// plain go test runs them in the interpreter of package ptx.
package cuda

import (
	"fmt"
	"time"
)

// Driver is a way to devices: NVIDIA's library, or a stand-in for tests.
type Driver interface {
	// Devices lists the devices, without opening one.
	Devices() ([]Info, error)
	// Open makes device i ready and loads the kernels onto it.
	Open(i int) (Device, error)
}

// Info describes a device.
type Info struct {
	Index        int
	Name         string // as the driver calls it
	Major, Minor int    // compute capability
	Memory       int64  // bytes
	Processors   int    // streaming multiprocessors
	Driver       string // version of the driver
}

// String is "cuda:0 NAME, 80.0 GB".
func (i Info) String() string {
	return fmt.Sprintf("cuda:%d %s, %s", i.Index, i.Name, gigabytes(i.Memory))
}

// Device is an open device. Its methods may be called from any goroutine. A failure of something that runs on it
// surfaces at a later call; after a sticky one every call returns that same error.
type Device interface {
	Info() Info
	// Alloc is memory of that many bytes. What it holds is not defined: nothing may be read that was not written.
	Alloc(bytes int) (Buffer, error)
	// Pinned is host memory that the device reaches by itself, and its buffer. Only such memory may be handed to a copy
	// that goes on after the call returned.
	Pinned(bytes int) ([]byte, Buffer, error)
	// Stream is a new queue of work. What is put into one runs in order; streams run beside each other.
	Stream() (Stream, error)
	// Sync waits until all streams are empty.
	Sync() error
	// MemInfo is the device's free and total memory in bytes.
	MemInfo() (free, total int64, err error)
	// Kernel is the embedded kernel of that name.
	Kernel(name string) (Kernel, error)
	// Blas is the name and version of the vendor's library for matrix products, or an error that says why there is none.
	Blas() (string, error)
	// Err is the sticky error, or nil.
	Err() error
	// Close frees the device with all its memory. It may be called twice.
	Close() error
}

// Buffer is memory on a device, or a part of one.
type Buffer interface {
	Device() Device
	// Len is in bytes.
	Len() int
	// Slice is the part from byte from up to byte to. It shares the memory and lives as long.
	Slice(from, to int) Buffer
	// Address is where the memory starts on the device.
	Address() uint64
	// Live is an error if the memory was freed.
	Live() error
	// Free gives the memory back once the work in the streams that may use it is done. Freeing twice or freeing a part
	// is an error.
	Free() error
}

// Stream is a queue of work on a device. A method returns when its work is queued, but for those that say otherwise.
type Stream interface {
	// Upload copies src to the device. When it returns, src may be changed; pinned memory only after the copy is done.
	Upload(dst Buffer, src []byte) error
	// Download copies to the host. It returns when dst is filled; into pinned memory, at once.
	Download(dst []byte, src Buffer) error
	// Copy copies between buffers of the device; they must have the same length and not overlap.
	Copy(dst, src Buffer) error
	// Fill32 writes a 32-bit word over all of dst, whose length is a multiple of 4.
	Fill32(dst Buffer, v uint32) error
	// Launch runs a kernel.
	Launch(k Kernel, g Grid, args ...Arg) error
	// Multiply is c = a·b by the vendor's library, whose sums have an order of its own.
	Multiply(c, a, b Buffer, p Product) error
	// Record marks this place in the stream.
	Record() (Event, error)
	// Wait lets what is queued from now on wait for a mark of another stream.
	Wait(e Event) error
	// Sync waits until the stream is empty.
	Sync() error
	// Capture records what f puts into the stream instead of running it.
	Capture(f func(Stream) error) (Graph, error)
	// Replay runs what was captured.
	Replay(g Graph) error
	// Close gives the queue back after its work is done. It may be called twice.
	Close() error
}

// Event is a place in a stream.
type Event interface {
	// Sync waits until the stream has passed it.
	Sync() error
	// Since is the device's time between an earlier event and this one; it waits for both.
	Since(earlier Event) (time.Duration, error)
	Close() error
}

// Graph is work that was captured.
type Graph interface{ Close() error }

// Kernel is a function on a device.
type Kernel interface {
	Name() string
	// Params are the sizes of the parameters in bytes: 4 or 8.
	Params() []int
}

// Devices lists the devices of this machine.
func Devices() ([]Info, error) { return Current().Devices() }

// Open opens device i of this machine.
func Open(i int) (Device, error) { return Current().Open(i) }
