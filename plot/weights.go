package plot

import (
	"fmt"

	"github.com/livespike/livespike/snn/tensor"
)

// Weights draws a matrix of weights of shape (output, input), as the layers hold them: a row for each neuron, a column
// for each of its inputs. Colours are those of Image, around zero where there are weights of both signs. It panics for
// other shapes; a convolution's kernels are drawn by Fields.
func Weights(w *tensor.Tensor) *Figure {
	given("plot.Weights", "the tensor", w)
	if w.Dim() != 2 || w.Numel() == 0 {
		panic(fmt.Sprintf("plot.Weights: tensor of shape %s, expected (output, input)", shapeText(w.Shape())))
	}
	p, c := imagePanel("plot.Weights", w, imageSide, largestSide)
	p.X.Label.Text, p.Y.Label.Text = "input", "neuron"
	zeros := 0
	for _, v := range w.Data() {
		if v == 0 {
			zeros++
		}
	}
	return single(p, fmt.Sprintf("Weights%s: %v, %s %% zero", shapeText(w.Shape()), c, number(100*float64(zeros)/float64(w.Numel()))))
}
