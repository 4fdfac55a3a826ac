//go:build cuda && cgo && linux

package cuda

import (
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"gorgonia.org/cu"

	"github.com/livespike/livespike/internal/cuda/kernels"
	"github.com/livespike/livespike/internal/cuda/shim"
)

// system is NVIDIA's driver.
var system Driver = nvidia{}

type nvidia struct{}

// ready loads the driver and says what is wrong with it.
func (nvidia) ready() error {
	ok, why, code := shim.Ready()
	switch {
	case ok:
		return nil
	case why != "":
		return NoDriver(why)
	}
	return NoDevice(driverVersion(), codeName(code), code)
}

// driverVersion is the version of CUDA that the driver offers, such as "CUDA 12.4".
func driverVersion() string {
	v := cu.Version()
	if v < 0 {
		return "unknown"
	}
	return fmt.Sprintf("CUDA %d.%d", v/1000, v%1000/10)
}

func (d nvidia) Devices() ([]Info, error) {
	if err := d.ready(); err != nil {
		return nil, err
	}
	n, err := cu.NumDevices()
	if err != nil {
		return nil, NoDevice(driverVersion(), codeName(code(err)), code(err))
	}
	if n == 0 {
		return nil, NoDevice(driverVersion(), "CUDA_ERROR_NO_DEVICE", 100)
	}
	infos := make([]Info, n)
	for i := range infos {
		if infos[i], err = describe(i); err != nil {
			return nil, err
		}
	}
	return infos, nil
}

func describe(i int) (Info, error) {
	info := Info{Index: i, Driver: driverVersion()}
	d, err := cu.GetDevice(i)
	if err != nil {
		return info, failure(err, "cuDeviceGet")
	}
	if info.Name, err = d.Name(); err != nil {
		return info, failure(err, "cuDeviceGetName")
	}
	if info.Memory, err = d.TotalMem(); err != nil {
		return info, failure(err, "cuDeviceTotalMem")
	}
	for attribute, into := range map[cu.DeviceAttribute]*int{
		cu.ComputeCapabilityMajor: &info.Major, cu.ComputeCapabilityMinor: &info.Minor, cu.MultiprocessorCount: &info.Processors,
	} {
		if *into, err = d.Attribute(attribute); err != nil {
			return info, failure(err, "cuDeviceGetAttribute")
		}
	}
	return info, nil
}

func (d nvidia) Open(i int) (Device, error) {
	infos, err := d.Devices()
	if err != nil {
		return nil, err
	}
	if i < 0 || i >= len(infos) {
		return nil, fmt.Errorf("cuda: device %d of %d: %w", i, len(infos), ErrNoDevice)
	}
	dev := &device{info: infos[i], work: make(chan func()), closing: make(chan struct{}), ended: make(chan struct{}), kernels: map[string]cu.Function{}}
	opened := make(chan error)
	go dev.serve(opened)
	if err := <-opened; err != nil {
		return nil, err
	}
	return dev, nil
}

// device is an open device. Its context belongs to one thread, which does all that is asked of it.
type device struct {
	info    Info
	work    chan func()
	closing chan struct{}
	ended   chan struct{} // closed when the thread has let the context go

	mu     sync.Mutex // guards what follows
	closed bool
	lost   error
	live   map[*memory]bool
	where  string // the last kernel that was launched

	module   cu.Module      // what follows is the thread's own
	blas     unsafe.Pointer // cuBLAS's handle, nil before it is asked for
	blasName string
	kernels  map[string]cu.Function
}

// serve is the device's thread.
func (d *device) serve(opened chan<- error) {
	runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine, and its context with it
	err := d.open()
	opened <- err
	if err != nil {
		return
	}
	defer close(d.ended)
	for {
		select {
		case f := <-d.work:
			f()
		case <-d.closing:
			if d.blas != nil {
				shim.DestroyBlas(d.blas)
			}
			_ = d.module.Unload() // a dead device refuses this, and the next
			_ = cu.Device(d.info.Index).ReleasePrimaryCtx()
			return
		}
	}
}

