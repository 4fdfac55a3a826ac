package plasticity

import (
	"fmt"

	"github.com/livespike/livespike/snn/tensor"
)

// CorrelationBasedUpdate turns what a correlation sensor has gathered into weights. When step is a multiple of every,
// the linear update maps the two traces, flattened and joined (2·in·hidden values), to in·hidden values, and the
// weights (hidden, in) become
//
//	w' = w + rate·reshape(update·[c, ac], (hidden, in))
//
// with both traces zero afterwards; at other steps weights and state come back as they are. The update is a matrix
// (in·hidden, 2·in·hidden). A batch of sensors is averaged first, which for one sample is Norse's rule. Weights and
// state are new values. Source: Norse, functional/correlation_sensor.py at 065a3b45, which zeroes the caller's state.
func CorrelationBasedUpdate(step int, update, w *tensor.Tensor, s *CorrelationSensorState, rate float64, every int) (*tensor.Tensor, *CorrelationSensorState) {
	if every < 1 {
		panic(fmt.Sprintf("plasticity.CorrelationBasedUpdate: every %d steps; it starts at 1", every))
	}
	shape, ws, us := s.CorrelationTrace.Shape(), w.Shape(), update.Shape()
	n := len(shape)
	if n < 2 || len(ws) != 2 || ws[0] != shape[n-1] || ws[1] != shape[n-2] {
		panic(fmt.Sprintf("plasticity.CorrelationBasedUpdate: weights %v (hidden, in) do not fit traces %v (..., in, hidden)", ws, shape))
	}
	m := ws[0] * ws[1]
	if len(us) != 2 || us[0] != m || us[1] != 2*m {
		panic(fmt.Sprintf("plasticity.CorrelationBasedUpdate: update has shape %v, want [%d %d]", us, m, 2*m))
	}
	if step%every != 0 {
		return w, s
	}
	gathered := append(mean(s.CorrelationTrace.Data(), m), mean(s.AntiCorrelationTrace.Data(), m)...)
	w = copyOf(w)
	data := w.Data()
	for k := range data {
		var dw float32
		for j, v := range gathered {
			dw += float32(update.Data()[k*2*m+j] * v)
		}
		data[k] += float32(float32(rate) * dw)
	}
	return w, &CorrelationSensorState{copyOf(s.PostPre), tensor.Zeros(shape...), tensor.Zeros(shape...)}
}

// mean averages consecutive runs of m values.
func mean(data []float32, m int) []float32 {
	out := make([]float32, m)
	for i, v := range data {
		out[i%m] += v
	}
	if n := len(data) / m; n > 1 {
		for i := range out {
			out[i] /= float32(n)
		}
	}
	return out
}
