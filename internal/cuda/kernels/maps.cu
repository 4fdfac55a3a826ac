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

// product is y = a·b, each element.
KERNEL(product)(float *__restrict y, const float *__restrict a, const float *__restrict b, int n) {
	for (u32 k = thread(); k < (u32)n; k += threads()) y[k] = a[k] * b[k];
}

// not_finite makes found, which the launcher cleared, not 0 if there is a NaN or an infinity in x.
KERNEL(not_finite)(u32 *__restrict found, const float *__restrict x, int n) {
	for (u32 k = thread(); k < (u32)n; k += threads()) {
		if (x[k] - x[k] != 0) atomicOr(found, 1);
	}
}

// cut_diagonal is 0 on the diagonal of y (n, n).
KERNEL(cut_diagonal)(float *__restrict y, int n) {
	for (u32 k = thread(); k < (u32)n; k += threads()) y[(u64)k * n + k] = 0;
}

// transpose is y (columns, rows) of x (rows, columns).
KERNEL(transpose)(float *__restrict y, const float *__restrict x, int rows, int columns) {
	for (u64 k = thread(); k < (u64)rows * columns; k += threads()) y[k] = x[k % rows * columns + k / rows];
}

// pick is y (steps, count, n) of x (…, steps, n): the entries of axis 0 that order lists, as a batch behind the time.
KERNEL(pick)(float *__restrict y, const float *__restrict x, const u32 *__restrict order, int steps, int count, int n) {
	for (u64 k = thread(); k < (u64)steps * count * n; k += threads()) {
		u64 t = k / n / count;
		y[k] = x[((u64)order[k / n % count] * steps + t) * n + k % n];
	}
}

// The gradients of the maps in snn/activation.go: dx of dy and of what the derivative is computed from, the input x or the
// output y.
KERNEL(relu_back)(float *__restrict dx, const float *__restrict dy, const float *__restrict x, int n) {
	for (u32 k = thread(); k < (u32)n; k += threads()) dx[k] = dy[k] * above(x[k], 0);
}

KERNEL(sigmoid_back)(float *__restrict dx, const float *__restrict dy, const float *__restrict y, int n) {
	for (u32 k = thread(); k < (u32)n; k += threads()) dx[k] = dy[k] * (y[k] * (1 - y[k]));
}

KERNEL(tanh_back)(float *__restrict dx, const float *__restrict dy, const float *__restrict y, int n) {
	for (u32 k = thread(); k < (u32)n; k += threads()) dx[k] = dy[k] * (1 - y[k] * y[k]);
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
	double e = exponential(-2 * a);
	double y = (1 - e) / (1 + e);
	return x < 0 ? -y : y;
}

KERNEL(exp_f32)(float *__restrict y, const float *__restrict x, int n) {
	for (u32 k = thread(); k < (u32)n; k += threads()) y[k] = (float)exponential(x[k]);
}

KERNEL(sigmoid_f32)(float *__restrict y, const float *__restrict x, int n) {
	for (u32 k = thread(); k < (u32)n; k += threads()) y[k] = (float)(1 / (1 + exponential(-(double)x[k])));
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

// add_columns goes on from what is in y: y[j] + Σ x[i, j], in order.
KERNEL(add_columns)(float *__restrict y, const float *__restrict x, int rows, int n) {
	for (u32 j = thread(); j < (u32)n; j += threads()) {
		float sum = y[j];
#pragma unroll 1
		for (int i = 0; i < rows; i++) sum += x[(u64)i * n + j];
		y[j] = sum;
	}
}

// sum_rows is y[i] = Σ x[i, j] over rows of n, in order.
KERNEL(sum_rows)(float *__restrict y, const float *__restrict x, int rows, int n) {
	for (u32 i = thread(); i < (u32)rows; i += threads()) {
		float sum = 0;
#pragma unroll 1
		for (int j = 0; j < n; j++) sum += x[(u64)i * n + j];
		y[i] = sum;
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
