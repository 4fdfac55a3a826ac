// What all neuron kernels share: the loop over neurons and, inside it, the loop over time. A thread keeps the state of
// its neurons in registers for all steps, so a step costs the memory of its input and its output only.
//
// Arrays, of float unless said otherwise, for n neurons (a batch is more neurons) and T steps:
//
//	x, z      (T, n)                 input and output; they must not overlap
//	bits      (T, ⌈n/32⌉) of u32     the output as bits: neuron k is bit k%32 of word k/32, the rest is 0
//	s         (vars, n)              the variables, stride elements from one to the next; changed in place
//	c         (n/run, coefs)         the coefficients in the model's order, a block for every run of neurons
//	kept      (T, kept, n)           what the backward pass needs of the forward one
//
// delayed is 1 for the step order of Norse 0.0.7: the step sees silence, and the input is added to the current after it.
//
// A model is a struct with its numbers of vars, coefs and kept, with jump, the variable that the input is added to (−1
// if there is none and the order is fixed), made from a block of coefficients, and with
//
//	float step(float x, float *s, float *keep) const
//	float back(float up, const float *keep, float *d, S spike) const
//
// step returns the output and writes keep. back takes the gradients d of the variables after a step to those before it,
// up being that of the output, and returns that of x; spike(u, up) is the surrogate gradient. Both have the operations of
// the Go functions named in the model's file, in the same order.
#pragma once
#include "device.h"

// Pack is W neighbours, loaded and stored as one.
template <int W> struct alignas(4 * W) Pack {
	float at[W];
};

template <class M, int W> DEVICE void load(float (&state)[W][M::vars], const float *s, u32 k, int stride) {
	for (int v = 0; v < M::vars; v++) {
		Pack<W> p = *(const Pack<W> *)(s + (u64)v * stride + k);
		for (int w = 0; w < W; w++) state[w][v] = p.at[w];
	}
}

template <class M, int W> DEVICE void store(float *s, const float (&state)[W][M::vars], u32 k, int stride) {
	for (int v = 0; v < M::vars; v++) {
		Pack<W> p;
		for (int w = 0; w < W; w++) p.at[w] = state[w][v];
		*(Pack<W> *)(s + (u64)v * stride + k) = p;
	}
}

// block is the coefficients of neuron k.
template <class M> DEVICE const float *block(const float *c, u32 k, int run) { return c + (u64)(k / (u32)run) * M::coefs; }

// advance is one step of one neuron in either order.
template <class M> DEVICE float advance(const M &m, float x, float *s, float *keep, int delayed) {
	if constexpr (M::jump < 0) return m.step(x, s, keep);
	else {
		float z = m.step(delayed ? 0.0f : x, s, keep);
		if (delayed) s[M::jump] += x;
		return z;
	}
}

template <int W> DEVICE void put(float *to, const Pack<W> &p) { *(Pack<W> *)to = p; }
DEVICE void put(u8 *to, const Pack<1> &p) { *to = p.at[0] != 0; }

// forward is T steps of W neurons a thread. Keep says that kept is written; Z is float or u8.
template <class M, int W, bool Keep, class Z>
DEVICE void forward(Z *z, float *kept, const float *x, float *s, const float *c, int steps, int n, int stride, int run, int delayed) {
	for (u32 k = thread() * W; k < (u32)n; k += threads() * W) {
		const M m(block<M>(c, k, run));
		float state[W][M::vars];
		load<M, W>(state, s, k, stride);
		const float *in = x + k;
		Z *out = z + k;
		float *keep = kept + k;
		Pack<W> next = {};
		if (steps > 0) next = *(const Pack<W> *)in;
#pragma unroll 1
		for (int t = 0; t < steps; t++) {
			Pack<W> now = next, y;
			in += n;
			if (t + 1 < steps) next = *(const Pack<W> *)in; // comes while this step is worked out
			float seen[W][M::kept + 1];
			for (int w = 0; w < W; w++) y.at[w] = advance(m, now.at[w], state[w], seen[w], delayed);
			put(out, y);
			out += n;
			if constexpr (Keep) {
				for (int v = 0; v < M::kept; v++) {
					Pack<W> p;
					for (int w = 0; w < W; w++) p.at[w] = seen[w][v];
					*(Pack<W> *)keep = p;
					keep += n;
				}
			}
		}
		store<M, W>(s, state, k, stride);
	}
}

