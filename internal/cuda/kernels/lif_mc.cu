// Multi-compartment LIF, alone and with a refractory period; snn/lif_mc.go and snn/lif_mc_refrac.go. x is the product of
// the membrane potentials and the coupling matrix, so a launch is one step; the input is added to the current apart.
#include "neuron.h"

struct LIFMC {
	enum { vars = 2, coefs = 6, jump = -1, kept = 0 };
	float cm, cs, leak, th, reset, dt;
	METHOD LIFMC(const float *c) : cm(c[0]), cs(c[1]), leak(c[2]), th(c[3]), reset(c[4]), dt(c[5]) {}

	METHOD float step(float x, float *s, float *) const {
		float &v = s[0], &i = s[1];
		float j = i, w = v + dt * x;
		float u = w + cm * ((leak - w) + j);
		i = j + cs * j;
		float f = above(u, th);
		v = (1 - f) * u + f * reset;
		return f;
	}
};

struct LIFMCRefrac {
	enum { vars = 3, coefs = 7, jump = -1, kept = 0 };
	float cm, cs, leak, th, reset, rest, dt;
	METHOD LIFMCRefrac(const float *c) : cm(c[0]), cs(c[1]), leak(c[2]), th(c[3]), reset(c[4]), rest(c[5]), dt(c[6]) {}

	METHOD float step(float x, float *s, float *) const {
		float &v = s[0], &i = s[1], &rho = s[2];
		float m = above(rho, 0);
		float u = v + (((1 - m) * cm) * ((leak - v) + i) + dt * x);
		i += cs * i;
		float f = (1 - m) * above(u, th);
		v = (1 - f) * u + f * reset;
		rho = (1 - f) * relu(rho - m) + f * rest;
		return f;
	}
};

SPIKING(lif_mc, LIFMC)
SPIKING(lif_mc_refrac, LIFMCRefrac)
