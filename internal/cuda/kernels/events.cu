// Frames and bits.
#include "device.h"

// accumulate counts events, positions in frame, which the launcher filled; one with the highest bit set counts −1.
KERNEL(accumulate)(int *__restrict frame, const u32 *__restrict events, int count) {
	for (u32 k = thread(); k < (u32)count; k += threads()) atomicAdd(frame + (events[k] & 0x7fffffff), events[k] >> 31 ? -1 : 1);
}

// spread writes values to their places in y, which the launcher filled; no place comes twice.
KERNEL(spread)(float *__restrict y, const u32 *__restrict places, const float *__restrict values, int count) {
	for (u32 k = thread(); k < (u32)count; k += threads()) y[places[k]] = values[k];
}

// from_fixed is y = unit·x, for counts and for sums in units of a power of two.
KERNEL(from_fixed)(float *__restrict y, const int *__restrict x, float unit, int n) {
	for (u32 k = thread(); k < (u32)n; k += threads()) y[k] = unit * (float)x[k];
}

// pack makes bits (rows, ⌈n/32⌉) of x (rows, n): 1 where it is neither +0 nor −0. Rows are along y; the length of a block
// must be a multiple of 32.
KERNEL(pack)(u32 *__restrict bits, const float *__restrict x, int rows, int n) {
	u32 words = ((u32)n + 31) / 32;
	for (u32 row = blockY(); row < (u32)rows; row += gridY()) {
		for (u32 k = thread(); k < words * 32; k += threads()) {
			u32 word = ballot(k < (u32)n && x[(u64)row * n + k] != 0);
			if (lane() == 0) bits[(u64)row * words + k / 32] = word;
		}
	}
}

// unpack is the way back.
KERNEL(unpack)(float *__restrict x, const u32 *__restrict bits, int rows, int n) {
	u32 words = ((u32)n + 31) / 32;
	for (u32 row = blockY(); row < (u32)rows; row += gridY()) {
		for (u32 k = thread(); k < (u32)n; k += threads()) {
			x[(u64)row * n + k] = bits[(u64)row * words + k / 32] >> k % 32 & 1 ? 1.0f : 0.0f;
		}
	}
}
