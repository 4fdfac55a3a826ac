package plasticity

import (
	"fmt"
	"math"

	"github.com/livespike/livespike/snn/internal/option"
	"github.com/livespike/livespike/snn/tensor"
)

// sums gives the buffers for the two sums of a step, one value for each weight, cleared.
func (s *STDPState) sums(n int) (plus, minus []float32) {
	if len(s.plus) != n {
		s.plus, s.minus = make([]float32, n), make([]float32, n)
	}
	clear(s.plus)
	clear(s.minus)
	return s.plus, s.minus
}

// weighted are the weight-dependent factors of an update, laid over the weights.
type weighted struct {
	etaPlus, etaMinus, wMin, wMax option.Values
	mu                            float64
	algorithm                     string
}

func (r *STDPRule) weighted(hold *[4][1]float32, shape []int) weighted {
	return weighted{
		etaPlus: r.etaPlus.Over(&hold[0], "plasticity: eta_plus", shape), etaMinus: r.etaMinus.Over(&hold[1], "plasticity: eta_minus", shape),
		wMin: r.wMin.Over(&hold[2], "plasticity: w_min", shape), wMax: r.wMax.Over(&hold[3], "plasticity: w_max", shape),
		mu: float64(float32(r.mu.Value)), algorithm: r.algorithm,
	}
}

// change is A₊(w)·plus − A₋(w)·minus for weight k.
func (f *weighted) change(k int, w, plus, minus float32) float32 {
	up, down := f.etaPlus.At(k), f.etaMinus.At(k)
	switch f.algorithm {
	case "additive_step":
		up *= step(f.wMax.At(k) - w)
		down *= step(w - f.wMin.At(k))
	case "multiplicative_pow":
		up *= float32(math.Pow(float64(f.wMax.At(k)-w), f.mu))
		down *= float32(math.Pow(float64(w-f.wMin.At(k)), f.mu))
	case "multiplicative_relu":
		up *= max(f.wMax.At(k)-w, 0)
		down *= max(w-f.wMin.At(k), 0)
	}
	return float32(up*plus) - float32(down*minus)
}

// step is 1 above zero, else 0.
func step(x float32) float32 {
	if x > 0 {
		return 1
	}
	return 0
}

// inRange panics when a weight lies outside the bounds of a rule whose power is not defined there; the reference
// silently makes it NaN.
func (f *weighted) inRange(w []float32) {
	if f.algorithm != "multiplicative_pow" || f.mu == math.Trunc(f.mu) {
		return
	}
	for k, v := range w {
		if v < f.wMin.At(k) || v > f.wMax.At(k) {
			panic(fmt.Sprintf("plasticity: weight %d is %v, outside [%v, %v], where multiplicative_pow with mu %v is not defined", k, v, f.wMin.At(k), f.wMax.At(k), f.mu))
		}
	}
}

// update applies the sums to the weights in place.
func (r *STDPRule) update(w *tensor.Tensor, plus, minus []float32) {
	var hold [4][1]float32
	f := r.weighted(&hold, w.Shape())
	data := w.Data()
	w.MarkChanged()
	f.inRange(data)
	for k, v := range data {
		v += f.change(k, v, plus[k], minus[k])
		if r.hardBound {
			v = min(max(v, f.wMin.At(k)), f.wMax.At(k))
		}
		data[k] = v
	}
}
