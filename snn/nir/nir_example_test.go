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
	g := nir.MustRead(path)
	for _, e := range g.Edges {
		fmt.Println(e[0], "→", e[1], g.Nodes[e[1]].Type)
	}
	// Output:
	// input → 0 Conv2d
	// 0 → 1 CubaLIF
	// 1 → 2 Flatten
	// 2 → 3 Affine
	// 3 → 4 CubaLI
	// 4 → output Output
}
