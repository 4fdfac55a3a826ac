package snn

import (
	"fmt"
	"os"
	"sync"
	"unsafe"

	"github.com/livespike/livespike/internal/cuda"
	"github.com/livespike/livespike/internal/cuda/gpu"
	"github.com/livespike/livespike/snn/tensor"
)

// ErrNoCUDA is what the errors of CUDA are, by errors.Is, where there is no GPU to run on: this program was built without
// the tag cuda, there is no NVIDIA driver, or no device that it can use. Each says which, and what to do.
var ErrNoCUDA = cuda.ErrNoCUDA

// CUDA is GPU number i, counted from 0. Nothing of this package runs on a GPU unless a tensor or a model is sent there:
//
//	gpu, err := snn.CUDA(0)
//	model, err = model.To(gpu)
//	x, err = x.To(gpu)
//	y, state := model.Forward(x, nil) // on the GPU; y.CPU() brings a copy
//
// Neurons (all models but the multi-compartment ones and, in recurrent form, CobaLIF), Linear, Conv2d, Relu, Sigmoid, Tanh,
// Flatten, Sequential and Lift run there, forward. The others, and gradients, are the CPU's: they panic rather than copy in secret. A small loop,
// such as a robot's, is faster on the CPU.
//
// A failure of the device while a module runs, such as memory that does not suffice, is a panic with the error.
func CUDA(i int) (tensor.Device, error) { return tensor.OpenDevice(fmt.Sprintf("cuda:%d", i)) }

// Device is the device of that name: cpu, cuda:0, or auto, which is the one that the environment variable
// LIVESPIKE_DEVICE names, else the CPU.
func Device(name string) (tensor.Device, error) {
	if name == "auto" {
		if name = os.Getenv("LIVESPIKE_DEVICE"); name == "" {
			name = "cpu"
		}
	}
	return tensor.OpenDevice(name)
}

// Devices describes the devices of this machine, the CPU first.
func Devices() []string { return tensor.Devices() }

// To sends the model's weights to a device, in place, and returns it. An error leaves the model as it was.
func (c *Chain) To(d tensor.Device) (*Chain, error) { return c, move(c, d) }

// To sends the module to a device, in place, and returns it.
func (l *Lifted) To(d tensor.Device) (*Lifted, error) { return l, move(l, d) }

// To returns the neurons: they hold no weights, and run where their input is.
func (c *Cell) To(d tensor.Device) (*Cell, error) { return c, move(c, d) }

// To returns the neurons: they hold no weights, and run where their input is.
func (l *Layer) To(d tensor.Device) (*Layer, error) { return l, move(l, d) }

// To sends the weights to a device, in place, and returns the layer.
func (l *Dense) To(d tensor.Device) (*Dense, error) { return l, move(l, d) }

// To sends the weights to a device, in place, and returns the convolution.
func (c *Conv) To(d tensor.Device) (*Conv, error) { return c, move(c, d) }

// CUDA is To the first GPU. It panics with the error where that fails.
func (c *Chain) CUDA() *Chain { return sent(c, "cuda:0") }

// CPU is To the CPU.
func (c *Chain) CPU() *Chain { return sent(c, "cpu") }

// CUDA is To the first GPU. It panics with the error where that fails.
func (l *Lifted) CUDA() *Lifted { return sent(l, "cuda:0") }

// CPU is To the CPU.
func (l *Lifted) CPU() *Lifted { return sent(l, "cpu") }

// CUDA is To the first GPU. It panics with the error where that fails.
func (c *Cell) CUDA() *Cell { return sent(c, "cuda:0") }

// CPU is To the CPU.
func (c *Cell) CPU() *Cell { return sent(c, "cpu") }

// CUDA is To the first GPU. It panics with the error where that fails.
func (l *Layer) CUDA() *Layer { return sent(l, "cuda:0") }

// CPU is To the CPU.
func (l *Layer) CPU() *Layer { return sent(l, "cpu") }

// CUDA is To the first GPU. It panics with the error where that fails.
func (l *Dense) CUDA() *Dense { return sent(l, "cuda:0") }

// CPU is To the CPU.
func (l *Dense) CPU() *Dense { return sent(l, "cpu") }

// CUDA is To the first GPU. It panics with the error where that fails.
func (c *Conv) CUDA() *Conv { return sent(c, "cuda:0") }

// CPU is To the CPU.
func (c *Conv) CPU() *Conv { return sent(c, "cpu") }

func sent[M Module](m M, device string) M {
	if err := move(m, mustHave(tensor.OpenDevice(device))); err != nil {
		panic(err)
	}
	return m
}

