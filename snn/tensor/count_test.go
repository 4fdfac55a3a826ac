package tensor_test

import (
	"fmt"
	"testing"

	"github.com/livespike/livespike/internal/cuda"
	"github.com/livespike/livespike/internal/cuda/simulated"
	"github.com/livespike/livespike/snn/tensor"
)

// TestCount: by hand, on the CPU and on the simulated device.
func TestCount(t *testing.T) {
	t.Cleanup(cuda.Use(simulated.Driver{}))
	for _, x := range []*tensor.Tensor{tensor.Full(0.5, 2, 3), tensor.Full(0.5, 2, 3).CUDA()} {
		x.CountInPlace([]uint32{5, 1, 5, 1<<31 | 2, 1, 1<<31 | 5})
		x.CountInPlace(nil)
		if want := tensor.FromSlice([]float32{0.5, 2.5, -0.5, 0.5, 0.5, 1.5}, 2, 3); !x.CPU().Equal(want) {
			t.Errorf("%v\nwant %v", x, want)
		}
		func() {
			defer func() {
				if r := fmt.Sprint(recover()); r != "tensor.CountInPlace: place 6 of 6 elements, shape [2 3]" {
					t.Errorf("panic %s", r)
				}
			}()
			x.CountInPlace([]uint32{0, 1<<31 | 6})
		}()
		if x.At2(0, 0) != 0.5 {
			t.Error("a count that panicked changed something")
		}
	}
}
