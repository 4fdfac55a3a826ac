package tensor

import (
	"fmt"
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

// To is the tensor on that device: itself if it is there, else a copy. It records no gradients; a tensor that records, on
// its way to a GPU, is a panic. The error is that of a full or a failed device.
func (t *Tensor) To(d Device) (*Tensor, error) {
	if t.Device() == d {
		return t, nil
	}
	if t.gpu != nil {
		host := make([]float32, t.gpu.Len())
		if err := t.gpu.Download(host); err != nil {
			return nil, err
		}
		t = wrap(t.shape, host)
		return t.To(d)
	}
	if Recording(t) {
		panic(fmt.Sprintf("tensor.To: a tensor of shape %v that records gradients cannot go to %v; gradients are computed on the CPU", t.shape, d))
	}
	m, err := d.gpu.Upload(t.data)
	if err != nil {
		return nil, err
	}
	return onGPU(m, t.shape), nil
}

// CUDA is To the first GPU. It panics with the error where there is none.
func (t *Tensor) CUDA() *Tensor {
	d, err := OpenDevice("cuda:0")
	if err != nil {
		panic(err)
	}
	return t.must(d)
}

// CPU is To the CPU. It panics with the error where the device has failed.
func (t *Tensor) CPU() *Tensor { return t.must(Device{}) }

func (t *Tensor) must(d Device) *Tensor {
	moved, err := t.To(d)
	if err != nil {
		panic(err)
	}
	return moved
}

// elsewhere says that the elements are not in memory.
func (t *Tensor) elsewhere() {
	panic(fmt.Sprintf("tensor: a tensor of shape %v is on %v, and this works on the CPU only; CPU() brings a copy", t.shape, t.Device()))
}

// onGPU is a tensor of that shape in m.
func onGPU(m *gpu.Memory, shape []int) *Tensor {
	t := wrap(append([]int(nil), shape...), nil)
	t.gpu = m
	return t
}

var _ = friends()

// friends lets snn look inside tensors on devices.
func friends() bool {
	gpu.Of = func(t any) *gpu.Memory { return t.(*Tensor).gpu }
	gpu.DeviceOf = func(d any) *gpu.Device { return d.(Device).gpu }
	gpu.Tensor = func(m *gpu.Memory, shape []int) any { return onGPU(m, shape) }
	return true
}