// mustHave is v; an error of a device is a panic, since Forward has no other way to tell.
func mustHave[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// move sends everything inside a module to a device, or nothing if one of it cannot go there.
func move(m Module, to tensor.Device) error {
	d := gpu.DeviceOf(to)
	var homes []*home
	var err error
	walkModules(m, func(path string, m Module) {
		switch m := m.(type) {
		case *Dense:
			homes = append(homes, &m.home)
		case *Conv:
			homes = append(homes, &m.home)
		case *Recurrent:
			homes = append(homes, &m.home)
		case *RecurrentCell:
			homes = append(homes, &m.home)
		}
		if d != nil && err == nil && !hasKernels(m) {
			err = fmt.Errorf("%s runs on the CPU only", placeOf(path, label(m)))
		}
	})
	if err != nil {
		return err
	}
	copies := make([][2]resident, len(homes))
	for k, h := range homes {
		for j, t := range h.own() {
			if d == nil || t == nil {
				continue
			}
			if _, err := copies[k][j].on(d, t.Data()); err != nil {
				return err
			}
		}
	}
	for k, h := range homes {
		h.mu.Lock()
		h.gpu, h.copies = d, copies[k]
		h.mu.Unlock()
	}
	return nil
}

// hasKernels reports whether a module itself, without those inside it, can run on a GPU.
func hasKernels(m Module) bool {
	switch m := m.(type) {
	case *Cell:
		return m.onDevices()
	case *Layer:
		return m.onDevices()
	case *Recurrent:
		return m.onDevices()
	case *RecurrentCell:
		return m.onDevices()
	case *Activation:
		return m.cuda != ""
	case *Dense, *Conv, *Chain, *Lifted, *Flat:
		return true
	}
	return false
}

// onDevices reports whether the model has kernels for GPUs.
func (c *neuron) onDevices() bool { return c.m.cuda != "" && c.m.coupled == uncoupled }

// onDevices reports whether the recurrent form of the model has kernels for GPUs.
func (r *recurrence) onDevices() bool { return !r.m.split && r.neuron.onDevices() }

// home is where a layer with weights is.
type home struct {
	own func() [2]*tensor.Tensor // the weights, of which the second may be nil; they stay on the CPU

	mu     sync.Mutex
	gpu    *gpu.Device // nil on the CPU
	copies [2]resident
}

// mustBe panics unless the layer is where its input is.
func (h *home) mustBe(who namer, d *gpu.Device) {
	if h.gpu != d {
		panicf("%s: the input is on %v, the weights on %v; send one of them with To", who.label(), nameOf(d), nameOf(h.gpu))
	}
}

func nameOf(d *gpu.Device) string {
	if d == nil {
		return "cpu"
	}
	return d.String()
}

// weights are those of own on the device, as they are now.
func (h *home) weights(who namer) (first, second *gpu.Memory) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var on [2]*gpu.Memory
	for k, t := range h.own() {
		if t == nil {
			continue
		}
		if tensor.Recording(t) {
			panicf("%s: gradients are computed on the CPU; use tensor.NoGrad, Eval or To(cpu)", who.label())
		}
		on[k] = mustHave(h.copies[k].on(h.gpu, t.Data()))
	}
	return on[0], on[1]
}

// resident is numbers of the CPU on a device.
type resident struct {
	host   []float32 // what was copied
	memory *gpu.Memory
}

// on is v on the device, copied if it is not what was copied last.
func (r *resident) on(d *gpu.Device, v []float32) (*gpu.Memory, error) {
	if r.memory != nil && r.memory.Device == d && alike(r.host, v) {
		return r.memory, nil
	}
	m, err := d.Upload(v)
	if err != nil {
		return nil, err
	}
	r.host, r.memory = append(r.host[:0], v...), m
	return m, nil
}

func alike(a, b []float32) bool {
	return len(a) == len(b) && string(bytesOf(a)) == string(bytesOf(b)) // compared without a copy
}

func bytesOf(v []float32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(v))), 4*len(v))
}

// deviceOf is the GPU that a tensor is on, nil for the CPU.
func deviceOf(t *tensor.Tensor) *gpu.Device {
	if m := gpu.Of(t); m != nil {
		return m.Device
	}
	return nil
}

func onGPU(m *gpu.Memory, shape []int) *tensor.Tensor { return gpu.Tensor(m, shape).(*tensor.Tensor) }

// run launches a kernel.
func run(d *gpu.Device, kernel string, g cuda.Grid, args ...any) {
	if err := d.Launch(kernel, g, args...); err != nil {
		panic(err)
	}
}

