//go:build cuda && cgo && linux

// Package shim stands between gorgonia.org/cu and NVIDIA's library, so that a program which imports cu builds without a
// CUDA toolkit and starts without a driver.
//
// Each function of the driver that cu calls is defined here and looks its symbol up when it is called first, in the
// library that LIVESPIKE_LIBCUDA names, else in libcuda.so.1. cuInit always succeeds, because cu ends the process where it
// does not; Ready says what really came of it. libcuda.a is an empty archive that satisfies cu's -lcuda. The header and
// the list of functions are derived by ../setup.
//
// The other functions are calls of the driver that cu lacks.
package shim

/*
#cgo LDFLAGS: -L${SRCDIR} -ldl
#include <stdlib.h>
#include "companion.h"
*/
import "C"

import (
	"bytes"
	"unsafe"
)

// Ready loads the library and starts the driver, once. If it is not ready, why is the loader's message, or empty where the
// library is there and cuInit returned code.
func Ready() (ok bool, why string, code int) {
	ok = C.livespike_ready() != 0
	return ok, C.GoString(C.livespike_why()), int(C.livespike_init_code())
}

// ErrorName is such as CUDA_ERROR_OUT_OF_MEMORY, or empty for a code that the driver does not know.
func ErrorName(code int) string { return C.GoString(C.livespike_error_name(C.int(code))) }

// ErrorText is the driver's sentence for a code.
func ErrorText(code int) string { return C.GoString(C.livespike_error_text(C.int(code))) }

// LoadLog tries to load PTX, which failed before, and returns what the driver writes about it.
func LoadLog(ptx string) string {
	text := C.CString(ptx)
	defer C.free(unsafe.Pointer(text))
	log := make([]byte, 4096)
	C.livespike_load_log(text, (*C.char)(unsafe.Pointer(&log[0])), C.size_t(len(log)))
	end := bytes.IndexByte(log, 0)
	return string(bytes.TrimSpace(log[:max(end, 0)]))
}

// Pinned is host memory that the device reaches by itself. It returns the driver's code, 0 for success.
func Pinned(size int) (unsafe.Pointer, int) {
	var p unsafe.Pointer
	code := C.livespike_pinned(&p, C.size_t(size))
	return p, int(code)
}

// FreePinned gives it back.
func FreePinned(p unsafe.Pointer) int { return int(C.livespike_pinned_free(p)) }

// BeginCapture starts to record what is put into a stream of the calling thread.
func BeginCapture(stream unsafe.Pointer) int { return int(C.livespike_capture_begin(stream)) }

// EndCapture makes a graph of what was recorded.
func EndCapture(stream unsafe.Pointer) (graph unsafe.Pointer, code int) {
	code = int(C.livespike_capture_end(stream, &graph))
	return graph, code
}

// LaunchGraph runs a graph in a stream.
func LaunchGraph(graph, stream unsafe.Pointer) int {
	return int(C.livespike_graph_launch(graph, stream))
}

// DestroyGraph gives a graph back.
func DestroyGraph(graph unsafe.Pointer) int { return int(C.livespike_graph_destroy(graph)) }

// BlasReady loads cuBLAS, once: the library that LIVESPIKE_LIBCUBLAS names, else libcublas.so.13, .12 or .11. If it is not
// there, why is the loader's message.
func BlasReady() (ok bool, why string) {
	ok = C.livespike_blas_ready() != 0
	return ok, C.GoString(C.livespike_blas_why())
}

// NewBlas is a handle of cuBLAS for the calling thread's context, and the library's version. It returns cuBLAS's code.
func NewBlas() (handle unsafe.Pointer, version, code int) {
	var v C.int
	code = int(C.livespike_blas_create(&handle, &v))
	return handle, int(v), code
}

// DestroyBlas gives a handle back.
func DestroyBlas(handle unsafe.Pointer) int { return int(C.livespike_blas_destroy(handle)) }

// Matrix is an operand of BlasMultiply: where it is on the device, the distance of its columns, and whether it is stored
// row by row.
type Matrix struct {
	At     uint64
	Stride int
	Turned bool
}

// BlasMultiply is c (m, n), column by column, = a (m, k)·b (k, n) in a stream. It returns cuBLAS's code.
func BlasMultiply(handle, stream unsafe.Pointer, m, n, k int, a, b Matrix, c uint64) int {
	turn := func(m Matrix) C.int {
		if m.Turned {
			return 1
		}
		return 0
	}
	return int(C.livespike_blas_multiply(handle, stream, turn(a), turn(b), C.int(m), C.int(n), C.int(k),
		C.uint64_t(a.At), C.int(a.Stride), C.uint64_t(b.At), C.int(b.Stride), C.uint64_t(c)))
}
