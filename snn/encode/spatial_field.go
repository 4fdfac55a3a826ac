package encode

import (
	"fmt"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/internal/option"
	"github.com/livespike/livespike/snn/tensor"
)

// Aggregate says whether every output channel sees all input channels through the same field (default true), or every
// field is applied to each input channel by itself.
func Aggregate(on bool) snn.Option { return snn.NewOption("aggregate", on) }

// Domain is half the width of the square that a field is sampled from, default 8: from −8 to 8 on both axes.
func Domain(v float64) snn.Option { return snn.NewOption("domain", v) }

// FieldConv is a convolution whose kernels are receptive fields. It is made by SpatialReceptiveField2d.
type FieldConv struct {
	in, size  int
	domain    float64
	aggregate bool
	fields    *tensor.Tensor // (n, 7)
	conv      *snn.Conv
}

// SpatialReceptiveField2d is a convolution from in channels with the fields of a tensor (n, 7), rows as
// SpatialParameters makes them, as its kernels of size by size pixels. With Aggregate(true) there are n output
// channels, and every input channel is seen through the same field; with Aggregate(false), where Norse raises, there
// are in·n: channel i·n + k is field k on input channel i alone. Input and output are those of snn.Conv2d. Options:
// Aggregate, Domain, and those of snn.Conv2d but weight and groups; there is no bias unless asked for.
//
// Source: Norse, module/receptive_field.py at 065a3b45; Pedersen, Conradt and Lindeberg, "Covariant spatio-temporal
// receptive fields for spiking neural networks", Nature Communications 16 (2025).
func SpatialReceptiveField2d(in, size int, fields *tensor.Tensor, opts ...snn.Option) *FieldConv {
	n := rows("SpatialReceptiveField2d", fields)
	if in < 1 || n < 1 {
		panic(fmt.Sprintf("encode.SpatialReceptiveField2d: %d input channels and %d fields; both start at 1", in, n))
	}
	m := &FieldConv{in: in, size: size, aggregate: true, fields: tensor.FromSlice(append([]float32(nil), fields.Data()...), n, 7)}
	domain := option.Standard(8)
	conv := []snn.Option{snn.Bias(false)}
	own := option.Set{
		Who: "encode.SpatialReceptiveField2d", Numbers: map[string]*option.Number{"domain": &domain},
		Flags: map[string]*bool{"aggregate": &m.aggregate},
	}
	for _, o := range opts {
		switch o.Name() {
		case "stride", "padding", "dilation", "bias":
			conv = append(conv, o)
		default:
			own.Apply([]snn.Option{o})
		}
	}
	m.domain = domain.Value
	channels, weight := n, m.weights()
	if !m.aggregate {
		channels = n * in
		conv = append(conv, snn.Groups(in))
	}
	m.conv = snn.Conv2d(in, channels, size, append(conv, snn.Weight(weight))...)
	return m
}

// weights lays the fields out as kernels.
func (m *FieldConv) weights() *tensor.Tensor {
	k := SpatialReceptiveFieldsWithDerivatives(m.fields, m.size, m.domain)
	n, each := k.Shape()[0], m.size*m.size
	if m.aggregate {
		w := tensor.Zeros(n, m.in, m.size, m.size)
		for o := range n {
			for i := range m.in {
				copy(w.Data()[(o*m.in+i)*each:], k.Data()[o*each:(o+1)*each])
			}
		}
		return w
	}
	w := tensor.Zeros(m.in*n, 1, m.size, m.size)
	for i := range m.in {
		copy(w.Data()[i*n*each:], k.Data())
	}
	return w
}

// Fields is the rows that the kernels are made from, (n, 7).
func (m *FieldConv) Fields() *tensor.Tensor { return m.fields }

// Weight is the kernels, (out, in, size, size), or (out, 1, size, size) where the channels do not mix.
func (m *FieldConv) Weight() *tensor.Tensor { return m.conv.Weight() }

// Forward convolves x with the fields. It returns s as it came.
func (m *FieldConv) Forward(x *tensor.Tensor, s *snn.State) (*tensor.Tensor, *snn.State) {
	return m.conv.Forward(x, s)
}

// String names the module and its sizes.
func (m *FieldConv) String() string {
	return fmt.Sprintf("SpatialReceptiveField2d(in_channels=%d, size=%d, fields=%d, aggregate=%v, domain=%v)",
		m.in, m.size, m.fields.Shape()[0], m.aggregate, m.domain)
}
