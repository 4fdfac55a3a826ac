// Integrate and fire; iafStep and iafBack in snn/iaf.go.
#include "neuron.h"

template <bool Subtract> struct IAF {
	enum { vars = 1, coefs = 2, jump = 0, kept = 1 };
	float th, reset;
	METHOD IAF(const float *c) : th(c[0]), reset(c[1]) {}

	METHOD float step(float x, float *s, float *keep) const {
		float &v = s[0];
		float u = v + x;
		float f = above(u, th);
		v = (1 - f) * u + f * (Subtract ? u - th : reset);
		keep[0] = u;
		return f;
	}

	template <class S> METHOD float back(float up, const float *keep, float *d, S spike) const {
		float u = keep[0], &dv = d[0];
		float f = above(u, th), after = dv;
		up += after * ((Subtract ? u - th : reset) - u);
		dv = (Subtract ? 1 : 1 - f) * after + spike(u - th, up);
		return dv;
	}
};

SPIKING(iaf, IAF<false>)
SPIKING(iaf_subtract, IAF<true>)
TRAIN(iaf, IAF<false>)
BACK(iaf, IAF<false>)
TRAIN(iaf_subtract, IAF<true>)
BACK(iaf_subtract, IAF<true>)
RECURRENT(iaf, IAF<false>)
