package tensor

import (
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"

	"github.com/livespike/livespike/internal/cuda"
	"github.com/livespike/livespike/internal/cuda/gpu"
)

// Device is where the elements of tensors are: the zero value is the CPU, the others come from OpenDevice or snn.CUDA.
type Device struct{ gpu *gpu.Device }

// String is cpu or cuda:0.
func (d Device) String() string {
	if d.gpu == nil {
		return "cpu"
	}
	return d.gpu.String()
}

// IsCPU reports whether d is the CPU.
func (d Device) IsCPU() bool { return d.gpu == nil }

// Memory is the free and the total memory of a GPU in bytes. Of the CPU both are 0.
func (d Device) Memory() (free, total int64, err error) {
	if d.gpu == nil {
		return 0, 0, nil
	}
	return d.gpu.MemInfo()
}

// Sync waits until all that was asked of a GPU is done. Reading a tensor waits by itself; only a clock needs this.
func (d Device) Sync() error {
	if d.gpu == nil {
		return nil
	}
	return d.gpu.Sync()
}

// Fast lets a GPU compute matrix products, those of linear layers and their gradients, by NVIDIA's cuBLAS, or by our own
// kernels again, whose sums have the order of the CPU's and so its bits. Those of cuBLAS differ in the last bits, about
// 1e-5 of the value, and from card to card, which changes when a neuron spikes that comes close to its threshold. The error
// says why there is no cuBLAS: it is loaded when it is asked for, from the path in LIVESPIKE_LIBCUBLAS, else as
// libcublas.so.13, .12 or .11.
func (d Device) Fast(on bool) error {
	if d.gpu == nil {
		return errors.New("tensor: the cpu has no cuBLAS")
	}
	return d.gpu.Fast(on)
}

// OpenDevice is the device of that name: cpu, cuda or cuda:0. The error of one that cannot be had says why; of a program
// built without CUDA, a missing driver and a missing device errors.Is(err, snn.ErrNoCUDA) holds.
func OpenDevice(name string) (Device, error) {
	kind, number, numbered := strings.Cut(name, ":")
	i, err := 0, error(nil)
	if numbered {
		i, err = strconv.Atoi(number)
	}
	switch {
	case name == "cpu":
		return Device{}, nil
	case kind != "cuda" || err != nil || i < 0:
		return Device{}, fmt.Errorf("tensor: no device %q; there are cpu, cuda:0, cuda:1 …", name)
	}
	d, err := gpu.Open(i)
	if err != nil {
		return Device{}, err
	}
	return Device{d}, nil
}

// Devices describes the devices: the CPU, and each GPU as in "cuda:0 NAME, 80.0 GB". Without one there is the CPU alone; the
// error of OpenDevice says why.
func Devices() []string {
	all := []string{"cpu"}
	infos, err := cuda.Devices()
	if err != nil {
		return all
	}
	for _, i := range infos {
		all = append(all, i.String())
	}
	return all
}

// Device is where the elements are.
func (t *Tensor) Device() Device {
	if t.gpu == nil {
		return Device{}
	}
	return Device{t.gpu.Device}
}

// To is the tensor on that device: itself if it is there, else a copy, through which gradients flow back to where the
// tensor is, as through PyTorch's. The error is that of a full or a failed device.
func (t *Tensor) To(d Device) (*Tensor, error) {
	from := t.Device()
	if from == d {
		return t, nil
	}
	moved, err := t.copied(d)
	if err == nil && Recording(t) {
		made("To", moved, []*Tensor{t}, nil, func(dy *Tensor) []*Tensor { return []*Tensor{dy.must(from)} })
	}
	return moved, err
}

// copied is a copy on a device, which records nothing; of a tensor on the CPU to the CPU it shares the elements.
func (t *Tensor) copied(d Device) (*Tensor, error) {
	host := t.data
	if t.gpu != nil {
		host = make([]float32, t.gpu.Len())
		if err := t.gpu.Download(host); err != nil {
			return nil, err
		}
	}
	shape := append([]int(nil), t.shape...)
	if d.gpu == nil {
		return wrap(shape, host), nil
	}
	m, err := d.gpu.Upload(host)
	if err != nil {
		return nil, err
	}
	return onGPU(m, shape), nil
}

// CUDA is To the first GPU. It panics with the error where there is none.
func (t *Tensor) CUDA() *Tensor {
	return t.must(mustHave(OpenDevice("cuda:0")))
}

// CPU is To the CPU. It panics with the error where the device has failed.
func (t *Tensor) CPU() *Tensor { return t.must(Device{}) }

