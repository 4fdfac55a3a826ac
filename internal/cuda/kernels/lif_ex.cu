// LIF that runs away exponentially near the threshold; lifExKernel in snn/lif_ex.go.
#include "neuron.h"

template <bool Subtract> struct LIFEx {
	enum { vars = 2, coefs = 6, jump = 1, kept = 0 };
	float cm, cs, leak, th, reset, delta;
	METHOD LIFEx(const float *c) : cm(c[0]), cs(c[1]), leak(c[2]), th(c[3]), reset(c[4]), delta(c[5]) {}

	METHOD float step(float x, float *s, float *) const {
		float &v = s[0], &i = s[1];
		float j = i + x;
		float u = v + cm * (((leak - v) + runAway(v, th, delta)) + j);
		i = j + cs * j;
		float f = above(u, th);
		v = (1 - f) * u + f * (Subtract ? u - th : reset);
		return f;
	}
};

SPIKING(lif_ex, LIFEx<false>)
SPIKING(lif_ex_subtract, LIFEx<true>)
RECURRENT(lif_ex, LIFEx<false>)
