package cuda

import (
	"errors"
	"fmt"
)

// What can be wrong, for errors.Is. Each has its own sentence; those with figures in it come from the functions below.
var (
	// ErrNoCUDA covers the first three: there is nothing to run on.
	ErrNoCUDA = errors.New("no CUDA")
	// ErrBuild is what a build without the tag returns.
	ErrBuild error = &fault{
		`this snnrepl was built without CUDA: run "go run ./internal/cuda/setup" or take the cuda release`, []error{ErrNoCUDA},
	}
	// ErrNoDriver: the driver's library cannot be loaded.
	ErrNoDriver = errors.New("no NVIDIA driver")
	// ErrNoDevice: a driver, but no device that can be used.
	ErrNoDevice = errors.New("no usable device")
	// ErrRefused: the driver does not take the kernels.
	ErrRefused = errors.New("the driver refused our kernels")
	// ErrMemory: an allocation does not fit.
	ErrMemory = errors.New("out of GPU memory")
	// ErrLost: the device failed and is dead for this process.
	ErrLost = errors.New("device unusable")
)

// fault is a sentence that is one or more of the errors above.
type fault struct {
	text string
	is   []error
}

func (f *fault) Error() string   { return f.text }
func (f *fault) Unwrap() []error { return f.is }

// NoDriver is ErrNoDriver with the loader's message.
func NoDriver(why string) error {
	return &fault{"no NVIDIA driver: " + why, []error{ErrNoDriver, ErrNoCUDA}}
}

// NoDevice is ErrNoDevice: the driver of that version answered with the code of that name.
func NoDevice(version, name string, code int) error {
	return &fault{
		fmt.Sprintf("NVIDIA driver %s found, but no usable device: %s (%d)", version, name, code),
		[]error{ErrNoDevice, ErrNoCUDA},
	}
}

// Refused is ErrRefused with the driver's log. needs is the first driver that knows the kernels' PTX version.
func Refused(version, log, needs string) error {
	return &fault{
		fmt.Sprintf("the driver (%s) refused our kernels: %s; needs driver ≥ %s, compute capability ≥ 7.0", version, log, needs),
		[]error{ErrRefused},
	}
}

// OutOfMemory is ErrMemory; all in bytes.
func OutOfMemory(asked, free, total int64) error {
	return &fault{
		fmt.Sprintf("out of GPU memory: asked %s, free %.1f of %s; use a smaller batch or T block",
			gigabytes(asked), float64(free)/1e9, gigabytes(total)),
		[]error{ErrMemory},
	}
}

// Lost is ErrLost: device i failed with that code's name, in that kernel or call.
func Lost(i int, name, in string) error {
	return &fault{
		fmt.Sprintf("cuda:%d failed earlier (%s in %s) and is unusable: start a new process", i, name, in),
		[]error{ErrLost},
	}
}

// Sticky reports whether the driver's code ends the life of the device in this process: the codes from 700 on say that
// something went wrong on the device itself, those from 800 on that a call is not allowed, and 999 that nothing is known.
func Sticky(code int) bool { return 700 <= code && code < 800 }

func gigabytes(bytes int64) string {
	if bytes > 0 && bytes < 100e6 {
		return fmt.Sprintf("%.1f MB", float64(bytes)/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(bytes)/1e9)
}
