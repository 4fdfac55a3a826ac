// Conductance-based LIF; cobaLIFStep in snn/coba_lif.go.
#include "neuron.h"

struct CobaLIF {
	enum { vars = 3, coefs = 9, jump = -1, kept = 0 };
	float ce, ci, cm, gl, rest, toE, toI, th, reset;
	METHOD CobaLIF(const float *c)
		: ce(c[0]), ci(c[1]), cm(c[2]), gl(c[3]), rest(c[4]), toE(c[5]), toI(c[6]), th(c[7]), reset(c[8]) {}

	METHOD float step(float x, float *s, float *) const {
		float &v = s[0], &exc = s[1], &inh = s[2];
		float e = exc + relu(x), i = inh + relu(-x);
		e += ce * e;
		i += ci * i;
		exc = e, inh = i;
		float in = (gl * (rest - v) + e * (toE - v)) + i * (toI - v);
		float u = v + cm * in;
		float f = above(u, th);
		v = (1 - f) * u + f * reset;
		return f;
	}
};

SPIKING(coba_lif, CobaLIF)