// checkedOn is checked for a result on a GPU, which is copied to be looked at.
func checkedOn(m interface {
	Module
	moded
	namer
}, steps bool, x, y *tensor.Tensor, s *State,
) {
	if m.modes().checking {
		tensor.NoGrad(func() { checked(m, steps, x.CPU(), y.CPU(), s.onCPU()) })
	}
}

// on is the coefficients for a state of that shape on the device: a block for every run of neurons.
func (c *neuron) on(d *gpu.Device, shape []int) (blocks *gpu.Memory, length int) {
	k := c.coefficients()
	block, length := k.block, max(size(shape), 1)
	if block == nil {
		each := k.over(c.name, shape)
		length = max(each.run, 1)
		for _, b := range each.blocks {
			block = append(block, b...)
		}
	}
	c.gpu.Lock()
	defer c.gpu.Unlock()
	return mustHave(c.gpu.coefs.on(d, block)), length
}

// placed is what a neuron keeps on a device.
type placed struct {
	sync.Mutex
	coefs resident
}

// forwardOn is Forward on a GPU, for a number of steps of that shape.
func (c *neuron) forwardOn(d *gpu.Device, x *tensor.Tensor, s *State, steps int, shape []int) (*tensor.Tensor, *State) {
	if !c.onDevices() {
		panicf("%s runs on the CPU only; the input is on %v", c.name, d)
	}
	c.noGradients()
	next := c.nextOn(d, s, shape)
	n := size(shape)
	z := mustHave(d.Alloc(steps * n))
	if n > 0 && steps > 0 {
		blocks, length := c.on(d, shape)
		kernel, in := c.m.cuda, gpu.Of(x)
		if c.subtract {
			kernel += "_subtract"
		}
		threads := n
		if n%4 == 0 && length%4 == 0 && in.Aligned() {
			kernel, threads = kernel+"_f32x4", n/4
		} else {
			kernel += "_f32"
		}
		run(d, kernel, cuda.Over(threads), z, in, next.gpu, blocks, steps, n, n, length, c.order())
	}
	return onGPU(z, x.Shape()), next
}

// order is what kernels take for the step order.
func (c *neuron) order() int {
	if c.delayed {
		return 1
	}
	return 0
}

// noGradients panics if a learned parameter records.
func (c *neuron) noGradients() {
	for _, p := range c.live {
		if tensor.Recording(c.values[p].t) {
			panicf("%s: gradients are computed on the CPU; use tensor.NoGrad or Eval", c.name)
		}
	}
}

// nextOn is a copy of s on the device, or a fresh state there. A state on the CPU moves with its first step.
func (c *neuron) nextOn(d *gpu.Device, s *State, shape []int) *State {
	switch {
	case s == nil:
		s = c.initial(shape)
	case s.gpu != nil && s.gpu.Device != d:
		panicf("%s: the input is on %v, the state on %v", c.name, d, s.gpu.Device)
	case s.gpu != nil:
		host := *s
		host.gpu = nil
		c.check(&host, shape)
		return s.Clone()
	default:
		c.check(s, shape)
		if tensor.Recording(s.out...) {
			panicf("%s: a state that records gradients cannot go to %v; use State.Detach", c.name, d)
		}
	}
	return &State{lay: s.lay, shape: s.shape, gpu: mustHave(d.Upload(s.buf))}
}

func (c *Cell) forwardOn(d *gpu.Device, x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	y, next := c.neuron.forwardOn(d, x, s, 1, x.Shape())
	checkedOn(c, false, x, y, next)
	return y, next
}

func (l *Layer) forwardOn(d *gpu.Device, x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	shape := x.Shape()
	l.needTime(shape)
	if l.record {
		panicf("%s: the states of all steps are recorded on the CPU only; the input is on %v", l.name, d)
	}
	y, next := l.neuron.forwardOn(d, x, s, shape[0], shape[1:])
	checkedOn(l, true, x, y, next)
	return y, next
}

func (l *Dense) forwardOn(d *gpu.Device, x *tensor.Tensor) *tensor.Tensor {
	shape := l.outputShape(x.Shape())
	weight, bias := l.weights(l)
	y := mustHave(d.Alloc(size(shape)))
	if rows := size(shape) / l.out; rows > 0 {
		multiplyOn(d, y, gpu.Of(x), weight, rows, l.in, l.out)
		if bias != nil {
			run(d, "add_rows", cuda.Over(rows*l.out), y, bias, rows, l.out)
		}
	}
	out := onGPU(y, shape)
	checkedOn(l, x.Dim() > 2, x, out, nil)
	return out
}

