package encode

import (
	"fmt"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/internal/option"
	"github.com/livespike/livespike/snn/tensor"
)

// OffSpikes says whether falling inputs give spikes of −1, default true.
func OffSpikes(on bool) snn.Option { return snn.NewOption("off_spikes", on) }

func readDelta(who string, threshold float64, opts []snn.Option) (off bool) {
	if !(threshold > 0) {
		panic(fmt.Sprintf("encode.%s: threshold is %v; it must be above 0", who, threshold))
	}
	off = true
	option.Set{Who: "encode." + who, Flags: map[string]*bool{"off_spikes": &off}}.Apply(opts)
	return off
}

// DeltaEncode spikes where a sequence x (time, …) changes by at least the threshold from one step to the next: 1 for a
// rise, −1 for a fall. The first step is compared with 0. Slow changes below the threshold are lost; ThresholdEncode
// keeps them. Option: OffSpikes.
//
// Source: snnTorch, spikegen.delta, whose padding with zeros this follows.
func DeltaEncode(x *tensor.Tensor, threshold float64, opts ...snn.Option) *tensor.Tensor {
	off := readDelta("DeltaEncode", threshold, opts)
	unrecorded("DeltaEncode", x)
	n, each := steps("DeltaEncode", x)
	out, th := tensor.Zeros(x.Shape()...), float32(threshold)
	for k, v := range x.Data()[:n*each] {
		if k >= each {
			v -= x.Data()[k-each]
		}
		out.Data()[k] = change(v, th, off)
	}
	return out
}

// ThresholdEncode is send-on-delta, the rule of an event camera's pixel: every element of a sequence x (time, …) has a
// level, at first its first value, and spikes when it is at least the threshold away from it, 1 above and −1 below; the
// level then moves by the threshold. At most one spike a step, so that a jump of several thresholds takes several
// steps. Summing the spikes times the threshold on top of the first value gives the input back to within a threshold,
// as long as it moves no faster. Option: OffSpikes.
//
// Source: Miskowicz, "Send-on-delta concept", Sensors 6:49 (2006); Lichtsteiner, Posch and Delbruck, IEEE Journal of
// Solid-State Circuits 43:566 (2008).
func ThresholdEncode(x *tensor.Tensor, threshold float64, opts ...snn.Option) *tensor.Tensor {
	off := readDelta("ThresholdEncode", threshold, opts)
	unrecorded("ThresholdEncode", x)
	n, each := steps("ThresholdEncode", x)
	out, th := tensor.Zeros(x.Shape()...), float32(threshold)
	for i := range each {
		var level float32
		for t := range n {
			v := x.Data()[t*each+i]
			if t == 0 {
				level = v
			}
			z := change(v-level, th, true)
			level += float32(z * th)
			if z > 0 || off {
				out.Data()[t*each+i] = z
			}
		}
	}
	return out
}

// change is 1 or −1 for a difference of at least the threshold.
func change(d, threshold float32, off bool) float32 {
	switch {
	case d >= threshold:
		return 1
	case d <= -threshold && off:
		return -1
	}
	return 0
}

// DeltaEncoder is DeltaEncode as a module.
func DeltaEncoder(threshold float64, opts ...snn.Option) *Encoder {
	readDelta("DeltaEncoder", threshold, opts)
	return &Encoder{text: fmt.Sprintf("DeltaEncoder(threshold=%v)", threshold), encode: func(x *tensor.Tensor) *tensor.Tensor {
		return DeltaEncode(x, threshold, opts...)
	}}
}

// ThresholdEncoder is ThresholdEncode as a module.
func ThresholdEncoder(threshold float64, opts ...snn.Option) *Encoder {
	readDelta("ThresholdEncoder", threshold, opts)
	return &Encoder{text: fmt.Sprintf("ThresholdEncoder(threshold=%v)", threshold), encode: func(x *tensor.Tensor) *tensor.Tensor {
		return ThresholdEncode(x, threshold, opts...)
	}}
}
