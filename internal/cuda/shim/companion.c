//go:build cuda && cgo && linux

#include <cuda.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "companion.h"

#define HIDDEN __attribute__((visibility("hidden")))

static pthread_once_t once = PTHREAD_ONCE_INIT;
static void *library;
static char why[512];
static int init_code = CUDA_ERROR_NOT_INITIALIZED;

static void *find(const char *symbol) { return library ? dlsym(library, symbol) : NULL; }

static void load(void) {
	const char *path = getenv("LIVESPIKE_LIBCUDA");
	library = dlopen(path && *path ? path : "libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
	if (!library) {
		const char *message = dlerror();
		snprintf(why, sizeof why, "%s", message ? message : "it cannot be loaded");
		return;
	}
	CUresult (*init)(unsigned int) = find("cuInit");
	init_code = init ? (int)init(0) : CUDA_ERROR_NOT_SUPPORTED;
}

// cu calls this when the program starts and ends it on any other answer.
HIDDEN CUresult cuInit(unsigned int flags) { return CUDA_SUCCESS; }

// The answer where there is no such symbol.
static CUresult missing(void) { return library ? CUDA_ERROR_NOT_SUPPORTED : CUDA_ERROR_NO_DEVICE; }

#define TRAMPOLINE(name, symbol, params, args)                   \
	HIDDEN CUresult name params {                                \
		static __typeof__(&name) real_;                         \
		if (!real_) {                                            \
			pthread_once(&once, load);                           \
			real_ = (__typeof__(&name))find(symbol);             \
		}                                                        \
		return real_ ? real_ args : missing();                   \
	}
#include <trampolines.h>

int livespike_ready(void) {
	pthread_once(&once, load);
	return library && init_code == CUDA_SUCCESS;
}

const char *livespike_why(void) { return why; }
int livespike_init_code(void) { return init_code; }

const char *livespike_error_name(int code) {
	const char *s = NULL;
	return cuGetErrorName((CUresult)code, &s) == CUDA_SUCCESS && s ? s : "";
}

const char *livespike_error_text(int code) {
	const char *s = NULL;
	return cuGetErrorString((CUresult)code, &s) == CUDA_SUCCESS && s ? s : "";
}

int livespike_load_log(const char *ptx, char *log, size_t size) {
	CUmodule module;
	CUjit_option options[] = {CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
	void *values[] = {log, (void *)(uintptr_t)size};
	CUresult r = cuModuleLoadDataEx(&module, ptx, 2, options, values);
	if (r == CUDA_SUCCESS)
		cuModuleUnload(module);
	return r;
}

int livespike_pinned(void **p, size_t bytes) { return cuMemHostAlloc(p, bytes, 0); }
int livespike_pinned_free(void *p) { return cuMemFreeHost(p); }

int livespike_capture_begin(void *stream) {
	// The other modes forbid the thread to allocate while it records.
	return cuStreamBeginCapture(stream, CU_STREAM_CAPTURE_MODE_RELAXED);
}

// Newer drivers do not export cuGraphInstantiate; this is its successor of CUDA 11.4, which they all have.
typedef CUresult (*instantiate)(CUgraphExec *, CUgraph, unsigned long long flags);

int livespike_capture_end(void *stream, void **graph) {
	CUgraph captured = NULL;
	CUresult r = cuStreamEndCapture(stream, &captured);
	if (r != CUDA_SUCCESS)
		return r;
	instantiate f = (instantiate)find("cuGraphInstantiateWithFlags");
	r = f ? f((CUgraphExec *)graph, captured, 0) : missing();
	cuGraphDestroy(captured);
	return r;
}

int livespike_graph_launch(void *graph, void *stream) { return cuGraphLaunch(graph, stream); }
int livespike_graph_destroy(void *graph) { return cuGraphExecDestroy(graph); }

// The functions of cuBLAS. Source: cuBLAS Library, "Using the cuBLAS API".
enum { BLAS_PEDANTIC_MATH = 2 };
static struct {
	int (*create)(void **handle);
	int (*destroy)(void *handle);
	int (*version)(void *handle, int *version);
	int (*stream)(void *handle, void *stream);
	int (*math)(void *handle, int mode);
	int (*sgemm)(void *handle, int turn_a, int turn_b, int m, int n, int k, const float *alpha, const float *a, int stride_a,
	             const float *b, int stride_b, const float *beta, float *c, int stride_c);
} blas;
static pthread_once_t blas_once = PTHREAD_ONCE_INIT;
static int blas_loaded;
static char blas_why[512];

static void blas_load(void) {
	const char *own = getenv("LIVESPIKE_LIBCUBLAS");
	const char *const known[] = {"libcublas.so.13", "libcublas.so.12", "libcublas.so.11"};
	void *found = NULL;
	if (own && *own)
		found = dlopen(own, RTLD_NOW | RTLD_LOCAL);
	else
		for (size_t i = 0; i < sizeof known / sizeof *known && !found; i++)
			found = dlopen(known[i], RTLD_NOW | RTLD_LOCAL);
	if (!found) {
		const char *message = dlerror();
		snprintf(blas_why, sizeof blas_why, "%s", message ? message : "it cannot be loaded");
		return;
	}
	const struct {
		const char *symbol;
		void **to;
	} functions[] = {
		{"cublasCreate_v2", (void **)&blas.create},    {"cublasDestroy_v2", (void **)&blas.destroy},
		{"cublasGetVersion_v2", (void **)&blas.version}, {"cublasSetStream_v2", (void **)&blas.stream},
		{"cublasSetMathMode", (void **)&blas.math},    {"cublasSgemm_v2", (void **)&blas.sgemm},
	};
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
		if (!(*functions[i].to = dlsym(found, functions[i].symbol))) {
			snprintf(blas_why, sizeof blas_why, "it has no %s", functions[i].symbol);
			return;
		}
	blas_loaded = 1;
}

int livespike_blas_ready(void) {
	pthread_once(&blas_once, blas_load);
	return blas_loaded;
}

const char *livespike_blas_why(void) { return blas_why; }

int livespike_blas_create(void **handle, int *version) {
	int code = blas.create(handle);
	if (code)
		return code;
	code = blas.version(*handle, version);
	if (!code)
		code = blas.math(*handle, BLAS_PEDANTIC_MATH);
	if (code)
		blas.destroy(*handle);
	return code;
}

int livespike_blas_destroy(void *handle) { return blas.destroy(handle); }

int livespike_blas_multiply(void *handle, void *stream, int turn_a, int turn_b, int m, int n, int k, uint64_t a, int stride_a, uint64_t b,
                            int stride_b, uint64_t c) {
	const float one = 1, zero = 0;
	int code = blas.stream(handle, stream);
	if (code)
		return code;
	return blas.sgemm(handle, turn_a, turn_b, m, n, k, &one, (const float *)(uintptr_t)a, stride_a, (const float *)(uintptr_t)b, stride_b,
	                  &zero, (float *)(uintptr_t)c, m);
}
