// Convolutions; snn/conv_kernel.go.
#include "device.h"

// Shape is the geometry of a convolution, in the order in which kernels take it behind their buffers.
#define SHAPE int images, int in, int out, int groups, int height, int width, int outHeight, int outWidth, int kh, int kw, int sh, int sw, int dh, int dw, int top, int left

enum { convSide = 16, convTile = 4096, convChannels = 4 };

// direct writes out (images, out, outHeight, outWidth) from x (images, in, height, width), weights (out, in/groups, kh, kw)
// and bias (out), or a null pointer. Each sum starts at the bias and runs over channel, row and column of the taps, every
// product fused with its addition. Sparse leaves channels out that are zero all over a block's tile, which changes nothing
// if all weights are finite.
//
// A block of 16 × 16 threads makes a tile of 16 × 16 pixels in up to 4 channels of a group; its input must not be larger
// than 4096 pixels: (15·sh + (kh−1)·dh + 1)·(15·sw + (kw−1)·dw + 1). The grid covers outWidth along x and outHeight along
// y; along z it has images·groups·⌈out/groups/4⌉ blocks.
template <bool Sparse>
DEVICE void direct(float *y, const float *x, const float *weights, const float *bias, SHAPE) {
	SHARED float tile[convTile];
	SHARED u32 some;
	(void)images;
	int tx = threadX(), ty = threadY(), me = ty * convSide + tx;
	int per = in / groups, perOut = out / groups, parts = (perOut + convChannels - 1) / convChannels;
	int part = (int)blockZ() % parts, group = (int)blockZ() / parts % groups, image = (int)blockZ() / parts / groups;
	int first = group * perOut + part * convChannels;
	int channels = perOut - part * convChannels < convChannels ? perOut - part * convChannels : (int)convChannels;
	int tall = (convSide - 1) * sh + (kh - 1) * dh + 1, wide = (convSide - 1) * sw + (kw - 1) * dw + 1;
	int y0 = (int)blockY() * convSide * sh - top, x0 = (int)blockX() * convSide * sw - left;

	float sum[convChannels];
	for (int o = 0; o < convChannels; o++) sum[o] = bias && o < channels ? 0.0f + bias[first + o] : 0.0f;
#pragma unroll 1
	for (int i = 0; i < per; i++) {
		const float *plane = x + ((u64)image * in + group * per + i) * height * width;
		if (Sparse && me == 0) some = 0;
		if (Sparse) barrier();
		bool mine = false;
#pragma unroll 1
		for (int at = me; at < tall * wide; at += convSide * convSide) {
			int r = y0 + at / wide, q = x0 + at % wide;
			float v = r >= 0 && r < height && q >= 0 && q < width ? plane[r * width + q] : 0.0f;
			tile[at] = v;
			mine = mine || v != 0;
		}
		if (Sparse && ballot(mine) && lane() == 0) atomicOr(&some, 1);
		barrier();
		if (!Sparse || some) {
#pragma unroll 1
			for (int ky = 0; ky < kh; ky++) {
				const float *row = tile + (ty * sh + ky * dh) * wide + tx * sw;
#pragma unroll 1
				for (int kx = 0; kx < kw; kx++) {
					float v = row[kx * dw];
					for (int o = 0; o < convChannels; o++) {
						if (o < channels) sum[o] = fused(v, weights[((u64)(first + o) * per + i) * kh * kw + ky * kw + kx], sum[o]);
					}
				}
			}
		}
		barrier();
	}
	int oy = (int)blockY() * convSide + ty, ox = (int)blockX() * convSide + tx;
	if (oy >= outHeight || ox >= outWidth) return;
	for (int o = 0; o < convChannels; o++) {
		if (o < channels) y[(((u64)image * out + first + o) * outHeight + oy) * outWidth + ox] = sum[o];
	}
}

KERNEL_OF(256, conv_direct)
(float *__restrict y, const float *__restrict x, const float *__restrict weights, const float *__restrict bias, SHAPE) {
	direct<false>(y, x, weights, bias, images, in, out, groups, height, width, outHeight, outWidth, kh, kw, sh, sw, dh, dw, top, left);
}

KERNEL_OF(256, conv_gather)
(float *__restrict y, const float *__restrict x, const float *__restrict weights, const float *__restrict bias, SHAPE) {
	direct<true>(y, x, weights, bias, images, in, out, groups, height, width, outHeight, outWidth, kh, kw, sh, sw, dh, dw, top, left);
}

