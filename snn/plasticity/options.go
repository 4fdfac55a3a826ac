package plasticity

import "github.com/livespike/livespike/snn"

// APre is the size of a presynaptic spike in its trace: a number or a tensor over the presynaptic neurons, default 1.
func APre(v any) snn.Option { return snn.NewOption("a_pre", v) }

// APost is the size of a postsynaptic spike in its trace: a number or a tensor over the postsynaptic neurons, default 1.
func APost(v any) snn.Option { return snn.NewOption("a_post", v) }

// TauPreInv is the inverse time constant of the presynaptic trace in 1/s, default 20 (50 ms).
func TauPreInv(v any) snn.Option { return snn.NewOption("tau_pre_inv", v) }

// TauPostInv is the inverse time constant of the postsynaptic trace in 1/s, default 20 (50 ms).
func TauPostInv(v any) snn.Option { return snn.NewOption("tau_post_inv", v) }

// WMin is the lower bound of the weights, default 0.
func WMin(v any) snn.Option { return snn.NewOption("w_min", v) }

// WMax is the upper bound of the weights, default 1.
func WMax(v any) snn.Option { return snn.NewOption("w_max", v) }

// EtaPlus is the learning rate of potentiation, default 0.001.
func EtaPlus(v any) snn.Option { return snn.NewOption("eta_plus", v) }

// EtaMinus is the learning rate of depression, default 0.001.
func EtaMinus(v any) snn.Option { return snn.NewOption("eta_minus", v) }

// Mu is the exponent of the algorithm "multiplicative_pow", 0 to 1, default 0.
func Mu(v any) snn.Option { return snn.NewOption("mu", v) }

// HardBound says whether weights are clamped to [w_min, w_max] after every update, default true.
func HardBound(on bool) snn.Option { return snn.NewOption("hardbound", on) }

// Algorithm is how an update depends on the weight: "additive" (default), "additive_step", "multiplicative_pow" or
// "multiplicative_relu".
func Algorithm(name string) snn.Option { return snn.NewOption("stdp_algorithm", name) }

// Trace is how spikes enter a trace: "accumulate" (default), where every spike adds and all pairs of spikes count, or
// "nearest", where a spike sets the trace to the size of one spike and only the latest counts.
func Trace(name string) snn.Option { return snn.NewOption("trace", name) }

// Stride is the step of a convolution's window in pixels, default 1.
func Stride(n int) snn.Option { return snn.NewOption("stride", n) }

// Padding is the border of zeros around a convolution's input in pixels, default 0.
func Padding(n int) snn.Option { return snn.NewOption("padding", n) }

// Dilation is the distance between a convolution's taps in pixels, default 1.
func Dilation(n int) snn.Option { return snn.NewOption("dilation", n) }

// EtaP is the step of a correlation trace at a presynaptic spike, default 1.
func EtaP(v any) snn.Option { return snn.NewOption("eta_p", v) }

// EtaM is the step of an anti-correlation trace at a postsynaptic spike, default 1.
func EtaM(v any) snn.Option { return snn.NewOption("eta_m", v) }

// TauCInv is the inverse time constant of the correlation trace in 1/s, default 10 (100 ms).
func TauCInv(v any) snn.Option { return snn.NewOption("tau_c_inv", v) }

// TauAcInv is the inverse time constant of the anti-correlation trace in 1/s, default 10 (100 ms).
func TauAcInv(v any) snn.Option { return snn.NewOption("tau_ac_inv", v) }

// TauFInv is the inverse time constant of facilitation in 1/s, default 20 (50 ms).
func TauFInv(v any) snn.Option { return snn.NewOption("tau_f_inv", v) }

// TauSInv is the inverse synaptic time constant of Norse's Tsodyks-Makram parameters in 1/s, default 50. The rule
// does not use it, there as here.
func TauSInv(v any) snn.Option { return snn.NewOption("tau_s_inv", v) }

// TauDInv is the inverse time constant of recovery from depression in 1/s, default 1/0.75.
func TauDInv(v any) snn.Option { return snn.NewOption("tau_d_inv", v) }

// U is the fraction of resources that a spike uses from rest, 0 to 1, default 0.45.
func U(v any) snn.Option { return snn.NewOption("U", v) }

// TauEInv is the inverse time constant of the eligibility trace in 1/s, default 1.
func TauEInv(v any) snn.Option { return snn.NewOption("tau_e_inv", v) }

// Eta is the learning rate of the third factor: the weight changes by eta times reward times eligibility, default 1.
func Eta(v any) snn.Option { return snn.NewOption("eta", v) }
