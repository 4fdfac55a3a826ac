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
