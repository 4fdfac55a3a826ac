// Pooling; window in snn/pool.go.
#include "device.h"

// pool writes y (planes, outHeight, outWidth) from x (planes, height, width), windows of kh × kw pixels that lie sh and sw
// apart and dh and dw between their pixels. kind is 0 for the largest, 1 for the mean with the zeros of the padding counted,
// 2 for the sum.
KERNEL(pool)
(float *__restrict y, const float *__restrict x, int kind, int planes, int height, int width, int outHeight, int outWidth, int kh, int kw, int sh, int sw, int dh, int dw, int top, int left) {
	u64 plane = (u64)outHeight * outWidth;
	for (u64 k = thread(); k < (u64)planes * plane; k += threads()) {
		const float *from = x + k / plane * height * width;
		int r = (int)(k % plane) / outWidth, c = (int)(k % plane) % outWidth;
		float sum = 0, most = -(float)infinity();
#pragma unroll 1
		for (int i = 0; i < kh; i++) {
			int row = r * sh - top + i * dh;
			if (row < 0 || row >= height) continue;
#pragma unroll 1
			for (int j = 0; j < kw; j++) {
				int at = c * sw - left + j * dw;
				if (at < 0 || at >= width) continue;
				float v = from[row * width + at];
				sum += v;
				if (v > most || v != v) most = v;
			}
		}
		y[k] = kind == 0 ? most : kind == 1 ? sum / (float)(kh * kw) : sum;
	}
}

// pool_back writes dx, each element the sum of what the windows that hold it pass to it, in their order: for the largest,
// all of the window's gradient to the first of the largest elements, or to the last NaN.
KERNEL(pool_back)
(float *__restrict dx, const float *__restrict dy, const float *__restrict x, int kind, int planes, int height, int width, int outHeight, int outWidth, int kh, int kw, int sh, int sw, int dh, int dw, int top, int left) {
	u64 plane = (u64)height * width;
	for (u64 k = thread(); k < planes * plane; k += threads()) {
		const float *from = x + k / plane * plane, *d = dy + k / plane * outHeight * outWidth;
		int me = (int)(k % plane);
		float sum = 0;
#pragma unroll 1
		for (int i = kh - 1; i >= 0; i--) {
			int r = me / width + top - i * dh;
			if (r < 0 || r % sh || r / sh >= outHeight) continue;
#pragma unroll 1
			for (int j = kw - 1; j >= 0; j--) {
				int c = me % width + left - j * dw;
				if (c < 0 || c % sw || c / sw >= outWidth) continue;
				float g = d[r / sh * outWidth + c / sw];
				if (kind != 0) {
					sum += kind == 1 ? g / (float)(kh * kw) : g;
					continue;
				}
				int largest = -1;
				float most = -(float)infinity();
#pragma unroll 1
				for (int y = r - top, a = 0; a < kh; a++, y += dh) {
					if (y < 0 || y >= height) continue;
#pragma unroll 1
					for (int q = c - left, b = 0; b < kw; b++, q += dw) {
						if (q < 0 || q >= width) continue;
						float v = from[y * width + q];
						if (largest < 0 || v > most || v != v) largest = y * width + q, most = v;
					}
				}
				if (largest == me) sum += g;
			}
		}
		dx[k] = sum;
	}
}