// forwardBits is forward with the spikes as bits. Lanes behind the last neuron come along, since all vote; the length of
// a block must be a multiple of 32.
template <class M>
DEVICE void forwardBits(u32 *bits, const float *x, float *s, const float *c, int steps, int n, int stride, int run, int delayed) {
	u32 words = ((u32)n + 31) / 32;
	for (u32 k = thread(); k < words * 32; k += threads()) {
		bool live = k < (u32)n;
		const M m(block<M>(c, live ? k : 0, run));
		float state[1][M::vars] = {}, seen[M::kept + 1];
		if (live) load<M, 1>(state, s, k, stride);
#pragma unroll 1
		for (int t = 0; t < steps; t++) {
			float z = 0;
			if (live) z = advance(m, x[(u64)t * n + k], state[0], seen, delayed);
			u32 word = ballot(z != 0);
			if (lane() == 0) bits[(u64)t * words + k / 32] = word;
		}
		if (live) store<M, 1>(s, state, k, stride);
	}
}

// backward is T steps back. ds, laid out as s, comes with the gradients of the last state and leaves with those of the
// first. A delayed step passes the gradient of the current on to the input.
template <class M, class S>
DEVICE void backward(float *dx, const float *dz, const float *kept, float *ds, const float *c, S spike, int steps, int n, int stride, int run, int delayed) {
	for (u32 k = thread(); k < (u32)n; k += threads()) {
		const M m(block<M>(c, k, run));
		float d[1][M::vars];
		load<M, 1>(d, ds, k, stride);
#pragma unroll 1
		for (int t = steps - 1; t >= 0; t--) {
			float keep[M::kept + 1];
			for (int v = 0; v < M::kept; v++) keep[v] = kept[((u64)t * M::kept + v) * n + k];
			float jump = 0;
			if constexpr (M::jump >= 0) jump = d[0][M::jump];
			float g = m.back(dz[(u64)t * n + k], keep, d[0], spike);
			if (M::jump >= 0 && delayed) g = jump;
			dx[(u64)t * n + k] = g;
		}
		store<M, 1>(ds, d, k, stride);
	}
}

// The surrogate gradients, as in snn/surrogate.
struct SuperSpike {
	float alpha;
	METHOD float operator()(float u, float up) const {
		float t = alpha * magnitude(u) + 1;
		return up / (t * t);
	}
};

struct Triangle {
	float alpha;
	METHOD float operator()(float u, float up) const { return (up * alpha) * relu(1 - magnitude(u)); }
};

// recurrentStep is one step of neurons that act on each other: inp is the product of the input and its weights, back that
// of the spikes of the step before and theirs. z, the output, is also kept in the state's field past.
template <class M> DEVICE float recurrentStep(const M &m, float inp, float back, float *s, int delayed) {
	float seen[M::kept + 1];
	if constexpr (M::jump < 0) return m.both(inp, back, s);
	else {
		if (!delayed) s[M::jump] += inp;
		float z = m.step(delayed ? 0.0f : back, s, seen);
		if (delayed) {
			s[M::jump] += inp;
			s[M::jump] += back;
		}
		return z;
	}
}

template <class M>
DEVICE void recurrent(float *z, float *past, const float *inp, const float *back, float *s, const float *c, int n, int stride, int run, int delayed) {
	for (u32 k = thread(); k < (u32)n; k += threads()) {
		const M m(block<M>(c, k, run));
		float state[1][M::vars];
		load<M, 1>(state, s, k, stride);
		float f = recurrentStep(m, inp[k], back[k], state[0], delayed);
		z[k] = f;
		past[k] = f;
		store<M, 1>(s, state, k, stride);
	}
}

// persistent is all steps of a population of n ≤ 1024 neurons in one block, as long as n rounded up to a multiple of 32; a
// batch is a grid along y. inp is (T, batch,
// n); weights is the recurrent matrix, transposed: weights[k·n + o] leads from neuron k to neuron o. Each sum runs over
// the neurons that spiked, in order, which has the bits of the whole sum if no weight is infinite or NaN.
template <class M>
DEVICE void persistent(float *z, float *past, const float *inp, const float *weights, float *s, const float *c, int steps, int n, int stride, int run, int delayed) {
	SHARED u32 active[32];
	u32 o = threadX(), row = blockY() * (u32)n;
	bool live = o < (u32)n;
	u32 k = row + (live ? o : 0);
	const M m(block<M>(c, k, run));
	float state[1][M::vars] = {}, f = 0;
	if (live) {
		load<M, 1>(state, s, k, stride);
		f = past[k];
	}
#pragma unroll 1
	for (int t = 0; t < steps; t++) {
		u32 word = ballot(f != 0);
		if (lane() == 0) active[o / 32] = word;
		barrier();
		float back = 0;
		for (u32 w = 0; w < ((u32)n + 31) / 32; w++) {
			for (u32 left = active[w]; left; left &= left - 1) {
				u32 from = w * 32 + lowest(left);
				if (live) back += weights[(u64)from * n + o];
			}
		}
		barrier();
		if (live) {
			u64 at = ((u64)t * gridY()) * n + k;
			f = recurrentStep(m, inp[at], back, state[0], delayed);
			z[at] = f;
		}
	}
	if (live) {
		store<M, 1>(s, state, k, stride);
		past[k] = f;
	}
}

