// Leaky integrator without a synapse; liBoxStep and liBoxBack in snn/li_box.go.
#include "neuron.h"

struct LIBox {
	enum { vars = 1, coefs = 2, jump = -1, kept = 0 };
	float cm, leak;
	METHOD LIBox(const float *c) : cm(c[0]), leak(c[1]) {}

	METHOD float step(float x, float *s, float *) const {
		float &v = s[0];
		v += cm * ((leak - v) + x);
		return v;
	}

	template <class S> METHOD float back(float up, const float *, float *d, S) const {
		float du = d[0] + up;
		float w = cm * du;
		d[0] = du - w;
		return w;
	}
};

FORWARD(li_box, LIBox)
BACK_SMOOTH(li_box, LIBox)
