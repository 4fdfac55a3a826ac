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