// The kernels of a model: name_f32, and name_f32x4 for n, stride and run that are multiples of 4 and buffers that begin
// at a multiple of 16 bytes.
#define STEPS(Z) Z *__restrict z, const float *__restrict x, float *__restrict s, const float *__restrict c, int steps, int n, int stride, int run, int delayed

#define FORWARD(name, ...) \
	KERNEL(name##_f32)(STEPS(float)) { forward<__VA_ARGS__, 1, false>(z, nullptr, x, s, c, steps, n, stride, run, delayed); } \
	KERNEL(name##_f32x4)(STEPS(float)) { forward<__VA_ARGS__, 4, false>(z, nullptr, x, s, c, steps, n, stride, run, delayed); }

// name_bits and name_u8 give the spikes as bits and as bytes.
#define SPIKING(name, ...) \
	FORWARD(name, __VA_ARGS__) \
	KERNEL(name##_bits)(STEPS(u32)) { forwardBits<__VA_ARGS__>(z, x, s, c, steps, n, stride, run, delayed); }

#define BYTES(name, ...) \
	KERNEL(name##_u8)(STEPS(u8)) { forward<__VA_ARGS__, 1, false>(z, nullptr, x, s, c, steps, n, stride, run, delayed); }

// name_train also writes kept.
#define TRAIN(name, ...) \
	KERNEL(name##_train) \
	(float *__restrict z, float *__restrict kept, const float *__restrict x, float *__restrict s, const float *__restrict c, int steps, int n, int stride, int run, int delayed) { \
		forward<__VA_ARGS__, 1, true>(z, kept, x, s, c, steps, n, stride, run, delayed); \
	}

// name_back_super and name_back_triangle are the backward pass with that surrogate gradient; name_back is that of a model
// without spikes.
#define BACK_ONE(name, surrogate, ...) \
	KERNEL(name) \
	(float *__restrict dx, const float *__restrict dz, const float *__restrict kept, float *__restrict ds, const float *__restrict c, float alpha, int steps, int n, int stride, int run, int delayed) { \
		backward<__VA_ARGS__>(dx, dz, kept, ds, c, surrogate{alpha}, steps, n, stride, run, delayed); \
	}
#define BACK(name, ...) BACK_ONE(name##_back_super, SuperSpike, __VA_ARGS__) BACK_ONE(name##_back_triangle, Triangle, __VA_ARGS__)
// name_rec_back_… are those of a recurrent form that takes the spike for a constant where it resets.
#define BACK_HELD(name, ...) BACK_ONE(name##_rec_back_super, SuperSpike, __VA_ARGS__) BACK_ONE(name##_rec_back_triangle, Triangle, __VA_ARGS__)
#define BACK_SMOOTH(name, ...) BACK_ONE(name##_back, SuperSpike, __VA_ARGS__)

// name_rec is a step of a recurrent population, name_rec_block all steps of a small one.
#define RECURRENT(name, ...) \
	KERNEL(name##_rec) \
	(float *__restrict z, float *__restrict past, const float *__restrict inp, const float *__restrict back, float *__restrict s, const float *__restrict c, int n, int stride, int run, int delayed) { \
		recurrent<__VA_ARGS__>(z, past, inp, back, s, c, n, stride, run, delayed); \
	} \
	KERNEL_OF(1024, name##_rec_block) \
	(float *__restrict z, float *__restrict past, const float *__restrict inp, const float *__restrict weights, float *__restrict s, const float *__restrict c, int steps, int n, int stride, int run, int delayed) { \
		persistent<__VA_ARGS__>(z, past, inp, weights, s, c, steps, n, stride, run, delayed); \
	}
