package encode

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/internal/option"
	"github.com/livespike/livespike/snn/tensor"
)

// Aggregate says whether every output channel sees all input channels through the same field (default true), or every
// field is applied to each input channel by itself.
func Aggregate(on bool) snn.Option { return snn.NewOption("aggregate", on) }

// Domain is half the width of the square that a field is sampled from, default 8: from −8 to 8 on both axes.
func Domain(v float64) snn.Option { return snn.NewOption("domain", v) }

// OptimizeLog says whether scales and ratios are learned as their logarithms (default true), which keeps them above 0.
func OptimizeLog(on bool) snn.Option { return snn.NewOption("optimize_log", on) }

// sourceNames are what fields are made of, in the order of a row.
var sourceNames = [5]string{"scales", "angles", "ratios", "x", "y"}

// FieldConv is a convolution whose kernels are receptive fields. It is made by SpatialReceptiveField2d,
// SampledSpatialReceptiveField2d and ParameterizedSpatialReceptiveField2d.
type FieldConv struct {
	name      string
	in, size  int
	domain    float64
	aggregate bool
	log       bool // sources 0 and 2 are logarithms
	grid      *grid
	sources   [5]*tensor.Tensor
	learned   [5]bool
	options   []snn.Option // of the convolution
	bias      *tensor.Tensor
	made      atomic.Pointer[fieldKernels]
}

// fieldKernels is a convolution with the values it was made from.
type fieldKernels struct {
	conv *snn.Conv
	from []float32
}

// SpatialReceptiveField2d is a convolution from in channels with the fields of a tensor (n, 7), rows as
// SpatialParameters makes them, as its kernels of size by size pixels. With Aggregate(true) there are n output
// channels, and every input channel is seen through the same field; with Aggregate(false), where Norse raises, there
// are in·n: channel i·n + k is field k on input channel i alone. Input and output are those of snn.Conv2d.
//
// The scale, angle, ratio and place of every field are parameters, as in Norse: snn.Train makes them learn, and the
// kernels follow them. They are called log_scales, angles, log_ratios, x and y, of n elements each; snn.Learn names those
// that shall learn, without the prefix, where that is not all.
//
// Options: Aggregate, Domain, OptimizeLog, snn.Learn, and those of snn.Conv2d but weight and groups; there is no bias
// unless asked for.
//
// Source: Norse, module/receptive_field.py at 065a3b45; Pedersen, Conradt and Lindeberg, "Covariant spatio-temporal
// receptive fields for spiking neural networks", Nature Communications 16 (2025).
func SpatialReceptiveField2d(in, size int, fields *tensor.Tensor, opts ...snn.Option) *FieldConv {
	const who = "SpatialReceptiveField2d"
	rows(who, fields)
	return newFieldConv(who, in, size, gridOf(fields), opts)
}

// SampledSpatialReceptiveField2d is SpatialReceptiveField2d with the fields of SpatialParameters, where the scales,
// angles, ratios, x and y that the fields are combined from learn, and not those of every field: all fields of one scale
// keep one scale. Which fields there are is settled at the start; in Norse a ratio that learns to be 1, or not to be,
// changes their number. Options: those of SpatialReceptiveField2d, XS, YS, IncludeReplicas.
//
// Source: Norse, module/receptive_field.py at 065a3b45.
func SampledSpatialReceptiveField2d(in, size int, scales, angles, ratios, derivatives *tensor.Tensor, opts ...snn.Option) *FieldConv {
	const who = "SampledSpatialReceptiveField2d"
	of, rest := gridOptions(opts)
	return newFieldConv(who, in, size, newGrid(who, scales, angles, ratios, derivatives, of), rest)
}

// ParameterizedSpatialReceptiveField2d is SpatialReceptiveField2d with the fields of SpatialParameters, each of which
// learns by itself. Options: those of SpatialReceptiveField2d, XS, YS, IncludeReplicas.
//
// Source: Norse, module/receptive_field.py at 065a3b45.
func ParameterizedSpatialReceptiveField2d(in, size int, scales, angles, ratios, derivatives *tensor.Tensor, opts ...snn.Option) *FieldConv {
	const who = "ParameterizedSpatialReceptiveField2d"
	of, rest := gridOptions(opts)
	g := newGrid(who, scales, angles, ratios, derivatives, of)
	return newFieldConv(who, in, size, gridOf(g.rows(g.sources)), rest)
}

