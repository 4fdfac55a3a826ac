package snn

import "math"

// refNeuron is one step of a model in float64, written from its equations: p gives parameters, s is the variables
// without z, x and r the two currents. spike is the threshold of a distance; its second result is the spike that the
// reset sees, a constant where Norse detaches it. The result is the output.
type refNeuron func(p func(string) float64, s []float64, x, r float64, spike func(float64) (float64, float64)) float64

const refDT = 0.001

func refRelu(x float64) float64 { return math.Max(x, 0) }

// refReset is the membrane after a spike h.
func refReset(p func(string) float64, u, h float64) float64 {
	if p("subtract") == 1 {
		return (1-h)*u + h*(u-p("v_th"))
	}
	return (1-h)*u + h*p("v_reset")
}

// refMembrane is the membrane of LIF, LIFEx and LIFAdEx after integration.
func refMembrane(p func(string) float64, v, j float64, exponential bool, a float64) float64 {
	in := p("v_leak") - v + j - a
	if exponential {
		d := p("delta_T")
		in += d * math.Exp((v-p("v_th"))/d)
	}
	return v + refDT*p("tau_mem_inv")*in
}

func refLIF(exponential bool) refNeuron {
	return func(p func(string) float64, s []float64, x, r float64, spike func(float64) (float64, float64)) float64 {
		j := s[1] + x + r
		u := refMembrane(p, s[0], j, exponential, 0)
		s[1] = j - refDT*p("tau_syn_inv")*j
		z, h := spike(u - p("v_th"))
		s[0] = refReset(p, u, h)
		return z
	}
}

func refAdEx(p func(string) float64, s []float64, x, r float64, spike func(float64) (float64, float64)) float64 {
	j := s[1] + x + r
	u := refMembrane(p, s[0], j, true, s[2])
	s[1] = j - refDT*p("tau_syn_inv")*j
	a := s[2] + refDT*p("tau_ada_inv")*(p("adaptation_current")*(s[0]-p("v_leak"))-s[2])
	z, h := spike(u - p("v_th"))
	s[0], s[2] = refReset(p, u, h), a+h*p("adaptation_spike")
	return z
}

// refRefrac puts an absolute refractory period, the last variable, around a neuron.
func refRefrac(inner refNeuron) refNeuron {
	return func(p func(string) float64, s []float64, x, r float64, spike func(float64) (float64, float64)) float64 {
		before, last := s[0], len(s)-1
		z := inner(p, s[:last], x, r, spike)
		m, _ := spike(s[last])
		s[0] = (1-m)*s[0] + m*before
		z = (1 - m) * z
		s[last] = (1-z)*refRelu(s[last]-m) + z*p("rho_reset")
		return z
	}
}

var references = map[string]refNeuron{
	"LI": func(p func(string) float64, s []float64, x, r float64, _ func(float64) (float64, float64)) float64 {
		j := s[1] + x + r
		s[0] += refDT * p("tau_mem_inv") * (p("v_leak") - s[0] + j)
		s[1] = j - refDT*p("tau_syn_inv")*j
		return s[0]
	},
	"LIBox": func(p func(string) float64, s []float64, x, _ float64, _ func(float64) (float64, float64)) float64 {
		s[0] += refDT * p("tau_mem_inv") * (p("v_leak") - s[0] + x)
		return s[0]
	},
	"LIF":   refLIF(false),
	"LIFEx": refLIF(true),
	"LIFBox": func(p func(string) float64, s []float64, x, _ float64, spike func(float64) (float64, float64)) float64 {
		u := s[0] + refDT*p("tau_mem_inv")*(x+p("v_leak")-s[0])
		z, h := spike(u - p("v_th"))
		s[0] = refReset(p, u, h)
		return z
	},
	"IAF": func(p func(string) float64, s []float64, x, r float64, spike func(float64) (float64, float64)) float64 {
		u := s[0] + x + r
		z, h := spike(u - p("v_th"))
		s[0] = refReset(p, u, h)
		return z
	},
	"LIFRefrac":     refRefrac(refLIF(false)),
	"LIFAdEx":       refAdEx,
	"LIFAdExRefrac": refRefrac(refAdEx),
	"LSNN": func(p func(string) float64, s []float64, x, r float64, spike func(float64) (float64, float64)) float64 {
		j := s[1] + x + r
		u := refMembrane(p, s[0], j, false, 0)
		s[1] = j - refDT*p("tau_syn_inv")*j
		b := s[2] + refDT*p("tau_adapt_inv")*(p("v_th")-s[2])
		z, h := spike(u - b)
		s[0], s[2] = refReset(p, u, h), b+h*p("beta")
		return z
	},
	"AdaLIF": func(p func(string) float64, s []float64, x, r float64, spike func(float64) (float64, float64)) float64 {
		j := s[1] + x + r
		u := refMembrane(p, s[0], j, false, s[2])
		s[1] = j - refDT*p("tau_syn_inv")*j
		z, h := spike(u - p("v_th"))
		s[0], s[2] = u-h*(p("v_th")-p("v_reset")), s[2]-refDT*p("tau_adapt_inv")*s[2]+h*p("beta")
		return z
	},
	"Izhikevich": func(p func(string) float64, s []float64, x, r float64, spike func(float64) (float64, float64)) float64 {
		v, u := s[0], s[1]
		w := v + refDT*p("tau_inv")*(p("sq")*v*v+p("mn")*v+p("bias")-u+x+r)
		y := u + refDT*p("tau_inv")*p("a")*(p("b")*v-u)
		z, h := spike(w - p("v_th"))
		s[0], s[1] = (1-h)*w+h*p("c"), y+h*p("d")
		return z
	},
	"CobaLIF": func(p func(string) float64, s []float64, x, _ float64, spike func(float64) (float64, float64)) float64 {
		v := s[0]
		e := (s[1] + refRelu(x)) * (1 - refDT*p("tau_syn_exc_inv"))
		i := (s[2] + refRelu(-x)) * (1 - refDT*p("tau_syn_inh_inv"))
		u := v + refDT*p("c_m_inv")*(p("g_l")*(p("v_rest")-v)+e*(p("e_rev_E")-v)+i*(p("e_rev_I")-v))
		z, h := spike(u - p("v_thresh"))
		s[0], s[1], s[2] = refReset(p, u, h), e, i
		return z
	},
	// the x of the two models of several compartments is the product with the coupling matrix
	"LIFMC": func(p func(string) float64, s []float64, x, _ float64, spike func(float64) (float64, float64)) float64 {
		s[0] += refDT * x
		return refLIF(false)(p, s, 0, 0, spike)
	},
	"LIFMCRefrac": func(p func(string) float64, s []float64, x, _ float64, spike func(float64) (float64, float64)) float64 {
		m, _ := spike(s[2])
		u := s[0] + (1-m)*refDT*p("tau_mem_inv")*(p("v_leak")-s[0]+s[1]) + refDT*x
		s[1] -= refDT * p("tau_syn_inv") * s[1]
		z, _ := spike(u - p("v_th"))
		z *= 1 - m
		s[0] = refReset(p, u, z)
		s[2] = (1-z)*refRelu(s[2]-m) + z*p("rho_reset")
		return z
	},
}
