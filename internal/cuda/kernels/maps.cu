// Operations on each element, and sums.
#include "device.h"

KERNEL(fill)(float *__restrict y, float v, int n) {
	for (u32 k = thread(); k < (u32)n; k += threads()) y[k] = v;
}

// add is y += x.
KERNEL(add)(float *__restrict y, const float *__restrict x, int n) {
	for (u32 k = thread(); k < (u32)n; k += threads()) y[k] += x[k];
}

// add_rows is y += x for each row of n of y, such as a bias.
KERNEL(add_rows)(float *__restrict y, const float *__restrict x, int rows, int n) {
	for (u64 k = thread(); k < (u64)rows * n; k += threads()) y[k] += x[k % n];
}

// scale is y = a·y, the decay of a surface of events.
KERNEL(scale)(float *__restrict y, float a, int n) {
	for (u32 k = thread(); k < (u32)n; k += threads()) y[k] *= a;
}

// The maps of package tensor, in double where it computes in double: exp, sigmoid and tanh by the same polynomial.
KERNEL(relu_f32)(float *__restrict y, const float *__restrict x, int n) {
	for (u32 k = thread(); k < (u32)n; k += threads()) y[k] = x[k] < 0 ? 0.0f : x[k];
}

// expOf is Exp in internal/simd/exp.go.
DEVICE double expOf(double x) {
	if (x != x) return x;
	if (x < -150) return 0;
	if (x > 700) return infinity();
	const double whole = 6755399441055744.0; // 3·2⁵¹: adding it rounds to an integer
	double t = x * 1.44269504088896340735992468100189214 + whole;
	double r = x - (t - whole) * 0.693147180559945309417232121458176568;
	double r2 = r * r, r4 = r2 * r2;
	double p01 = 1 + r, p23 = 1.0 / 2 + r * (1.0 / 6), p45 = 1.0 / 24 + r * (1.0 / 120);
	double p67 = 1.0 / 720 + r * (1.0 / 5040), p89 = 1.0 / 40320 + r * (1.0 / 362880);
	double p = (p01 + p23 * r2) + ((p45 + p67 * r2) + p89 * r4) * r4;
	return p * asDouble((bitsOfDouble(t) + 1023) << 52);
}

DEVICE double tanhOf(double x) {
	double a = x < 0 ? -x : x;
	if (a < 0.1) {
		if (x == 0) return x;
		double s = x * x;
		double p = s * (62.0 / 2835) - 17.0 / 315;
		p = p * s + 2.0 / 15;
		p = p * s - 1.0 / 3;
		return x + x * (p * s);
	}
	double e = expOf(-2 * a);
	double y = (1 - e) / (1 + e);
	return x < 0 ? -y : y;
}

KERNEL(exp_f32)(float *__restrict y, const float *__restrict x, int n) {
	for (u32 k = thread(); k < (u32)n; k += threads()) y[k] = (float)expOf(x[k]);
}

KERNEL(sigmoid_f32)(float *__restrict y, const float *__restrict x, int n) {
	for (u32 k = thread(); k < (u32)n; k += threads()) y[k] = (float)(1 / (1 + expOf(-(double)x[k])));
}

KERNEL(tanh_f32)(float *__restrict y, const float *__restrict x, int n) {
	for (u32 k = thread(); k < (u32)n; k += threads()) y[k] = (float)tanhOf(x[k]);
}

// sum_columns is y[j] = Σ x[i, j] over the rows of n, in order.
KERNEL(sum_columns)(float *__restrict y, const float *__restrict x, int rows, int n) {
	for (u32 j = thread(); j < (u32)n; j += threads()) {
		float sum = 0;
#pragma unroll 1
		for (int i = 0; i < rows; i++) sum += x[(u64)i * n + j];
		y[j] = sum;
	}
}

// sum_runs is y[r] = Σ x[r, i] over rows of n, in a fixed tree: the threads of a block, 256, each add every 256th number in
// order, then halves are added together. A block is a row.
KERNEL_OF(256, sum_runs)(float *__restrict y, const float *__restrict x, int rows, int n) {
	SHARED float part[256];
	u32 me = threadX();
	for (u32 row = blockX(); row < (u32)rows; row += gridX()) {
		float sum = 0;
		for (u32 i = me; i < (u32)n; i += 256) sum += x[(u64)row * n + i];
		part[me] = sum;
		barrier();
#pragma unroll 1
		for (u32 half = 128; half > 0; half /= 2) {
			if (me < half) part[me] += part[me + half];
			barrier();
		}
		if (me == 0) y[row] = part[0];
	}
}
