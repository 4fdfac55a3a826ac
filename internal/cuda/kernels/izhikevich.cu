// Izhikevich's simple model; izhikevichStep and izhikevichRecurrentStep in snn/izhikevich.go.
#include "neuron.h"

struct Izhikevich {
	enum { vars = 2, coefs = 9, jump = -1, kept = 0 };
	float kv, ku, b, reset, d, sq, mn, bias, th;
	METHOD Izhikevich(const float *c)
		: kv(c[0]), ku(c[1]), b(c[2]), reset(c[3]), d(c[4]), sq(c[5]), mn(c[6]), bias(c[7]), th(c[8]) {}

	METHOD float inner(float v, float u) const { return ((sq * (v * v) + mn * v) + bias) - u; }

	METHOD float outer(float q, float *s) const {
		float &v = s[0], &u = s[1];
		float w = v + kv * q;
		float y = u + ku * (b * v - u);
		float f = above(w, th);
		v = (1 - f) * w + f * reset;
		u = (1 - f) * y + f * (y + d);
		return f;
	}

	METHOD float step(float x, float *s, float *) const { return outer(inner(s[0], s[1]) + x, s); }

	// both takes the recurrent current apart.
	METHOD float both(float x, float r, float *s) const { return outer((inner(s[0], s[1]) + x) + r, s); }
};

SPIKING(izhikevich, Izhikevich)
RECURRENT(izhikevich, Izhikevich)
