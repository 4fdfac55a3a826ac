package tensor

import (
	"unsafe"

	"github.com/livespike/livespike/internal/cuda"
)

// ToDenseOn is ToDense on a device, to which the list travels, 8 bytes for each element that is listed, and not the tensor.
// The error is that of a full or a failed device.
func (s *Sparse) ToDenseOn(d Device) (*Tensor, error) {
	if d.gpu == nil {
		return s.ToDense(), nil
	}
	y, err := d.gpu.Zeros(size(s.shape))
	if err != nil {
		return nil, err
	}
	if len(s.index) == 0 {
		return onGPU(y, s.shape), nil
	}
	places, err := d.gpu.UploadWords(unsafe.Slice((*uint32)(unsafe.Pointer(unsafe.SliceData(s.index))), len(s.index)))
	if err != nil {
		return nil, err
	}
	values, err := d.gpu.Upload(s.values)
	if err == nil {
		err = d.gpu.Launch("spread", cuda.Over(len(s.index)), y, places, values, len(s.index))
	}
	if err != nil {
		return nil, err
	}
	return onGPU(y, s.shape), nil
}