// The gradients of a convolution, snn/conv_back.go; dy is (images, out, outHeight, outWidth).
//
// conv_back_input writes dx (images, in, height, width). Each sum runs over output channel, row and column of the taps,
// every product fused with its addition.
KERNEL(conv_back_input)
(float *__restrict dx, const float *__restrict dy, const float *__restrict weights, SHAPE) {
	u64 plane = (u64)height * width;
	int per = in / groups, perOut = out / groups;
	for (u64 k = thread(); k < images * in * plane; k += threads()) {
		int at = (int)(k % plane), channel = (int)(k / plane % in), image = (int)(k / plane / in);
		int py = at / width + top, px = at % width + left, first = channel / per * perOut;
		float sum = 0;
#pragma unroll 1
		for (int o = first; o < first + perOut; o++) {
			const float *w = weights + ((u64)o * per + channel % per) * kh * kw;
			const float *from = dy + ((u64)image * out + o) * outHeight * outWidth;
#pragma unroll 1
			for (int ky = 0; ky < kh; ky++) {
				int r = py - ky * dh;
				if (r < 0 || r % sh || r / sh >= outHeight) continue;
#pragma unroll 1
				for (int kx = 0; kx < kw; kx++) {
					int q = px - kx * dw;
					if (q < 0 || q % sw || q / sw >= outWidth) continue;
					sum = fused(w[ky * kw + kx], from[(u64)(r / sh) * outWidth + q / sw], sum);
				}
			}
		}
		dx[k] = sum;
	}
}

// conv_back_weight writes what each row of the output adds to the gradient of the weights: parts is (images, outHeight,
// out·in/groups·kh·kw). Each sum runs along the row, every product fused with its addition.
KERNEL(conv_back_weight)
(float *__restrict parts, const float *__restrict dy, const float *__restrict x, SHAPE) {
	int per = in / groups, perOut = out / groups;
	u64 taps = (u64)out * per * kh * kw;
	for (u64 k = thread(); k < (u64)images * outHeight * taps; k += threads()) {
		int row = (int)(k / taps % outHeight), image = (int)(k / taps / outHeight);
		int kx = (int)(k % kw), ky = (int)(k / kw % kh), i = (int)(k / kw / kh % per), o = (int)(k % taps / kw / kh / per);
		int r = row * sh + ky * dh - top;
		float sum = 0;
		if (r >= 0 && r < height) {
			const float *from = x + (((u64)image * in + o / perOut * per + i) * height + r) * width;
			const float *d = dy + (((u64)image * out + o) * outHeight + row) * outWidth;
#pragma unroll 1
			for (int q = 0; q < outWidth; q++) {
				int at = q * sw + kx * dw - left;
				if (at >= 0 && at < width) sum = fused(d[q], from[at], sum);
			}
		}
		parts[k] = sum;
	}
}

// scatter adds the kernel around every event to y, which the launcher filled: an event is the position of a pixel in (in,
// height, width), an event that comes twice counts twice. The order of the sums is that of the threads' luck: with int,
// weights and sums in units of a power of two, that does not matter; with float it does. A thread is an event and an output
// channel of its group; the grid covers events·out/groups along x.
template <class V>
DEVICE void scatter(V *y, const u32 *events, int count, const V *weights, SHAPE) {
	(void)images;
	int per = in / groups, perOut = out / groups;
	for (u64 k = thread(); k < (u64)count * perOut; k += threads()) {
		u32 at = events[k / perOut];
		int channel = at / (height * width), py = at / width % height + top, px = at % width + left;
		int o = channel / per * perOut + (int)(k % perOut);
		const V *w = weights + ((u64)o * per + channel % per) * kh * kw;
		V *plane = y + (u64)o * outHeight * outWidth;
#pragma unroll 1
		for (int ky = 0; ky < kh; ky++) {
			int r = py - ky * dh;
			if (r < 0 || r % sh || r / sh >= outHeight) continue;
#pragma unroll 1
			for (int kx = 0; kx < kw; kx++) {
				int q = px - kx * dw;
				if (q < 0 || q % sw || q / sw >= outWidth) continue;
				atomicAdd(plane + (r / sh) * outWidth + q / sw, w[ky * kw + kx]);
			}
		}
	}
}

KERNEL(conv_scatter)
(float *__restrict y, const u32 *__restrict events, int count, const float *__restrict weights, SHAPE) {
	scatter<float>(y, events, count, weights, images, in, out, groups, height, width, outHeight, outWidth, kh, kw, sh, sw, dh, dw, top, left);
}

KERNEL(conv_scatter_fixed)
(int *__restrict y, const u32 *__restrict events, int count, const int *__restrict weights, SHAPE) {
	scatter<int>(y, events, count, weights, images, in, out, groups, height, width, outHeight, outWidth, kh, kw, sh, sw, dh, dw, top, left);
}
