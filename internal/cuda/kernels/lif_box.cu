// Leaky integrate and fire without a synapse; lifBoxStep and lifBoxBack in snn/lif_box.go.
#include "neuron.h"

template <bool Subtract> struct LIFBox {
	enum { vars = 1, coefs = 4, jump = -1, kept = 1 };
	float cm, leak, th, reset;
	METHOD LIFBox(const float *c) : cm(c[0]), leak(c[1]), th(c[2]), reset(c[3]) {}

	METHOD float step(float x, float *s, float *keep) const {
		float &v = s[0];
		float u = v + cm * ((x + leak) - v);
		float f = above(u, th);
		v = (1 - f) * u + f * (Subtract ? u - th : reset);
		keep[0] = u;
		return f;
	}

	template <class S> METHOD float back(float up, const float *keep, float *d, S spike) const {
		float u = keep[0], &dv = d[0];
		float f = above(u, th), after = dv;
		up += after * ((Subtract ? u - th : reset) - u);
		float du = (Subtract ? 1 : 1 - f) * after + spike(u - th, up);
		float w = cm * du;
		dv = du - w;
		return w;
	}
};

SPIKING(lif_box, LIFBox<false>)
SPIKING(lif_box_subtract, LIFBox<true>)
TRAIN(lif_box, LIFBox<false>)
BACK(lif_box, LIFBox<false>)
TRAIN(lif_box_subtract, LIFBox<true>)
BACK(lif_box_subtract, LIFBox<true>)
