package encode

import (
	"testing"

	"github.com/livespike/livespike/snn"
)

// TestMisuseIsNamed: contradictions, unknown words and missing inputs are refused with a sentence.
func TestMisuseIsNamed(t *testing.T) {
	for want, f := range map[string]func(){
		"encode.PoissonEncoder: two options f_max: 10 and 20": func() { PoissonEncoder(5, FMax(10), FMax(20)) },
		"encode.TemporalReceptiveField: two options activation: LIF and LI": func() {
			TemporalReceptiveField([]int{1}, 2, Activation("LIF"), Activation("LI"))
		},
		"encode.PoissonEncoder(seq_length=5): input is nil": func() { PoissonEncoder(5).Forward(nil, nil) },
		"encode.TemporalReceptiveField(shape=[3], n_scales=2): input is nil": func() {
			TemporalReceptiveField([]int{3}, 2).Forward(nil, nil)
		},
		"encode.ConstantCurrentLIFEncoder: unknown method sharp; there are [atan circ fast_sigmoid gaussian heavi_erfc heaviside piecewise_linear super tanh triangle]": func() {
			ConstantCurrentLIFEncoder(5, snn.Method("sharp"))
		},
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("%v, want %q", got, want)
				}
			}()
			f()
		}()
	}
}
