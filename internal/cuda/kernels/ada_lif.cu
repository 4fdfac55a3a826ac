// LIF with an adaptation current; adaLIFStep in snn/ada_lif.go.
#include "neuron.h"

struct AdaLIF {
	enum { vars = 3, coefs = 7, jump = 1, kept = 0 };
	float cm, cs, leak, th, reset, cb, beta;
	METHOD AdaLIF(const float *c) : cm(c[0]), cs(c[1]), leak(c[2]), th(c[3]), reset(c[4]), cb(c[5]), beta(c[6]) {}

	METHOD float step(float x, float *s, float *) const {
		float &v = s[0], &i = s[1], &b = s[2];
		float j = i + x;
		float u = v + cm * (((leak - v) + j) - b);
		i = j + cs * j;
		float t = b + cb * b;
		float f = above(u, th);
		v = u - f * (th - reset);
		b = t + f * beta;
		return f;
	}
};

SPIKING(ada_lif, AdaLIF)
RECURRENT(ada_lif, AdaLIF)
