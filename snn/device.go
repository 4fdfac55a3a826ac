package snn

import (
	"fmt"
	"os"
	"slices"
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
// Neurons (all models but the multi-compartment ones and, in recurrent form, CobaLIF), Linear, Conv2d, pooling, Relu, Sigmoid,
// Tanh, Dropout, Flatten, Sequential and Lift run there. So do the gradients of LIF, LIFBox, LIFRefrac, LIFAdEx, LSNN, IAF, LI
// and LIBox, recurrent ones included, with the methods super, fast_sigmoid and triangle, and of the other layers; losses are
// computed from y.CPU(), through which the gradients flow back. Everything else is the CPU's: it panics rather than copy in
// secret. A small loop, such as a robot's, is faster on the CPU.
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
	var list []any
	var err error
	seen := map[*tensor.Tensor]bool{nil: true}
	walkModules(m, func(path string, m Module) {
		if !to.IsCPU() && err == nil && !hasKernels(m) {
			err = fmt.Errorf("%s runs on the CPU only", placeOf(path, label(m)))
		}
		for _, t := range weightsOf(m) {
			if !seen[t] {
				seen[t] = true
				list = append(list, t)
			}
		}
	})
	if err != nil {
		return err
	}
	return gpu.Move(list, gpu.DeviceOf(to))
}

// weightsOf are the tensors that go with a module itself; some may be nil. A neuron's learned parameters stay.
func weightsOf(m Module) []*tensor.Tensor {
	switch m := m.(type) {
	case *Dense:
		return []*tensor.Tensor{m.weight, m.bias}
	case *Conv:
		return []*tensor.Tensor{m.weight, m.bias}
	case *Recurrent:
		return []*tensor.Tensor{m.win, m.wrec}
	case *RecurrentCell:
		return []*tensor.Tensor{m.win, m.wrec}
	}
	return nil
}

// gpuOf is the GPU that a model's weights are on, or without weights its state; nil on the CPU. It allocates nothing.
func gpuOf(m Module, s *State) *gpu.Device {
	if d, found := gpuOfWeights(m); found {
		return d
	}
	return s.onGPU()
}

func gpuOfWeights(m Module) (d *gpu.Device, found bool) {
	switch m := m.(type) {
	case *Chain:
		for _, inner := range m.modules {
			if d, found := gpuOfWeights(inner); found {
				return d, true
			}
		}
	case *Lifted:
		return gpuOfWeights(m.m)
	case *Reused:
		return gpuOfWeights(m.m)
	case *Dense:
		return deviceOf(m.weight), true
	case *Conv:
		return deviceOf(m.weight), true
	case *Recurrent:
		return deviceOf(m.win), true
	case *RecurrentCell:
		return deviceOf(m.win), true
	}
	return nil, false
}

// onGPU is where the first variables that are on a GPU are, else nil.
func (s *State) onGPU() *gpu.Device {
	if s == nil {
		return nil
	}
	if s.gpu != nil {
		return s.gpu.Device
	}
	for _, c := range s.sub {
		if d := c.s.onGPU(); d != nil {
			return d
		}
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
	case *Pool:
		return !m.adaptive
	case *Dense, *Conv, *Chain, *Lifted, *Flat, *Drop:
		return true
	}
	return false
}

// onDevices reports whether the model has kernels for GPUs.
func (c *neuron) onDevices() bool { return c.m.cuda != "" && c.m.coupled == uncoupled }

// onDevices reports whether the recurrent form of the model has kernels for GPUs.
func (r *recurrence) onDevices() bool { return !r.m.split && r.neuron.onDevices() }

// together panics unless a layer's weights are where its input is.
func together(who namer, d *gpu.Device, weight *tensor.Tensor) {
	if on := deviceOf(weight); on != d {
		panicf("%s: the input is on %v, the weights on %v; send one of them with To", who.label(), nameOf(d), nameOf(on))
	}
}

