// Leaky integrate and fire; lifStep and lifBack in snn/lif.go.
#include "neuron.h"

template <bool Subtract, bool Held = false> struct LIF {
	enum { vars = 2, coefs = 5, jump = 1, kept = 1 };
	float cm, cs, leak, th, reset;
	METHOD LIF(const float *c) : cm(c[0]), cs(c[1]), leak(c[2]), th(c[3]), reset(c[4]) {}

	METHOD float step(float x, float *s, float *keep) const {
		float &v = s[0], &i = s[1];
		float j = i + x;
		float u = v + cm * ((leak - v) + j);
		i = j + cs * j;
		float f = above(u, th);
		v = (1 - f) * u + f * (Subtract ? u - th : reset);
		keep[0] = u;
		return f;
	}

	template <class S> METHOD float back(float up, const float *keep, float *d, S spike) const {
		float u = keep[0], &dv = d[0], &di = d[1];
		float f = above(u, th), after = dv;
		if (!Held) up += after * ((Subtract ? u - th : reset) - u);
		float du = (Subtract ? 1 : 1 - f) * after + spike(u - th, up);
		float w = cm * du;
		float dj = w + (di + cs * di);
		dv = du - w;
		di = dj;
		return dj;
	}
};

SPIKING(lif, LIF<false>)
SPIKING(lif_subtract, LIF<true>)
BYTES(lif, LIF<false>)
TRAIN(lif, LIF<false>)
BACK(lif, LIF<false>)
TRAIN(lif_subtract, LIF<true>)
BACK(lif_subtract, LIF<true>)
BACK_HELD(lif, LIF<false, true>)
RECURRENT(lif, LIF<false>)
