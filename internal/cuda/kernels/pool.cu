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
