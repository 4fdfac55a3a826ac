// Leaky integrator; liStep and liBack in snn/li.go.
#include "neuron.h"

struct LI {
	enum { vars = 2, coefs = 3, jump = 1, kept = 0 };
	float cm, cs, leak;
	METHOD LI(const float *c) : cm(c[0]), cs(c[1]), leak(c[2]) {}

	METHOD float step(float x, float *s, float *) const {
		float &v = s[0], &i = s[1];
		float j = i + x;
		v += cm * ((leak - v) + j);
		i = j + cs * j;
		return v;
	}

	template <class S> METHOD float back(float up, const float *, float *d, S) const {
		float &dv = d[0], &di = d[1];
		float du = dv + up;
		float w = cm * du;
		float dj = w + (di + cs * di);
		dv = du - w;
		di = dj;
		return dj;
	}
};

FORWARD(li, LI)
BACK_SMOOTH(li, LI)
