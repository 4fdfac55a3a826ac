// Adaptive exponential LIF, alone and with a refractory period; snn/lif_adex.go and snn/lif_adex_refrac.go.
#include "neuron.h"

struct LIFAdEx {
	enum { vars = 3, coefs = 9, jump = 1, kept = 2 };
	float cm, cs, leak, th, reset, delta, ca, perV, perSpike;
	METHOD LIFAdEx(const float *c)
		: cm(c[0]), cs(c[1]), leak(c[2]), th(c[3]), reset(c[4]), delta(c[5]), ca(c[6]), perV(c[7]), perSpike(c[8]) {}

	METHOD float step(float x, float *s, float *keep) const {
		float &v = s[0], &i = s[1], &a = s[2];
		float j = i + x;
		float u = v + cm * ((((leak - v) + runAway(v, th, delta)) + j) - a);
		keep[0] = u, keep[1] = v;
		i = j + cs * j;
		float ad = a + ca * (perV * (v - leak) - a);
		float f = above(u, th);
		v = (1 - f) * u + f * reset;
		a = ad + f * perSpike;
		return f;
	}

	template <class S> METHOD float back(float up, const float *keep, float *d, S spike) const {
		float u = keep[0], v = keep[1], &dv = d[0], &di = d[1], &da = d[2];
		float byV = delta == 0 ? 0 : exp32((v - th) / delta);
		float f = above(u, th), after = dv, slow = ca * da;
		float g = spike(u - th, (up + after * (reset - u)) + da * perSpike);
		float du = (1 - f) * after + g;
		float w = cm * du;
		float dj = w + (di + cs * di);
		dv = (du + w * (byV - 1)) + slow * perV;
		di = dj;
		da = (da - slow) - w;
		return dj;
	}
};

struct LIFAdExRefrac {
	enum { vars = 4, coefs = 10, jump = 1, kept = 0 };
	LIFAdEx adex;
	float rest;
	METHOD LIFAdExRefrac(const float *c) : adex(c), rest(c[9]) {}

	METHOD float step(float x, float *s, float *) const {
		float &v = s[0], &rho = s[3], before = v, seen[2];
		float f = adex.step(x, s, seen);
		float m = above(rho, 0);
		v = (1 - m) * v + m * before;
		f = (1 - m) * f;
		rho = (1 - f) * relu(rho - m) + f * rest;
		return f;
	}
};

SPIKING(lif_adex, LIFAdEx)
TRAIN(lif_adex, LIFAdEx)
BACK(lif_adex, LIFAdEx)
RECURRENT(lif_adex, LIFAdEx)
SPIKING(lif_adex_refrac, LIFAdExRefrac)
RECURRENT(lif_adex_refrac, LIFAdExRefrac)