func (t *Tensor) must(d Device) *Tensor {
	return mustHave(t.To(d))
}

// elsewhere says that the elements are not in memory, and what would need them there.
func (t *Tensor) elsewhere() {
	panic(fmt.Sprintf("tensor.%s: a tensor of shape %v is on %v, and this works on the CPU only; CPU() brings a copy",
		calledFrom(), t.shape, t.Device()))
}

// calledFrom is the name of the function of this package that was called from outside.
func calledFrom() string {
	var pcs [32]uintptr
	name := "Data"
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	for {
		f, more := frames.Next()
		of, inside := strings.CutPrefix(f.Function, "github.com/livespike/livespike/snn/tensor.")
		if !inside {
			return name
		}
		of = of[strings.LastIndexByte(of, '.')+1:]
		if 'A' <= of[0] && of[0] <= 'Z' {
			name = of
		}
		if !more {
			return name
		}
	}
}

// onGPU is a tensor of that shape in m.
func onGPU(m *gpu.Memory, shape []int) *Tensor {
	t := wrap(append([]int(nil), shape...), nil)
	t.gpu = m
	return t
}

// zerosOn is zeros on a device.
func zerosOn(d Device, shape []int) *Tensor {
	if d.gpu == nil {
		return Zeros(shape...)
	}
	return onGPU(mustHave(d.gpu.Zeros(size(shape))), shape)
}

// like is zeros where t is.
func like(t *Tensor, method string, shape []int) *Tensor {
	if t.gpu == nil {
		return zeros(method, shape)
	}
	return zerosOn(t.Device(), shape)
}

// put copies a tensor on the same device into the elements from one on.
func (t *Tensor) put(method string, from *Tensor, at int) {
	if t.Device() != from.Device() {
		panic(fmt.Sprintf("tensor.%s: tensors on %v and %v; send one of them with To", method, t.Device(), from.Device()))
	}
	t.view(from.shape, at, at+from.Numel()).fill(from)
}

// plus adds x, which has as many elements and is on the same device, in place.
func (t *Tensor) plus(x *Tensor) {
	if t.gpu != nil && x.gpu != nil {
		must(t.gpu.Add(x.gpu))
		return
	}
	to := t.elems()
	for i, v := range x.elems() {
		to[i] += v
	}
}

// clear makes all elements zero.
func (t *Tensor) clear() {
	if t.gpu != nil {
		must(t.gpu.Fill(0))
		return
	}
	clear(t.data)
}

// fill overwrites the elements with those of a tensor of the same size, wherever both are.
func (t *Tensor) fill(from *Tensor) {
	switch {
	case t.gpu == nil && from.gpu == nil:
		copy(t.data, from.data)
	case t.gpu == nil:
		must(from.gpu.Download(t.data))
	case from.gpu != nil && t.gpu.Device == from.gpu.Device:
		must(t.gpu.Copy(from.gpu))
	default:
		must(t.gpu.Set(mustHave(from.copied(Device{})).data))
	}
}

// move sends tensors to a device in place, with the gradients that have arrived, or none of them if one does not fit.
// Views made before keep the elements that they share.
func move(list []*Tensor, d Device) error {
	to := make([][2]*Tensor, len(list))
	for k, t := range list {
		for j, from := range [2]*Tensor{t, t.Grad()} {
			if from == nil || t.Device() == d {
				continue
			}
			var err error
			if to[k][j], err = from.copied(d); err != nil {
				return err
			}
		}
	}
	for k, t := range list {
		if to[k][0] == nil {
			continue
		}
		t.data, t.gpu = to[k][0].data, to[k][0].gpu
		t.MarkChanged()
		if t.grad != nil {
			t.grad.sum, t.grad.own = to[k][1], to[k][1] != nil
		}
	}
	return nil
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func mustHave[T any](v T, err error) T {
	must(err)
	return v
}

var _ = friends()

// friends lets snn look inside tensors on devices.
func friends() bool {
	gpu.Of = func(t any) *gpu.Memory { return t.(*Tensor).gpu }
	gpu.DeviceOf = func(d any) *gpu.Device { return d.(Device).gpu }
	gpu.Tensor = func(m *gpu.Memory, shape []int) any { return onGPU(m, shape) }
	gpu.Move = func(tensors []any, d *gpu.Device) error {
		list := make([]*Tensor, len(tensors))
		for k, t := range tensors {
			list[k] = t.(*Tensor)
		}
		return move(list, Device{d})
	}
	return true
}
