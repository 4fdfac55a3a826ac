package nir_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/nir"
	"github.com/livespike/livespike/snn/tensor"
)

// A file of the reference package, which Norse, snnTorch, Sinabs, Lava and their like read and write.
func ExampleLoad() {
	model, err := nir.Load("testdata/affine_cubalif.nir", nir.DT(0.001))
	if err != nil {
		fmt.Println(err)
		return
	}
	spikes, _ := snn.Lift(model).Forward(tensor.Ones(100, 3), nil)
	fmt.Println(spikes.Shape())
	// Output: [100 4]
}

func ExampleSave() {
	dir, err := os.MkdirTemp("", "nir")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "net.nir")
	model := snn.Sequential(snn.Lift(snn.Conv2d(1, 2, 5)), snn.LIF(), snn.Flatten(2), snn.Linear(2*24*24, 10), snn.LI())
	nir.MustSave(path, model, []int{1, 28, 28}, nir.Leading(2)) // inputs are (time, batch, 1, 28, 28)
	fmt.Println(nir.MustRead(path))
	// Output:
	// NIRGraph(
	//   0: Conv2d(bias [2], dilation=[1 1], groups=[1], input_shape=[28 28], padding=[0 0], stride=[1 1], weight [2 1 5 5]) → 1
	//   1: CubaLIF(r [2 24 24], tau_mem [2 24 24], tau_syn [2 24 24], v_leak [2 24 24], v_reset [2 24 24], v_threshold [2 24 24], w_in [2 24 24]) → 2
	//   2: Flatten(end_dim=[-1], input_type=[2 24 24], start_dim=[0]) → 3
	//   3: Affine(bias [10], weight [10 1152]) → 4
	//   4: CubaLI(r [10], tau_mem [10], tau_syn [10], v_leak [10], w_in [10]) → output
	//   input: Input(shape=[1 28 28]) → 0
	//   output: Output(shape=[10])
	// )
}
