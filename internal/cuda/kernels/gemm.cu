// Matrix products with sums in a fixed order; internal/gemm has the CPU's.
#include "device.h"

// c (m, n), its rows ldc apart, gets a (m, k) times b (k, n): element (i, p) of a is a[i·aRow + p·aColumn], and so with b.
// Each sum runs over p in order, every product fused with its addition. add says that it goes on from what is in c, else
// from 0. With a piece, a multiple of 16, that many products are summed apart and then added.
//
// Threads that are neighbours read what lies together, along p where that is so. A block of 16 × 16 threads makes 64 × 64 elements; the grid covers n along x and m along y.
KERNEL_OF(256, gemm_f32)
(float *__restrict c, const float *__restrict a, const float *__restrict b, int m, int n, int k, int ldc, int aRow, int aColumn, int bRow, int bColumn, int piece, int add) {
	enum { tile = 64, deep = 16, side = 4 };
	SHARED float as[deep][tile + 1], bs[deep][tile + 1];
	int x = threadX(), y = threadY(), me = y * 16 + x;
	int i0 = (int)blockY() * tile, j0 = (int)blockX() * tile;
	float sum[side][side], part[side][side];
	for (int r = 0; r < side; r++) {
		for (int q = 0; q < side; q++) {
			int i = i0 + r * 16 + y, j = j0 + q * 16 + x;
			sum[r][q] = add && i < m && j < n ? c[(u64)i * ldc + j] : 0.0f;
			part[r][q] = 0;
		}
	}
#pragma unroll 1
	for (int p0 = 0; p0 < k; p0 += deep) {
		int steps = k - p0 < deep ? k - p0 : deep;
		for (int at = me; at < tile * deep; at += 256) {
			int r = aColumn == 1 ? at / deep : at % tile, p = aColumn == 1 ? at % deep : at / tile;
			as[p][r] = p < steps && i0 + r < m ? a[(u64)(i0 + r) * aRow + (u64)(p0 + p) * aColumn] : 0.0f;
			r = bRow == 1 ? at / deep : at % tile, p = bRow == 1 ? at % deep : at / tile;
			bs[p][r] = p < steps && j0 + r < n ? b[(u64)(p0 + p) * bRow + (u64)(j0 + r) * bColumn] : 0.0f;
		}
		barrier();
#pragma unroll 1
		for (int p = 0; p < steps; p++) {
			for (int r = 0; r < side; r++) {
				float u = as[p][r * 16 + y];
				for (int q = 0; q < side; q++) {
					float w = bs[p][q * 16 + x];
					if (piece) part[r][q] = fused(u, w, part[r][q]);
					else sum[r][q] = fused(u, w, sum[r][q]);
				}
			}
		}
		barrier();
		if (piece && ((p0 + deep) % piece == 0 || p0 + deep >= k)) {
			for (int r = 0; r < side; r++) {
				for (int q = 0; q < side; q++) {
					sum[r][q] += part[r][q];
					part[r][q] = 0;
				}
			}
		}
	}
	for (int r = 0; r < side; r++) {
		for (int q = 0; q < side; q++) {
			int i = i0 + r * 16 + y, j = j0 + q * 16 + x;
			if (i < m && j < n) c[(u64)i * ldc + j] = sum[r][q];
		}
	}
}
