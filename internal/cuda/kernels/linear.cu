// Linear layers on spikes; linearActiveRows in snn/linear_kernel.go.
#include "device.h"

// y (rows, out) gets the sums of the weights of the inputs that spiked: bits is (rows, ⌈in/32⌉), weights is transposed,
// (in, out). Each sum runs over the inputs in order, in pieces of 1024 inputs that are summed apart, which has the bits of
// the dense product if all weights are finite. The grid covers out along x, and rows along y.
KERNEL(linear_spikes)
(float *__restrict y, const u32 *__restrict bits, const float *__restrict weights, int rows, int in, int out) {
	u32 words = ((u32)in + 31) / 32;
	for (u32 row = blockY(); row < (u32)rows; row += gridY()) {
		const u32 *mine = bits + (u64)row * words;
		for (u32 o = thread(); o < (u32)out; o += threads()) {
			float sum = 0, part = 0;
#pragma unroll 1
			for (u32 w = 0; w < words; w++) {
				for (u32 left = mine[w]; left; left &= left - 1) part += weights[(u64)(w * 32 + lowest(left)) * out + o];
				if (w % 32 == 31) sum += part, part = 0;
			}
			y[(u64)row * out + o] = sum + part;
		}
	}
}
