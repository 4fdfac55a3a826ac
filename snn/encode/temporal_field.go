package encode

import (
	"fmt"
	"slices"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/internal/option"
	"github.com/livespike/livespike/snn/tensor"
)

// Activation is the neuron of a temporal receptive field by the name of its model, default "LIBox".
func Activation(model string) snn.Option { return snn.NewOption("activation", model) }

// TimeConstants sets the inverse time constants of a temporal receptive field in 1/s, (scales, shape[0], 1, …), in the
// place of those from the scales.
func TimeConstants(t *tensor.Tensor) snn.Option { return snn.NewOption("time_constants", t) }

// TemporalField looks at a signal on several time scales at once. It is made by TemporalReceptiveField.
type TemporalField struct {
	shape  []int
	scales int
	tau    *tensor.Tensor
	cell   *snn.Cell
}

// TemporalReceptiveField is one step of nScales copies of the input, each smoothed with its own time constant
// τ_k = dt·scale_k. shape is that of the signal, channels first; the input is (…, shape) and the output
// (…, nScales, shape). Scale 1 passes the input through unchanged. Use snn.Lift for whole sequences.
//
// The time constants are parameters, as in Norse: snn.Train makes them learn. Gradients reach them and the input.
//
// Options: MinScale 1, MaxScale, C 1.41421, snn.DT 0.001 s, Activation "LIBox", TimeConstants.
//
// Source: Norse, module/receptive_field.py, TemporalReceptiveField at 065a3b45.
func TemporalReceptiveField(shape []int, nScales int, opts ...snn.Option) *TemporalField {
	const who = "TemporalReceptiveField"
	dt, model := option.Standard(0.001), "LIBox"
	m := &TemporalField{shape: slices.Clone(shape), scales: nScales}
	own := option.Set{
		Who: "encode." + who, Numbers: map[string]*option.Number{"dt": &dt},
		Words: map[string]*string{"activation": &model}, Tensors: map[string]**tensor.Tensor{"time_constants": &m.tau},
	}
	var scales, rest []snn.Option
	for _, o := range opts {
		switch o.Name() {
		case "min_scale", "max_scale", "c":
			scales = append(scales, o)
		default:
			rest = append(rest, o)
		}
	}
	own.Apply(rest)
	dt.Positive(own.Who, "dt")
	if len(shape) == 0 {
		panic("encode.TemporalReceptiveField: the signal has no axes")
	}
	want := over(nScales, append([]int{shape[0]}, slices.Repeat([]int{1}, len(shape)-1)...))
	if m.tau == nil {
		m.tau = tensor.Zeros(want...)
		for k, s := range TemporalScaleDistribution(nScales, scales...).Data() {
			for c := range shape[0] {
				m.tau.Data()[k*shape[0]+c] = float32(1/dt.Value) / s
			}
		}
	} else if !slices.Equal(m.tau.Shape(), want) {
		panic(fmt.Sprintf("encode.%s: time constants of shape %v, want %v", who, m.tau.Shape(), want))
	}
	if !m.tau.RequiresGrad() { // a tensor that is trained stays the user's
		m.tau = copyOf(m.tau).SetRequiresGrad(true)
		defer m.tau.SetRequiresGrad(false) // a parameter of the cell from here on, trained after snn.Train
	}
	m.cell = snn.CellByName(model, snn.TauMemInv(m.tau), snn.DT(dt.Value))
	return m
}

// TimeConstants is the inverse time constants in 1/s, (scales, shape[0], 1, …).
func (m *TemporalField) TimeConstants() *tensor.Tensor { return m.tau }

// Forward is one step. It panics if the input does not end in the signal's shape.
func (m *TemporalField) Forward(x *tensor.Tensor, s *snn.State) (*tensor.Tensor, *snn.State) {
	needInput(m, x)
	in, r := x.Shape(), len(m.shape)
	if len(in) < r || !slices.Equal(in[len(in)-r:], m.shape) {
		panic(fmt.Sprintf("encode.TemporalReceptiveField: input %v does not end in %v", in, m.shape))
	}
	at := len(in) - r
	copies := slices.Insert(slices.Clone(in), at, m.scales)
	return m.cell.Forward(x.Unsqueeze(at).Expand(copies...), s)
}

// Parts is the neurons, whose time constants are the parameter neurons.tau_mem_inv.
func (m *TemporalField) Parts() []snn.Part { return []snn.Part{{Name: "neurons", Module: m.cell}} }

// String names the module, its signal and its scales.
func (m *TemporalField) String() string {
	return fmt.Sprintf("TemporalReceptiveField(shape=%v, n_scales=%d)", m.shape, m.scales)
}