func nameOf(d *gpu.Device) string {
	if d == nil {
		return "cpu"
	}
	return d.String()
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

// denseOn is a sparse tensor as a dense one on a GPU, to which the list travels.
func denseOn(d *gpu.Device, x *tensor.Sparse) *tensor.Tensor {
	return mustHave(x.ToDenseOn(mustHave(tensor.OpenDevice(d.String()))))
}

func onGPU(m *gpu.Memory, shape []int) *tensor.Tensor { return gpu.Tensor(m, shape).(*tensor.Tensor) }

// run launches a kernel.
func run(d *gpu.Device, kernel string, g cuda.Grid, args ...any) {
	if err := d.Launch(kernel, g, args...); err != nil {
		panic(err)
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
		panicf("%s runs on the CPU only; the input is on %v; CPU() brings a copy", c.name, d)
	}
	back := ""
	if c.recording(x, s) {
		back = c.backOn(d)
	}
	next := c.nextOn(d, s, shape)
	n := size(shape)
	z := mustHave(d.Alloc(steps * n))
	var p pass
	if n > 0 && steps > 0 {
		p.blocks, p.length = c.on(d, shape)
		in := gpu.Of(x)
		switch {
		case back != "" && c.m.keeps > 0:
			p.kept = mustHave(d.Alloc(steps * c.m.keeps * n))
			run(d, c.kernelOn()+"_train", cuda.Over(n), z, p.kept, in, next.gpu, p.blocks, steps, n, n, p.length, c.order())
		case n%4 == 0 && p.length%4 == 0 && in.Aligned():
			run(d, c.kernelOn()+"_f32x4", cuda.Over(n/4), z, in, next.gpu, p.blocks, steps, n, n, p.length, c.order())
		default:
			run(d, c.kernelOn()+"_f32", cuda.Over(n), z, in, next.gpu, p.blocks, steps, n, n, p.length, c.order())
		}
	}
	out := onGPU(z, x.Shape())
	if back != "" {
		p.kernel, p.steps, p.n = back, steps, n
		c.recordOn(d, p, out, x, s, next)
	}
	return out, next
}

// pass is what a forward pass on a GPU leaves for the backward one.
type pass struct {
	kernel       string // of the backward pass
	kept, blocks *gpu.Memory
	length       int // of the runs of neurons that share a block
	steps, n     int
}

// recordOn records a forward pass as one operation.
func (c *neuron) recordOn(d *gpu.Device, p pass, out, x *tensor.Tensor, s, next *State) {
	inputs := []*tensor.Tensor{x}
	if s != nil {
		inputs = append(inputs, s.out...)
	}
	next.share()
	tensor.Record(tensor.Node{
		Name: c.name, Inputs: inputs, Outputs: append([]*tensor.Tensor{out}, next.out...),
		Backward: func(dy []*tensor.Tensor) []*tensor.Tensor {
			dx, ds := mustHave(d.Alloc(p.steps*p.n)), mustHave(d.Zeros(len(c.fields)*p.n))
			for k, g := range dy[1:] {
				if g != nil {
					must(ds.Slice(k*p.n, (k+1)*p.n).Add(gpu.Of(g)))
				}
			}
			if p.n > 0 && p.steps > 0 {
				run(d, p.kernel, cuda.Over(p.n), dx, arrived(d, dy[0], p.steps*p.n), p.kept, ds, p.blocks, c.grad.Alpha(),
					p.steps, p.n, p.n, p.length, c.order())
			}
			grads := []*tensor.Tensor{onGPU(dx, x.Shape())}
			for k := range inputs[1:] {
				grads = append(grads, onGPU(ds.Slice(k*p.n, (k+1)*p.n), next.shape))
			}
			return grads
		},
	})
}

// arrived is the gradient of an output, zeros where none arrived.
func arrived(d *gpu.Device, dy *tensor.Tensor, n int) *gpu.Memory {
	if dy == nil {
		return mustHave(d.Zeros(n))
	}
	return gpu.Of(dy)
}

// kernelOn is what the kernels of the model with its reset are called.
func (c *neuron) kernelOn() string {
	if c.subtract {
		return c.m.cuda + "_subtract"
	}
	return c.m.cuda
}

// backOn is the kernel of the backward pass. It panics where there is none.
func (c *neuron) backOn(d *gpu.Device) string {
	for _, p := range c.live {
		if tensor.Recording(c.values[p].t) {
			panicf("%s: the gradient of a learned parameter, %s, is computed on the CPU only; the input is on %v; CPU() brings a copy, Eval and tensor.NoGrad record nothing",
				c.name, c.m.params[p].name, d)
		}
	}
	kernel := c.kernelOn() + "_back"
	if c.skip > 0 && c.m.holds {
		kernel = c.kernelOn() + "_rec_back"
	}
	switch method := c.method(); method {
	case "": // nothing spikes
	case "fast_sigmoid": // the same function
		kernel += "_super"
	default:
		kernel += "_" + method
	}
	if !gpu.Has(kernel) {
		panicf("%s: gradients of %s are computed on the CPU only; the input is on %v; CPU() brings a copy, Eval and tensor.NoGrad record nothing",
			c.name, c.whatBack(), d)
	}
	return kernel
}

// whatBack names what a backward pass depends on.
func (c *neuron) whatBack() string {
	text := c.m.name
	if c.skip > 0 {
		text = "a recurrent " + text
	}
	if c.method() != "" {
		text += " with method " + c.method()
	}
	if c.subtract {
		text += " and reset_subtract"
	}
	return text
}

// order is what kernels take for the step order.
func (c *neuron) order() int {
	if c.delayed {
		return 1
	}
	return 0
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
		return &State{lay: c.lay, shape: s.shape, gpu: mustHave(s.gpu.Clone())}
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
	return checked(c, false, x, y, next), next
}

func (l *Layer) forwardOn(d *gpu.Device, x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	shape := x.Shape()
	l.needTime(shape)
	if l.record {
		panicf("%s: the states of all steps are recorded on the CPU only; the input is on %v; CPU() brings a copy", l.name, d)
	}
	y, next := l.neuron.forwardOn(d, x, s, shape[0], shape[1:])
	return checked(l, true, x, y, next), next
}

func (l *Dense) forwardOn(d *gpu.Device, x *tensor.Tensor) *tensor.Tensor {
	return checked(l, x.Dim() > 2, x, linearOn(d, "Linear", x, l.weight, l.bias, l.outputShape(x.Shape())), nil)
}

// linearOn is x·wᵀ + b of that shape on a GPU; b may be nil.
func linearOn(d *gpu.Device, name string, x, w, b *tensor.Tensor, shape []int) *tensor.Tensor {
	out, in := w.Shape()[0], w.Shape()[1]
	rows := size(shape) / out
	y := mustHave(d.Alloc(size(shape)))
	multiplyOn(d, y, gpu.Of(x), gpu.Of(w), rows, in, out)
	if b != nil && rows > 0 {
		run(d, "add_rows", cuda.Over(rows*out), y, gpu.Of(b), rows, out)
	}
	result := onGPU(y, shape)
	tensor.Record(tensor.Node{
		Name: name, Inputs: []*tensor.Tensor{x, w, b}, Outputs: []*tensor.Tensor{result}, Saved: []*tensor.Tensor{x, w},
		Backward: func(dy []*tensor.Tensor) []*tensor.Tensor {
			grads, up := make([]*tensor.Tensor, 3), gpu.Of(dy[0])
			if x.RequiresGrad() {
				grads[0] = productOn(d, x.Shape(), up, gpu.Of(w), rows, in, out, [4]int{out, 1, in, 1})
			}
			if w.RequiresGrad() {
				grads[1] = productOn(d, w.Shape(), up, gpu.Of(x), out, in, rows, [4]int{1, out, in, 1})
			}
			if b != nil && b.RequiresGrad() {
				grads[2] = sumOn(d, b.Shape(), up, rows, out)
			}
			return grads
		},
	})
	return result
}

// multiplyOn is y = x·wᵀ for rows of in numbers and a matrix (out, in), with the sums of Linear.
func multiplyOn(d *gpu.Device, y, x, w *gpu.Memory, rows, in, out int) {
	gemmOn(d, y, x, w, rows, out, in, [4]int{in, 1, 1, in}, chunk)
}

// productOn is a tensor of a product of m rows, n columns and sums of k, each in one piece.
func productOn(d *gpu.Device, shape []int, a, b *gpu.Memory, m, n, k int, steps [4]int) *tensor.Tensor {
	y := mustHave(d.Alloc(m * n))
	gemmOn(d, y, a, b, m, n, k, steps, 0)
	return onGPU(y, shape)
}

// gemmOn is y (m, n) = a·b, by cuBLAS where Device.Fast allows it; steps are the distances of the rows and of the columns of a and of b.
func gemmOn(d *gpu.Device, y, a, b *gpu.Memory, m, n, k int, steps [4]int, piece int) {
	if m*n == 0 {
		return
	}
	if d.IsFast() && k > 0 {
		must(d.Multiply(y, a, b, cuda.Product{M: m, N: n, K: k, ARow: steps[0], AColumn: steps[1], BRow: steps[2], BColumn: steps[3]}))
		return
	}
	const most = 65535 * 64 // rows that a grid covers
	for from := 0; from < m; from += most {
		rows := min(most, m-from)
		g := cuda.Grid{X: (n + 63) / 64, Y: (rows + 63) / 64, BlockX: 16, BlockY: 16}
		run(d, "gemm_f32", g, y.Slice(from*n, (from+rows)*n), a.Slice(from*steps[0], a.Len()), b, rows, n, k, n,
			steps[0], steps[1], steps[2], steps[3], piece, 0)
	}
}

// sumOn is the sums of the columns of rows, in order.
func sumOn(d *gpu.Device, shape []int, x *gpu.Memory, rows, n int) *tensor.Tensor {
	y := mustHave(d.Zeros(n))
	if rows > 0 {
		run(d, "sum_columns", cuda.Over(n), y, x, rows, n)
	}
	return onGPU(y, shape)
}

func (a *Activation) forwardOn(d *gpu.Device, x *tensor.Tensor) *tensor.Tensor {
	if a.cuda == "" {
		panicf("%s runs on the CPU only; the input is on %v; CPU() brings a copy", a.name, d)
	}
	n := x.Numel()
	y := mustHave(d.Alloc(n))
	if n > 0 {
		run(d, a.cuda+"_f32", cuda.Over(n), y, gpu.Of(x), n)
	}
	out := onGPU(y, x.Shape())
	tensor.Record(tensor.Node{
		Name: a.name, Inputs: []*tensor.Tensor{x}, Outputs: []*tensor.Tensor{out}, Saved: []*tensor.Tensor{x, out},
		Backward: func(dy []*tensor.Tensor) []*tensor.Tensor {
			of := y
			if a.cuda == "relu" {
				of = gpu.Of(x)
			}
			dx := mustHave(d.Alloc(n))
			if n > 0 {
				run(d, a.cuda+"_back", cuda.Over(n), dx, gpu.Of(dy[0]), of, n)
			}
			return []*tensor.Tensor{onGPU(dx, x.Shape())}
		},
	})
	return checked(a, x.Dim() > 2, x, out, nil)
}

// timesOn is x times a mask of the CPU's.
func timesOn(d *gpu.Device, x, mask *tensor.Tensor) *tensor.Tensor {
	m, n := mustHave(d.Upload(mask.Data())), x.Numel()
	times := func(x *gpu.Memory) *tensor.Tensor {
		y := mustHave(d.Alloc(n))
		if n > 0 {
			run(d, "product", cuda.Over(n), y, x, m, n)
		}
		return onGPU(y, mask.Shape())
	}
	out := times(gpu.Of(x))
	tensor.Record(tensor.Node{
		Name: "Dropout", Inputs: []*tensor.Tensor{x}, Outputs: []*tensor.Tensor{out},
		Backward: func(dy []*tensor.Tensor) []*tensor.Tensor { return []*tensor.Tensor{times(gpu.Of(dy[0]))} },
	})
	return out
}

// Device is where the state is: that of its first variable.
func (s *State) Device() tensor.Device {
	if names := s.Names(); len(names) > 0 {
		return s.Get(names[0]).Device()
	}
	return tensor.Device{}
}

// To is the state on a device: a copy that shares nothing, or itself where it is all there. The error is that of a full or a failed device.
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
		if err != nil {
			return nil, err
		}
		moved.gpu = m
		return moved, nil
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
	if slices.Equal(moved.sub, s.sub) {
		return s, nil
	}
	for k, c := range s.Clone().sub {
		if moved.sub[k] == s.sub[k] { // it was there
			moved.sub[k] = c
		}
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