// gridOptions parts the options of SpatialParameters from the others.
func gridOptions(opts []snn.Option) (of, rest []snn.Option) {
	for _, o := range opts {
		if slices.Contains([]string{"x", "y", "include_replicas"}, o.Name()) {
			of = append(of, o)
		} else {
			rest = append(rest, o)
		}
	}
	return of, rest
}

// gridOf is the grid of fields that share nothing.
func gridOf(fields *tensor.Tensor) *grid {
	g, n := &grid{}, fields.Len()
	for p := range g.sources {
		g.sources[p] = tensor.Zeros(n)
	}
	for i := range n {
		row := fields.Data()[i*7 : (i+1)*7]
		for p, s := range g.sources {
			s.Data()[i] = row[p]
		}
		g.index = append(g.index, []int{i, i, i, i, i})
		g.orders = append(g.orders, slices.Clone(row[5:]))
	}
	return g
}

func newFieldConv(who string, in, size int, g *grid, opts []snn.Option) *FieldConv {
	if in < 1 || len(g.index) < 1 {
		panic(fmt.Sprintf("encode.%s: %d input channels and %d fields; both start at 1", who, in, len(g.index)))
	}
	m := &FieldConv{name: who, in: in, size: size, aggregate: true, log: true, grid: g}
	domain := option.Standard(8)
	var own []snn.Option
	var learn any
	biased := false
	for _, o := range opts {
		switch o.Name() {
		case "stride", "padding", "dilation", "bias":
			m.options = append(m.options, o)
			biased = biased || o.Name() == "bias"
		default:
			own = append(own, o)
		}
	}
	if !biased {
		m.options = append(m.options, snn.Bias(false))
	}
	option.Set{
		Who: "encode." + who, Numbers: map[string]*option.Number{"domain": &domain},
		Flags: map[string]*bool{"aggregate": &m.aggregate, "optimize_log": &m.log}, Any: map[string]*any{"learn": &learn},
	}.Apply(own)
	m.domain = domain.Value
	m.choose(learn)
	for p, s := range g.sources {
		if m.sources[p] = copyOf(s); m.logarithm(p) {
			m.sources[p] = m.sources[p].Log()
		}
	}
	conv := m.convolution(m.weights(m.Fields()))
	if m.bias = conv.Bias(); m.bias != nil { // drawn once
		m.options = append(slices.DeleteFunc(m.options, func(o snn.Option) bool { return o.Name() == "bias" }), snn.Bias(m.bias))
	}
	return m
}

// choose notes which sources learn: all, or those that Learn names.
func (m *FieldConv) choose(learn any) {
	names, some := learn.([]string)
	for p, name := range sourceNames {
		m.learned[p] = !some || slices.Contains(names, name)
	}
	for _, name := range names {
		if !slices.Contains(sourceNames[:], name) {
			panic(fmt.Sprintf("encode.%s: cannot learn %s; there are %s", m.name, name, strings.Join(sourceNames[:], ", ")))
		}
	}
}

// logarithm reports whether source p is kept as its logarithm.
func (m *FieldConv) logarithm(p int) bool { return m.log && m.learned[p] && (p == 0 || p == 2) }

// rows are the fields of the sources as they are.
func (m *FieldConv) rows() *tensor.Tensor {
	sources := m.sources
	for p, s := range sources {
		if m.logarithm(p) {
			sources[p] = s.Exp()
		}
	}
	return m.grid.rows(sources)
}

// weights lays the fields out as kernels.
func (m *FieldConv) weights(rows *tensor.Tensor) *tensor.Tensor {
	k := SpatialReceptiveFieldsWithDerivatives(rows, m.size, m.domain)
	if m.aggregate {
		return k.Unsqueeze(1).Expand(k.Len(), m.in, m.size, m.size)
	}
	return k.Repeat(m.in, 1, 1).Unsqueeze(1)
}