// multiplyOn is y = x·wᵀ for rows of in numbers and a matrix (out, in), with the sums of Linear.
func multiplyOn(d *gpu.Device, y, x, w *gpu.Memory, rows, in, out int) {
	if rows == 0 {
		return
	}
	g := cuda.Grid{X: (out + 63) / 64, Y: (rows + 63) / 64, BlockX: 16, BlockY: 16}
	run(d, "gemm_f32", g, y, x, w, rows, out, in, out, in, 1, 1, in, chunk, 0)
}

func (c *Conv) forwardOn(d *gpu.Device, x *tensor.Tensor) *tensor.Tensor {
	in := x.Shape()
	shape := c.outputShape(in)
	weight, bias := c.weights(c)
	h, w, oh, ow := in[len(in)-2], in[len(in)-1], shape[len(shape)-2], shape[len(shape)-1]
	if tall, wide := 15*c.sh+(c.kh-1)*c.dh+1, 15*c.sw+(c.kw-1)*c.dw+1; tall*wide > convTile {
		panicf("%s: a kernel that reaches over %d × %d pixels runs on the CPU only", c.label(), tall, wide)
	}
	y := mustHave(d.Alloc(size(shape)))
	if images := size(shape) / (c.out * oh * ow); images > 0 {
		per := c.out / c.groups
		g := cuda.Grid{X: (ow + 15) / 16, Y: (oh + 15) / 16, Z: images * c.groups * ((per + 3) / 4), BlockX: 16, BlockY: 16}
		run(d, "conv_direct", g, y, gpu.Of(x), weight, bias, images, c.in, c.out, c.groups, h, w, oh, ow, c.kh, c.kw,
			c.sh, c.sw, c.dh, c.dw, c.top, c.left)
	}
	out := onGPU(y, shape)
	checkedOn(c, x.Dim() > 4, x, out, nil)
	return out
}

// convTile is how many pixels of the input a block of conv_direct keeps.
const convTile = 4096

func (a *Activation) forwardOn(d *gpu.Device, x *tensor.Tensor) *tensor.Tensor {
	if a.cuda == "" {
		panicf("%s runs on the CPU only; the input is on %v", a.name, d)
	}
	y := mustHave(d.Alloc(x.Numel()))
	if n := x.Numel(); n > 0 {
		run(d, a.cuda, cuda.Over(n), y, gpu.Of(x), n)
	}
	out := onGPU(y, x.Shape())
	checkedOn(a, x.Dim() > 2, x, out, nil)
	return out
}

// Device is where the state is: that of its first variable.
func (s *State) Device() tensor.Device {
	if names := s.Names(); len(names) > 0 {
		return s.Get(names[0]).Device()
	}
	return tensor.Device{}
}

// To is the state on a device: a copy, or itself where it is all there. The error is that of a full or a failed device.
func (s *State) To(to tensor.Device) (*State, error) {
	if s == nil {
		return nil, nil
	}
	d := gpu.DeviceOf(to)
	moved := &State{lay: s.lay, shape: s.shape, kind: s.kind}
	switch {
	case s.lay == nil:
	case s.gpu != nil && s.gpu.Device == d || s.gpu == nil && d == nil:
		return s, nil
	case s.gpu != nil:
		moved.buf = make([]float32, s.gpu.Len())
		if err := s.gpu.Download(moved.buf); err != nil {
			return nil, err
		}
		return moved.To(to)
	default:
		if tensor.Recording(s.out...) {
			panicf("snn.State: a state that records gradients cannot go to %v; use Detach", to)
		}
		m, err := d.Upload(s.buf)
		moved.gpu = m
		return moved, err
	}
	for _, c := range s.sub {
		var err error
		if c.s, err = c.s.To(to); err != nil {
			return nil, err
		}
		if c.t != nil {
			if c.t, err = c.t.To(to); err != nil {
				return nil, err
			}
		}
		moved.sub = append(moved.sub, c)
	}
	return moved, nil
}

// CUDA is To the first GPU. It panics with the error where that fails.
func (s *State) CUDA() *State { return mustHave(s.To(mustHave(tensor.OpenDevice("cuda:0")))) }

// CPU is To the CPU. It panics with the error where the device has failed.
func (s *State) CPU() *State { return s.onCPU() }

func (s *State) onCPU() *State { return mustHave(s.To(tensor.Device{})) }

// elsewhere says that the variables are not in memory.
func (s *State) elsewhere() {
	panicf("%s is on %v, and this works on the CPU only; CPU() brings a copy", s.lay.kind, s.gpu.Device)
}
