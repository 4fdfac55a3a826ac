//go:build cuda && cgo && linux

package cuda

import (
	"fmt"

	"github.com/livespike/livespike/internal/cuda/shim"
)

// Blas makes the handle of cuBLAS when it is first asked for.
func (d *device) Blas() (name string, err error) {
	err = d.do(func() error {
		if d.blas != nil {
			name = d.blasName
			return nil
		}
		if ok, why := shim.BlasReady(); !ok {
			return NoBlas(why)
		}
		handle, v, code := shim.NewBlas()
		if err := blasFailure("cublasCreate_v2", code); err != nil {
			return err
		}
		d.blasName = fmt.Sprintf("cuBLAS %d.%d.%d", v/10000, v/100%100, v%100)
		d.blas, name = handle, d.blasName
		return nil
	})
	return name, err
}

func (s *stream) Multiply(c, a, b Buffer, p Product) error {
	if s.closed.Load() {
		return fmt.Errorf("cuda:%d: a product in a closed stream", s.device.info.Index)
	}
	if err := CheckProduct(s.device, c, a, b, p); err != nil {
		return err
	}
	if _, err := s.device.Blas(); err != nil {
		return err
	}
	first, second := p.columns()
	return s.device.do(func() error {
		return blasFailure("cublasSgemm_v2", shim.BlasMultiply(s.device.blas, s.handle(), p.N, p.M, p.K,
			shim.Matrix{At: b.Address(), Stride: first.stride, Turned: first.turned},
			shim.Matrix{At: a.Address(), Stride: second.stride, Turned: second.turned}, c.Address()))
	})
}

// operand is a matrix as BLAS takes it, column by column: whether it is turned, and the distance of its columns.
type operand struct {
	turned bool
	stride int
}

// columns are the operands of the turned product, cᵀ = bᵀ·aᵀ: c row by row is cᵀ column by column.
func (p Product) columns() (b, a operand) {
	return columns(p.BColumn, p.BRow, p.N, p.K), columns(p.AColumn, p.ARow, p.K, p.M)
}

// columns is an operand of rows × columns whose rows are inner apart and whose columns outer. BLAS wants a stride of at least
// the number of rows that are stored, even where there is one column.
func columns(inner, outer, rows, columns int) operand {
	if inner == 1 {
		return operand{false, max(outer, rows)}
	}
	return operand{true, max(inner, columns)}
}

// blasNames are cuBLAS's codes. Source: cuBLAS Library, cublasStatus_t.
var blasNames = map[int]string{
	1: "NOT_INITIALIZED", 3: "ALLOC_FAILED", 7: "INVALID_VALUE", 8: "ARCH_MISMATCH", 11: "MAPPING_ERROR", 13: "EXECUTION_FAILED",
	14: "INTERNAL_ERROR", 15: "NOT_SUPPORTED", 16: "LICENSE_ERROR",
}

func blasFailure(call string, code int) error {
	if code == 0 {
		return nil
	}
	name := blasNames[code]
	if name == "" {
		name = "UNKNOWN"
	}
	return fmt.Errorf("cuda: %s: CUBLAS_STATUS_%s (%d)", call, name, code)
}
