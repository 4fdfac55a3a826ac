package train

import (
	"fmt"
	"math"
	"strings"

	"github.com/livespike/livespike/snn/tensor"
)

// Epoch is what one pass through the examples gave: mean losses and the figure of Measure. What was not asked for is
// NaN, or 0 for the figure.
type Epoch struct {
	Loss, Validation, Measured float64
	LR                         float64
}

// History is what Fit did.
type History struct {
	Epochs  []Epoch
	Measure string // name of the figure, empty without one
}

// Losses are the mean training losses by epoch, to plot.
func (h *History) Losses() *tensor.Tensor { return h.column(func(e Epoch) float64 { return e.Loss }) }

// Validations are the mean validation losses by epoch.
func (h *History) Validations() *tensor.Tensor {
	return h.column(func(e Epoch) float64 { return e.Validation })
}

// Measured are the figures of Measure by epoch.
func (h *History) Measured() *tensor.Tensor {
	return h.column(func(e Epoch) float64 { return e.Measured })
}

func (h *History) column(f func(Epoch) float64) *tensor.Tensor {
	out := tensor.Zeros(len(h.Epochs))
	for i, e := range h.Epochs {
		out.Data()[i] = float32(f(e))
	}
	return out
}

// Best is the epoch with the smallest loss, the validation's where there is one; -1 without an epoch.
func (h *History) Best() int {
	best, least := -1, math.Inf(1)
	for i, e := range h.Epochs {
		loss := e.Validation
		if math.IsNaN(loss) {
			loss = e.Loss
		}
		if best < 0 || loss < least {
			best, least = i, loss
		}
	}
	return best
}

// String is a line for every epoch.
func (h *History) String() string {
	var lines []string
	for i := range h.Epochs {
		lines = append(lines, h.line(i))
	}
	return strings.Join(lines, "\n")
}

func (h *History) line(i int) string {
	e := h.Epochs[i]
	text := fmt.Sprintf("epoch %3d  loss %.4f", i, e.Loss)
	if !math.IsNaN(e.Validation) {
		text += fmt.Sprintf("  validation %.4f", e.Validation)
	}
	if h.Measure != "" {
		text += fmt.Sprintf("  %s %.4f", h.Measure, e.Measured)
	}
	return text
}

// bar draws how far the epoch is, on a line that the next call overwrites.
func (f *fit) bar(epoch, done, all int, loss float64) {
	if f.progress == nil {
		return
	}
	const width = 30
	filled := width * done / all
	fmt.Fprintf(f.progress, "\repoch %3d  [%s%s] %d/%d  loss %.4f", epoch,
		strings.Repeat("=", filled), strings.Repeat(" ", width-filled), done, all, loss)
}

// stored is an epoch as a checkpoint holds it: texts, because JSON has no NaN, that give the same bits again.
type stored [4]string

func (h *History) finite() []stored {
	out := make([]stored, len(h.Epochs))
	for i, e := range h.Epochs {
		for k, v := range []float64{e.Loss, e.Validation, e.Measured, e.LR} {
			out[i][k] = fmt.Sprint(v)
		}
	}
	return out
}

func (h *History) restore(epochs []stored) {
	for _, s := range epochs {
		var v [4]float64
		for k := range v {
			if _, err := fmt.Sscan(s[k], &v[k]); err != nil {
				v[k] = math.NaN()
			}
		}
		h.Epochs = append(h.Epochs, Epoch{v[0], v[1], v[2], v[3]})
	}
}
