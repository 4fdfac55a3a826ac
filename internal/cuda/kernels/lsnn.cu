// LIF with an adapting threshold; lsnnStep and lsnnBack in snn/lsnn.go.
#include "neuron.h"

template <bool Held = false> struct LSNN {
	enum { vars = 3, coefs = 7, jump = 1, kept = 2 };
	float cm, cs, leak, th, reset, cb, beta;
	METHOD LSNN(const float *c) : cm(c[0]), cs(c[1]), leak(c[2]), th(c[3]), reset(c[4]), cb(c[5]), beta(c[6]) {}

	METHOD float step(float x, float *s, float *keep) const {
		float &v = s[0], &i = s[1], &b = s[2];
		float j = i + x;
		float u = v + cm * ((leak - v) + j);
		i = j + cs * j;
		float t = b + cb * (th - b);
		float f = above(u, t);
		keep[0] = u, keep[1] = t;
		v = (1 - f) * u + f * reset;
		b = t + f * beta;
		return f;
	}

	template <class S> METHOD float back(float up, const float *keep, float *d, S spike) const {
		float u = keep[0], t = keep[1], &dv = d[0], &di = d[1], &db = d[2];
		float f = above(u, t);
		if (!Held) up = (up + dv * (reset - u)) + db * beta;
		float g = spike(u - t, up);
		float du = (1 - f) * dv + g, dt = db - g;
		float w = cm * du, y = cb * dt;
		float dj = w + (di + cs * di);
		dv = du - w;
		di = dj;
		db = dt - y;
		return dj;
	}
};

SPIKING(lsnn, LSNN<>)
TRAIN(lsnn, LSNN<>)
BACK(lsnn, LSNN<>)
BACK_HELD(lsnn, LSNN<true>)
RECURRENT(lsnn, LSNN<>)
