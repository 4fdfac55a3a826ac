// LIF with an absolute refractory period; lifRefracStep and lifRefracBack in snn/lif_refrac.go.
#include "neuron.h"

template <bool Held = false> struct LIFRefrac {
	enum { vars = 3, coefs = 6, jump = 1, kept = 3 };
	float cm, cs, leak, th, reset, rest;
	METHOD LIFRefrac(const float *c) : cm(c[0]), cs(c[1]), leak(c[2]), th(c[3]), reset(c[4]), rest(c[5]) {}

	METHOD float step(float x, float *s, float *keep) const {
		float &v = s[0], &i = s[1], &rho = s[2];
		float j = i + x;
		float u = v + cm * ((leak - v) + j);
		keep[0] = u, keep[1] = v, keep[2] = rho;
		i = j + cs * j;
		float f = above(u, th);
		u = (1 - f) * u + f * reset;
		float m = above(rho, 0);
		v = (1 - m) * u + m * v;
		f = (1 - m) * f;
		rho = (1 - f) * relu(rho - m) + f * rest;
		return f;
	}

	template <class S> METHOD float back(float up, const float *keep, float *d, S spike) const {
		float u = keep[0], v = keep[1], rho = keep[2], &dv = d[0], &di = d[1], &dr = d[2];
		float f = above(u, th);
		float to = (1 - f) * u + f * reset;
		float m = above(rho, 0);
		float z = (1 - m) * f;

		float left = rho - m, dLeft = (1 - z) * dr;
		if (left <= 0) left = 0, dLeft = 0;
		up += dr * (rest - left);
		float dm = (dv * (v - to) - up * f) - dLeft;
		dr = dLeft + spike(rho, dm);

		float after = (1 - m) * dv, frozen = m * dv;
		up = (1 - m) * up;
		if (!Held) up += after * (reset - u);
		float du = (1 - f) * after + spike(u - th, up);
		float w = cm * du;
		float dj = w + (di + cs * di);
		dv = frozen + (du - w);
		di = dj;
		return dj;
	}
};

SPIKING(lif_refrac, LIFRefrac<>)
TRAIN(lif_refrac, LIFRefrac<>)
BACK(lif_refrac, LIFRefrac<>)
BACK_HELD(lif_refrac, LIFRefrac<true>)
RECURRENT(lif_refrac, LIFRefrac<>)
