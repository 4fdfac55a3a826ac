// Steps of optimisers, one pass over a parameter; snn/train.
#include "device.h"

// sgd is sgd in snn/train/sgd.go: w the parameter, g its gradient, b the momentum buffer. fresh is 1 − dampening, and 1 in
// the first step.
KERNEL(sgd)(float *__restrict w, const float *__restrict g, float *__restrict b, float lr, float decay, float momentum, float fresh, int nesterov, int n) {
	for (u32 k = thread(); k < (u32)n; k += threads()) {
		float d = g[k] + decay * w[k];
		if (momentum != 0) {
			float v = momentum * b[k] + fresh * d;
			b[k] = v;
			d = nesterov ? d + momentum * v : v;
		}
		w[k] -= lr * d;
	}
}

// adam is adam in snn/train/adam.go, whose host computes the numbers: rate = lr/(1 − β₁ᵗ), root = √(1 − β₂ᵗ), fresh1 =
// 1 − β₁, keep2 = β₂, fresh2 = 1 − β₂; decay is added to the gradient, keep multiplies the weight first.
KERNEL(adam)
(float *__restrict w, const float *__restrict g, float *__restrict mean, float *__restrict square, float rate, float root, float eps, float fresh1, float keep2, float fresh2, float decay, float keep, int n) {
	for (u32 k = thread(); k < (u32)n; k += threads()) {
		float x = w[k] * keep;
		float d = g[k] + decay * x;
		float m = mean[k] + fresh1 * (d - mean[k]);
		float v = keep2 * square[k] + fresh2 * d * d;
		mean[k] = m;
		square[k] = v;
		w[k] = x - rate * m / (rootOf(v) / root + eps);
	}
}
