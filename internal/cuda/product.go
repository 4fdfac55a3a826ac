package cuda

import (
	"errors"
	"fmt"
)

// ErrBlas: there is no library for matrix products.
var ErrBlas = errors.New("no cuBLAS")

// NoBlas is ErrBlas with the loader's message.
func NoBlas(why string) error { return &fault{"no cuBLAS: " + why, []error{ErrBlas}} }

// Product is the form of c (M, N) = a (M, K)·b (K, N), all of float32, c row by row: how far the rows and the columns of a
// and of b are apart in elements. One of each pair is 1.
type Product struct {
	M, N, K       int
	ARow, AColumn int
	BRow, BColumn int
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

// CheckProduct is what every driver asks before a product on d: the buffers alive, on d, and as large as the form says.
func CheckProduct(d Device, c, a, b Buffer, p Product) error {
	if p.M < 1 || p.N < 1 || p.K < 1 || min(p.ARow, p.AColumn) != 1 || min(p.BRow, p.BColumn) != 1 {
		return fmt.Errorf("cuda: a product of the form %+v", p)
	}
	for _, m := range []struct {
		name  string
		b     Buffer
		bytes int
	}{
		{"c", c, 4 * p.M * p.N},
		{"a", a, 4 * ((p.M-1)*p.ARow + (p.K-1)*p.AColumn + 1)},
		{"b", b, 4 * ((p.K-1)*p.BRow + (p.N-1)*p.BColumn + 1)},
	} {
		if err := CheckBuffer(d, m.b); err != nil {
			return err
		}
		if m.b.Len() < m.bytes {
			return fmt.Errorf("cuda: %s of a product has %d bytes; %+v needs %d", m.name, m.b.Len(), p, m.bytes)
		}
	}
	return nil
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
