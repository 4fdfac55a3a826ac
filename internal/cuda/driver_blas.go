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
