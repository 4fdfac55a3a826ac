// The calls of NVIDIA's driver that cu lacks, and what became of the library. See shim.go.
#include <stddef.h>
#include <stdint.h>

// Loads the library on the first call. 0 if that failed or an earlier cuInit did; why then says why.
int livespike_ready(void);
// The loader's message if the library could not be loaded, else "".
const char *livespike_why(void);
// What cuInit returned.
int livespike_init_code(void);

const char *livespike_error_name(int code);
const char *livespike_error_text(int code);

// Tries to load PTX for the sake of the log that the driver writes.
int livespike_load_log(const char *ptx, char *log, size_t size);

int livespike_pinned(void **p, size_t bytes);
int livespike_pinned_free(void *p);

int livespike_capture_begin(void *stream);
int livespike_capture_end(void *stream, void **graph);
int livespike_graph_launch(void *graph, void *stream);
int livespike_graph_destroy(void *graph);

// cuBLAS, which is loaded on the first call. 0 if that failed; why then says why.
int livespike_blas_ready(void);
const char *livespike_blas_why(void);

// A handle of the calling thread's context that computes in float32 only. These return cuBLAS's codes.
int livespike_blas_create(void **handle, int *version);
int livespike_blas_destroy(void *handle);
// c (m, n), column by column, = a·b in a stream; a turned operand is stored the other way round.
int livespike_blas_multiply(void *handle, void *stream, int turn_a, int turn_b, int m, int n, int k, uint64_t a, int stride_a, uint64_t b,
                            int stride_b, uint64_t c);