func (d *device) open() error {
	ctx, err := cu.Device(d.info.Index).RetainPrimaryCtx()
	if err != nil {
		return failure(err, "cuDevicePrimaryCtxRetain")
	}
	if err = cu.SetCurrentContext(ctx); err != nil {
		err = failure(err, "cuCtxSetCurrent")
	} else {
		if d.module, err = cu.LoadData(kernels.PTX); err == nil {
			return nil
		}
		log := shim.LoadLog(kernels.PTX)
		if log == "" {
			log = fmt.Sprintf("%s (%d)", codeName(code(err)), code(err))
		}
		err = Refused(d.info.Driver, strings.Join(strings.Fields(log), " "), kernels.Needs)
	}
	_ = cu.Device(d.info.Index).ReleasePrimaryCtx() // the first error is the one to tell
	return err
}

// do runs f on the device's thread.
func (d *device) do(f func() error) error {
	d.mu.Lock()
	closed, lost := d.closed, d.lost
	d.mu.Unlock()
	switch {
	case lost != nil:
		return lost
	case closed:
		return fmt.Errorf("cuda:%d is closed", d.info.Index)
	}
	done := make(chan error, 1)
	select {
	case d.work <- func() { done <- f() }:
		return <-done
	case <-d.closing:
		return fmt.Errorf("cuda:%d is closed", d.info.Index)
	}
}

// call runs f, which is that call of the driver, on the device's thread. A sticky error ends the device.
func (d *device) call(name string, f func() error) error {
	return d.do(func() error { return d.judge(f(), name) })
}

// judge turns the answer of a call into ours.
func (d *device) judge(err error, name string) error {
	if err == nil {
		return nil
	}
	c := code(err)
	if !Sticky(c) {
		return failure(err, name)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.lost == nil {
		if d.where != "" {
			name = d.where
		}
		d.lost = Lost(d.info.Index, codeName(c), name)
	}
	return d.lost
}

func (d *device) Info() Info { return d.info }

func (d *device) Err() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.lost
}

func (d *device) Sync() error { return d.call("cuCtxSynchronize", cu.Synchronize) }

func (d *device) MemInfo() (free, total int64, err error) {
	err = d.call("cuMemGetInfo", func() (err error) {
		free, total, err = cu.MemInfo()
		return err
	})
	return free, total, err
}

// Close frees what is left, too: the primary context would keep it.
func (d *device) Close() error {
	d.mu.Lock()
	if d.closed {
		d.mu.Unlock()
		return nil
	}
	left := d.live
	d.mu.Unlock()
	var err error
	for m := range left {
		err = errors.Join(err, m.Free())
	}
	d.mu.Lock()
	d.closed = true
	if d.lost != nil {
		err = nil // it was told
	}
	d.mu.Unlock()
	close(d.closing)
	<-d.ended
	return err
}

// memory is an allocation, on the device or pinned on the host.
type memory struct {
	device *device
	size   int
	at     uint64
	host   unsafe.Pointer // of pinned memory
	freed  atomic.Bool
}

// buffer is a part of an allocation.
type buffer struct {
	*memory
	from, to int
}

func (d *device) Alloc(size int) (Buffer, error) {
	if size < 0 {
		return nil, fmt.Errorf("cuda:%d: an allocation of %d bytes", d.info.Index, size)
	}
	m := &memory{device: d, size: size}
	err := d.do(func() error {
		p, err := cu.MemAlloc(int64(max(size, 1)))
		if code(err) == int(cu.OutOfMemory) {
			free, total, infoErr := cu.MemInfo()
			if infoErr != nil {
				return d.judge(infoErr, "cuMemGetInfo")
			}
			return OutOfMemory(int64(size), free, total)
		}
		m.at = uint64(p)
		return d.judge(err, "cuMemAlloc")
	})
	return d.keep(m, err)
}

func (d *device) keep(m *memory, err error) (Buffer, error) {
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.live == nil {
		d.live = map[*memory]bool{}
	}
	d.live[m] = true
	return buffer{m, 0, m.size}, nil
}

