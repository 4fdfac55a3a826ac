// What differs among the three compilers that read the kernels: clang without a CUDA toolkit, nvcc or nvrtc, and the
// host's C++ compiler, which builds them for the tests of the driver path.
//
//	KERNEL(name)(…) { … }   a function that the host launches
//	KERNEL_OF(n, name)      the same for blocks of at most n threads, to whose registers the assembler keeps
//	DEVICE                  a function that kernels call, always inlined
//	SHARED                  memory that the threads of a block share
//	thread(), threads()     this thread's number in the grid along x, and how many there are
//	lane()                  its number in the group of 32 that moves together
//	bitsOf(word)            how many are 1
//	barrier()               waits for the threads of the block
//	atomicAdd, atomicOr     without an order
//	fused(a, b, c)          a·b + c, rounded once
//	ballot(p)               a word with the bit of each lane whose p is not 0; all 32 lanes must come here
#pragma once

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef long long i64;

#if defined(__CUDA__) && defined(__clang__) || defined(__CUDACC__)

#if defined(__clang__)
#define KERNEL(name) extern "C" __attribute__((global)) void name
#define KERNEL_OF(n, name) extern "C" __attribute__((global, launch_bounds(n, 1))) void name
#define DEVICE static inline __attribute__((device, always_inline))
#define METHOD __attribute__((device, always_inline))
#define SHARED static __attribute__((shared))
DEVICE float fused(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
DEVICE double fused(double a, double b, double c) { return __builtin_fma(a, b, c); }
DEVICE u32 threadX() { return __nvvm_read_ptx_sreg_tid_x(); }
DEVICE u32 threadY() { return __nvvm_read_ptx_sreg_tid_y(); }
DEVICE u32 blockX() { return __nvvm_read_ptx_sreg_ctaid_x(); }
DEVICE u32 blockY() { return __nvvm_read_ptx_sreg_ctaid_y(); }
DEVICE u32 blockZ() { return __nvvm_read_ptx_sreg_ctaid_z(); }
DEVICE u32 blockSizeX() { return __nvvm_read_ptx_sreg_ntid_x(); }
DEVICE u32 gridX() { return __nvvm_read_ptx_sreg_nctaid_x(); }
DEVICE u32 gridY() { return __nvvm_read_ptx_sreg_nctaid_y(); }
DEVICE void barrier() { __syncthreads(); }
DEVICE u32 ballot(bool p) { return __nvvm_vote_ballot_sync(0xffffffffu, p); }
DEVICE void atomicAdd(float *at, float v) { __nvvm_atom_add_gen_f(at, v); }
DEVICE void atomicAdd(int *at, int v) { __nvvm_atom_add_gen_i(at, v); }
DEVICE void atomicOr(u32 *at, u32 v) { __nvvm_atom_or_gen_i((int *)at, (int)v); }
DEVICE float rootOf(float v) { return __nvvm_sqrt_rn_f(v); }
DEVICE float magnitude(float v) { return __builtin_fabsf(v); }
DEVICE int bitsOf(u32 word) { return __builtin_popcount(word); }
#else
#define KERNEL(name) extern "C" __global__ void name
#define KERNEL_OF(n, name) extern "C" __global__ void __launch_bounds__(n, 1) name
#define DEVICE static __device__ __forceinline__
#define METHOD __device__ __forceinline__
#define SHARED __shared__
DEVICE float fused(float a, float b, float c) { return __fmaf_rn(a, b, c); }
DEVICE double fused(double a, double b, double c) { return __fma_rn(a, b, c); }
DEVICE u32 threadX() { return threadIdx.x; }
DEVICE u32 threadY() { return threadIdx.y; }
DEVICE u32 blockX() { return blockIdx.x; }
DEVICE u32 blockY() { return blockIdx.y; }
DEVICE u32 blockZ() { return blockIdx.z; }
DEVICE u32 blockSizeX() { return blockDim.x; }
DEVICE u32 gridX() { return gridDim.x; }
DEVICE u32 gridY() { return gridDim.y; }
DEVICE void barrier() { __syncthreads(); }
DEVICE u32 ballot(bool p) { return __ballot_sync(0xffffffffu, p); }
DEVICE float rootOf(float v) { return __fsqrt_rn(v); }
DEVICE float magnitude(float v) { return fabsf(v); }
DEVICE int bitsOf(u32 word) { return __popc(word); }
#endif

#else // the host

#include <cmath>

// Place is where a thread is in its launch. The program that runs the kernels sets it, and brings the functions that let
// the threads of a block meet.
struct Place {
	u32 thread[3], block[3], blockSize[3], grid[3];
};
extern thread_local Place place;
void hostBarrier();
u32 hostBallot(bool);

#define KERNEL(name) extern "C" void name
#define KERNEL_OF(n, name) extern "C" void name
#define DEVICE static inline
#define METHOD inline
#define SHARED static thread_local
DEVICE float fused(float a, float b, float c) { return std::fma(a, b, c); }
DEVICE double fused(double a, double b, double c) { return std::fma(a, b, c); }
DEVICE u32 threadX() { return place.thread[0]; }
DEVICE u32 threadY() { return place.thread[1]; }
DEVICE u32 blockX() { return place.block[0]; }
DEVICE u32 blockY() { return place.block[1]; }
DEVICE u32 blockZ() { return place.block[2]; }
DEVICE u32 blockSizeX() { return place.blockSize[0]; }
DEVICE u32 gridX() { return place.grid[0]; }
DEVICE u32 gridY() { return place.grid[1]; }
DEVICE void barrier() { hostBarrier(); }
DEVICE u32 ballot(bool p) { return hostBallot(p); }
DEVICE void atomicAdd(float *at, float v) { *at += v; } // the host runs one thread at a time
DEVICE void atomicAdd(int *at, int v) { *at += v; }
DEVICE void atomicOr(u32 *at, u32 v) { *at |= v; }
DEVICE float rootOf(float v) { return std::sqrt(v); }
DEVICE float magnitude(float v) { return std::fabs(v); }
DEVICE int bitsOf(u32 word) { return __builtin_popcount(word); }

#endif

// lowest is the number of the lowest bit of a word that is not 0.
DEVICE u32 lowest(u32 word) { return (u32)bitsOf((word & -word) - 1); }

DEVICE u32 thread() { return blockX() * blockSizeX() + threadX(); }
DEVICE u32 threads() { return gridX() * blockSizeX(); }
DEVICE u32 lane() { return threadX() % 32; }

// above is the spike: 1 if u > th, else 0, also for NaN.
DEVICE float above(float u, float th) { return u > th ? 1.0f : 0.0f; }

// relu is max(x, 0): NaN for NaN, and +0 for −0.
DEVICE float relu(float x) { return x <= 0 ? 0.0f : x; }

DEVICE double asDouble(u64 bits) {
	union {
		u64 bits;
		double value;
	} u = {bits};
	return u.value;
}

DEVICE u64 bitsOfDouble(double v) {
	union {
		double value;
		u64 bits;
	} u = {v};
	return u.bits;
}

DEVICE double infinity() { return asDouble(0x7ffull << 52); }

// exponential is Exp in internal/simd/exp.go.
DEVICE double exponential(double x) {
	if (x != x) return x;
	if (x < -150) return 0;
	if (x > 700) return infinity();
	const double whole = 6755399441055744.0; // 3·2⁵¹: adding it rounds to an integer
	double t = fused(x, 1.44269504088896340735992468100189214, whole);
	double r = fused(-(t - whole), 0.693147180559945309417232121458176568, x);
	double p = fused(r, 2.47082893223604366e-05, 1.99089389415406348e-04);
	p = fused(r, p, 1.38891971288205757e-03);
	p = fused(r, p, 8.33328180808801077e-03);
	p = fused(r, p, 4.16666644050889917e-02);
	p = fused(r, p, 1.66666667844418169e-01);
	p = fused(r, p, 5.00000000042680777e-01);
	p = fused(r, p, 1.0);
	p = fused(r, p, 1.0);
	return p * asDouble((bitsOfDouble(t) + 1023) << 52); // the last bits of t become the exponent
}

DEVICE float exp32(float x) { return (float)exponential(x); }

// runAway is the exponential current of LIFEx and LIFAdEx; without sharpness there is none.
DEVICE float runAway(float v, float th, float delta) {
	if (delta == 0) return 0;
	return delta * exp32((v - th) / delta);
}
