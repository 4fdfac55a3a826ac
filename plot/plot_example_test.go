package plot_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/livespike/livespike/plot"
	"github.com/livespike/livespike/snn/tensor"
)

func ExampleImage() {
	field := tensor.Linspace(-10, 10, 10).Sigmoid().Diff().Sub(0.14)
	kernel := field.Repeat(9, 1)
	figure := plot.Image(kernel)
	figure.Title.Text = "vertical edges"
	fmt.Println(figure)
	// Output: Image(9, 9): values -0.1396 to 0.3647
}

func ExampleImages() {
	events, edges := tensor.Zeros(48, 64), tensor.Eye(5).Sub(0.2)
	fmt.Println(plot.Images(events, edges).Titles("events", "edges"))
	// Output: Images: events: 48×64 all values 0; edges: 5×5 values -0.2 to 0.8
}

func ExampleRaster() {
	spikes := tensor.Eye(10) // neuron n fires at step n
	fmt.Println(plot.Raster(spikes))
	// Output: Raster(10, 10): 10 spikes
}

func ExampleTrace() {
	time := tensor.Arange(0, 100, 1)
	decay := time.Mul(-0.05).Exp()
	figure := plot.Trace(decay, decay.Mul(0.5)).Names("voltage", "current")
	figure.X.Label.Text = "time (ms)"
	figure.Y.Max = 1.5
	fmt.Println(figure)
	// Output: Trace(100,), (100,): values 0.003542 to 1
}

func ExampleFigure_Save() {
	dir, err := os.MkdirTemp("", "figures")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	err = plot.Image(tensor.Eye(3)).Size(320, 240).Save(filepath.Join(dir, "eye.svg"))
	fmt.Println(err)
	// Output: <nil>
}