func (d *device) Pinned(size int) ([]byte, Buffer, error) {
	if size <= 0 {
		return nil, nil, fmt.Errorf("cuda:%d: %d bytes of pinned memory", d.info.Index, size)
	}
	m := &memory{device: d, size: size}
	err := d.do(func() error {
		p, c := shim.Pinned(size)
		m.host, m.at = p, uint64(uintptr(p)) // one address for both, by unified addressing
		return d.judge(fromCode(c), "cuMemHostAlloc")
	})
	b, err := d.keep(m, err)
	if err != nil {
		return nil, nil, err
	}
	return unsafe.Slice((*byte)(m.host), size), b, nil
}

func (b buffer) Device() Device  { return b.memory.device }
func (b buffer) Len() int        { return b.to - b.from }
func (b buffer) Address() uint64 { return b.at + uint64(b.from) }

func (b buffer) Slice(from, to int) Buffer {
	if from < 0 || from > to || to > b.Len() {
		panic(fmt.Sprintf("cuda: bytes %d to %d of a buffer of %d", from, to, b.Len()))
	}
	return buffer{b.memory, b.from + from, b.from + to}
}

func (b buffer) Live() error {
	if b.freed.Load() {
		return fmt.Errorf("cuda:%d: a buffer of %d bytes used after it was freed", b.memory.device.info.Index, b.size)
	}
	return nil
}

func (b buffer) Free() error {
	if b.Len() != b.size {
		return fmt.Errorf("cuda: %d of the %d bytes of a buffer freed", b.Len(), b.size)
	}
	return b.memory.Free()
}

// Free gives the memory back after all that was queued.
func (m *memory) Free() error {
	if !m.freed.CompareAndSwap(false, true) {
		return fmt.Errorf("cuda:%d: a buffer of %d bytes freed twice", m.device.info.Index, m.size)
	}
	d := m.device
	d.mu.Lock()
	delete(d.live, m)
	d.mu.Unlock()
	if m.host == nil {
		return d.call("cuMemFree", func() error { return cu.MemFree(cu.DevicePtr(m.at)) })
	}
	return d.do(func() error {
		return errors.Join(
			d.judge(cu.Synchronize(), "cuCtxSynchronize"),
			d.judge(fromCode(shim.FreePinned(m.host)), "cuMemFreeHost"),
		)
	})
}

// pinned reports whether host memory is the device's own.
func (d *device) pinned(p unsafe.Pointer, size int) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	at := uintptr(p)
	for m := range d.live {
		if from := uintptr(m.host); m.host != nil && from <= at && at+uintptr(size) <= from+uintptr(m.size) {
			return true
		}
	}
	return false
}

type function struct {
	name   string
	params []int
	fn     cu.Function
}

func (f *function) Name() string  { return f.name }
func (f *function) Params() []int { return f.params }