// convolution is one with copies of those kernels and of the bias.
func (m *FieldConv) convolution(weight *tensor.Tensor) *snn.Conv {
	opts := append(slices.Clone(m.options), snn.Weight(weight.Detach()))
	if !m.aggregate {
		opts = append(opts, snn.Groups(m.in))
	}
	return snn.Conv2d(m.in, weight.Len(), m.size, opts...)
}

// Fields is the rows that the kernels are made from, (n, 7).
func (m *FieldConv) Fields() *tensor.Tensor { return m.rows().Detach() }

// Weight is the kernels, (out, in, size, size), or (out, 1, size, size) where the channels do not mix.
func (m *FieldConv) Weight() *tensor.Tensor { return m.weights(m.Fields()) }

// Parts are what learns, and the bias if there is one.
func (m *FieldConv) Parts() []snn.Part {
	var parts []snn.Part
	for p, name := range sourceNames {
		if m.logarithm(p) {
			name = "log_" + name
		}
		parts = append(parts, snn.Part{Name: name, Tensor: m.sources[p], Fixed: !m.learned[p]})
	}
	if m.bias != nil {
		parts = append(parts, snn.Part{Name: "bias", Tensor: m.bias})
	}
	return parts
}

// leaves are the tensors that the convolution depends on.
func (m *FieldConv) leaves() []*tensor.Tensor { return append(slices.Clone(m.sources[:]), m.bias) }

// Forward convolves x with the fields. It returns s as it came.
func (m *FieldConv) Forward(x *tensor.Tensor, s *snn.State) (*tensor.Tensor, *snn.State) {
	needInput(m, x)
	if tensor.Recording(m.leaves()...) {
		return m.recorded(x), s
	}
	y, _ := m.current().Forward(x, nil)
	return y, s
}

// OutputShape is the shape of the output for inputs of that shape.
func (m *FieldConv) OutputShape(in ...int) []int { return m.current().OutputShape(in...) }

// current is the convolution with the fields as they are, made anew when they have changed.
func (m *FieldConv) current() *snn.Conv {
	made := m.made.Load()
	if made == nil || !m.unchanged(made.from) {
		made = &fieldKernels{conv: m.convolution(m.Weight())}
		for _, t := range m.leaves() {
			if t != nil {
				made.from = append(made.from, t.Data()...)
			}
		}
		m.made.Store(made)
	}
	return made.conv
}

func (m *FieldConv) unchanged(from []float32) bool {
	for _, t := range m.leaves() {
		if t != nil {
			if !slices.Equal(t.Data(), from[:t.Numel()]) {
				return false
			}
			from = from[t.Numel():]
		}
	}
	return true
}

// recorded is Forward whose gradients reach the fields: the convolution keeps its own record, whose gradients of the
// kernels then go on to what these were made from.
func (m *FieldConv) recorded(x *tensor.Tensor) *tensor.Tensor {
	w := m.weights(m.rows())
	conv, in := m.convolution(w), x.Detach().SetRequiresGrad(x.RequiresGrad())
	conv.Weight().SetRequiresGrad(w.RequiresGrad())
	if m.bias != nil {
		conv.Bias().SetRequiresGrad(m.bias.RequiresGrad())
	}
	y, _ := conv.Forward(in, nil)
	out := y.Detach()
	tensor.Record(tensor.Node{
		Name: "encode." + m.name, Inputs: []*tensor.Tensor{x, w, m.bias}, Outputs: []*tensor.Tensor{out},
		Backward: func(dy []*tensor.Tensor) []*tensor.Tensor {
			y.BackwardFrom(dy[0])
			grads := []*tensor.Tensor{in.Grad(), conv.Weight().Grad(), nil}
			if m.bias != nil {
				grads[2] = conv.Bias().Grad()
			}
			return grads
		},
	})
	return out
}

// String names the module and its sizes.
func (m *FieldConv) String() string {
	return fmt.Sprintf("%s(in_channels=%d, size=%d, fields=%d, aggregate=%v, domain=%v)",
		m.name, m.in, m.size, len(m.grid.index), m.aggregate, m.domain)
}
