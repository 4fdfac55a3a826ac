package event

import (
	"fmt"
	"math"
	"os"

	"github.com/livespike/livespike/snn/tensor"
)

// LoadArray reads an array of numbers from NumPy's .npy file, such as a mask or a map of pixels, each as the nearest
// float32.
func LoadArray(path string) (*tensor.Tensor, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("event: %w", err)
	}
	defer f.Close()
	in := newInput(f, path)
	h, used, err := peekNPYHeader(in)
	if err != nil {
		return nil, err
	}
	if h.fields[0].name != "" || h.fields[0].kind == 'V' || h.fortran {
		return nil, in.bad("an array of records, or in Fortran's order; rows of numbers are known")
	}
	n := 1
	for _, d := range h.shape {
		if d > math.MaxInt32 || n*d > math.MaxInt32 {
			return nil, in.bad("an array of shape %v is refused", h.shape)
		}
		n *= d
	}
	in.use(used)
	data := in.peek(n * h.size)
	if len(data) < n*h.size {
		return nil, in.located(truncatedAt(len(data), "the file breaks off inside an array of shape %v", h.shape))
	}
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(h.fields[0].float(data[i*h.size:]))
	}
	return tensor.FromSlice(values, h.shape...), nil
}

// MustArray is LoadArray for scripts: it panics with the error.
func MustArray(path string) *tensor.Tensor {
	t, err := LoadArray(path)
	if err != nil {
		panic(err)
	}
	return t
}