func (d *device) Kernel(name string) (Kernel, error) {
	entry, ok := kernels.Find(name)
	if !ok {
		return nil, fmt.Errorf("cuda: there is no kernel %s", name)
	}
	f := &function{name: name, params: entry.Params}
	err := d.do(func() error {
		fn, ok := d.kernels[name]
		if !ok {
			var err error
			if fn, err = d.module.Function(name); err != nil {
				return d.judge(err, "cuModuleGetFunction")
			}
			d.kernels[name] = fn
		}
		f.fn = fn
		return nil
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

type stream struct {
	device *device
	s      cu.Stream
	closed atomic.Bool
}

func (d *device) Stream() (Stream, error) {
	s := &stream{device: d}
	err := d.call("cuStreamCreate", func() (err error) {
		s.s, err = cu.MakeStream(cu.NonBlocking)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// check holds the two sides of a copy against each other.
func (s *stream) check(what string, dst, src int, buffers ...Buffer) error {
	if s.closed.Load() {
		return fmt.Errorf("cuda:%d: %s in a closed stream", s.device.info.Index, what)
	}
	if dst != src {
		return fmt.Errorf("cuda:%d: %s of %d bytes into %d", s.device.info.Index, what, src, dst)
	}
	for _, b := range buffers {
		if err := CheckBuffer(s.device, b); err != nil {
			return err
		}
	}
	return nil
}

func (s *stream) Upload(dst Buffer, src []byte) error {
	if err := s.check("upload", dst.Len(), len(src), dst); err != nil || len(src) == 0 {
		return err
	}
	return s.device.call("cuMemcpyHtoDAsync", func() error {
		return cu.MemcpyHtoDAsync(cu.DevicePtr(dst.Address()), unsafe.Pointer(&src[0]), int64(len(src)), s.s)
	})
}

func (s *stream) Download(dst []byte, src Buffer) error {
	if err := s.check("download", len(dst), src.Len(), src); err != nil || len(dst) == 0 {
		return err
	}
	to := unsafe.Pointer(&dst[0])
	if s.device.pinned(to, len(dst)) {
		return s.device.call("cuMemcpyDtoHAsync", func() error {
			return cu.MemcpyDtoHAsync(to, cu.DevicePtr(src.Address()), int64(len(dst)), s.s)
		})
	}
	return s.device.do(func() error { // what was queued first, then a copy that is over when it returns
		if err := s.device.judge(s.s.Synchronize(), "cuStreamSynchronize"); err != nil {
			return err
		}
		return s.device.judge(cu.MemcpyDtoH(to, cu.DevicePtr(src.Address()), int64(len(dst))), "cuMemcpyDtoH")
	})
}

func (s *stream) Copy(dst, src Buffer) error {
	if err := s.check("copy", dst.Len(), src.Len(), dst, src); err != nil || dst.Len() == 0 {
		return err
	}
	return s.device.call("cuMemcpyDtoDAsync", func() error {
		return cu.MemcpyDtoDAsync(cu.DevicePtr(dst.Address()), cu.DevicePtr(src.Address()), int64(dst.Len()), s.s)
	})
}

func (s *stream) Fill32(dst Buffer, v uint32) error {
	if err := s.check("fill", dst.Len(), dst.Len(), dst); err != nil || dst.Len() == 0 {
		return err
	}
	if dst.Len()%4 != 0 {
		return fmt.Errorf("cuda:%d: %d bytes filled with words of 4", s.device.info.Index, dst.Len())
	}
	return s.device.call("cuMemsetD32Async", func() error {
		return cu.MemsetD32Async(cu.DevicePtr(dst.Address()), uint(v), int64(dst.Len()/4), s.s)
	})
}

func (s *stream) Launch(k Kernel, g Grid, args ...Arg) error {
	if s.closed.Load() {
		return fmt.Errorf("cuda:%d: %s launched in a closed stream", s.device.info.Index, k.Name())
	}
	if err := CheckLaunch(s.device, k, g, args); err != nil {
		return err
	}
	f, ok := k.(*function)
	if !ok {
		return fmt.Errorf("cuda:%d: %s is a kernel of another driver", s.device.info.Index, k.Name())
	}
	g = g.Filled()
	// cu reads 8 bytes behind each pointer.
	cells := make([]uint64, len(args))
	pointers := make([]unsafe.Pointer, len(args))
	for i, a := range args {
		cells[i] = a.Bits
		pointers[i] = unsafe.Pointer(&cells[i])
	}
	s.device.mu.Lock()
	s.device.where = f.name
	s.device.mu.Unlock()
	return s.device.call(f.name, func() error {
		return f.fn.Launch(g.X, g.Y, g.Z, g.BlockX, g.BlockY, g.BlockZ, g.Shared, s.s, pointers)
	})
}

func (s *stream) Sync() error { return s.device.call("cuStreamSynchronize", s.s.Synchronize) }

func (s *stream) Close() error {
	if !s.closed.CompareAndSwap(false, true) {
		return nil
	}
	return s.device.call("cuStreamDestroy", func() error { return s.s.Destroy() })
}

type mark struct {
	device *device
	e      cu.Event
	closed atomic.Bool
}

func (s *stream) Record() (Event, error) {
	m := &mark{device: s.device}
	err := s.device.do(func() (err error) {
		if m.e, err = cu.MakeEvent(cu.DefaultEvent); err != nil {
			return s.device.judge(err, "cuEventCreate")
		}
		if err = s.device.judge(m.e.Record(s.s), "cuEventRecord"); err != nil {
			_ = cu.DestroyEvent(&m.e) // the error of the record is the one to tell
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

func (s *stream) Wait(e Event) error {
	m, ok := e.(*mark)
	if !ok || m.device != s.device {
		return fmt.Errorf("cuda:%d: a mark of another device", s.device.info.Index)
	}
	return s.device.call("cuStreamWaitEvent", func() error { return s.s.Wait(m.e, 0) })
}

func (m *mark) Sync() error { return m.device.call("cuEventSynchronize", m.e.Synchronize) }

func (m *mark) Since(earlier Event) (took time.Duration, err error) {
	from, ok := earlier.(*mark)
	if !ok || from.device != m.device {
		return 0, fmt.Errorf("cuda:%d: a mark of another device", m.device.info.Index)
	}
	if err := errors.Join(from.Sync(), m.Sync()); err != nil {
		return 0, err
	}
	err = m.device.call("cuEventElapsedTime", func() error {
		ms, err := from.e.Elapsed(m.e)
		took = time.Duration(ms * float64(time.Millisecond))
		return err
	})
	return took, err
}

func (m *mark) Close() error {
	if !m.closed.CompareAndSwap(false, true) {
		return nil
	}
	return m.device.call("cuEventDestroy", func() error { return cu.DestroyEvent(&m.e) })
}

type graph struct {
	device *device
	exec   unsafe.Pointer
	closed atomic.Bool
}

func (s *stream) handle() unsafe.Pointer { return unsafe.Pointer(s.s.C()) }

func (s *stream) Capture(f func(Stream) error) (Graph, error) {
	err := s.device.do(func() error {
		return s.device.judge(fromCode(shim.BeginCapture(s.handle())), "cuStreamBeginCapture")
	})
	if err != nil {
		return nil, err
	}
	failed := f(s)
	g := &graph{device: s.device}
	err = s.device.do(func() error {
		exec, c := shim.EndCapture(s.handle())
		g.exec = exec
		return s.device.judge(fromCode(c), "cuStreamEndCapture")
	})
	if failed != nil && err == nil {
		err = g.Close()
	}
	if err = errors.Join(failed, err); err != nil {
		return nil, err
	}
	return g, nil
}

func (s *stream) Replay(g Graph) error {
	captured, ok := g.(*graph)
	if !ok || captured.device != s.device {
		return fmt.Errorf("cuda:%d: a graph of another device", s.device.info.Index)
	}
	if captured.closed.Load() {
		return fmt.Errorf("cuda:%d: a closed graph", s.device.info.Index)
	}
	return s.device.do(func() error {
		return s.device.judge(fromCode(shim.LaunchGraph(captured.exec, s.handle())), "cuGraphLaunch")
	})
}

func (g *graph) Close() error {
	if !g.closed.CompareAndSwap(false, true) {
		return nil
	}
	return g.device.do(func() error {
		return g.device.judge(fromCode(shim.DestroyGraph(g.exec)), "cuGraphExecDestroy")
	})
}

// result is a code of the driver that did not come through cu.
type result int

func (r result) Error() string { return codeName(int(r)) }

func fromCode(c int) error {
	if c == 0 {
		return nil
	}
	return result(c)
}

// code is the driver's number in an error, 0 for nil. cu's error is an integer of a type that is not exported.
func code(err error) int {
	if err == nil {
		return 0
	}
	if v := reflect.ValueOf(err); v.CanInt() {
		return int(v.Int())
	}
	return -1
}

// codeName is the driver's name of a code.
func codeName(c int) string {
	if name := shim.ErrorName(c); name != "" {
		return name
	}
	return fmt.Sprintf("CUDA_ERROR %d", c)
}

// failure says which call failed and how.
func failure(err error, call string) error {
	c := code(err)
	text := shim.ErrorText(c)
	if text != "" {
		text = ": " + text
	}
	return fmt.Errorf("cuda: %s: %s (%d)%s", call, codeName(c), c, text)
}
