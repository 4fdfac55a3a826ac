package snn

import "github.com/livespike/livespike/internal/simd"

// exp is eˣ rounded to float32, with the same bits everywhere.
func exp(x float32) float32 { return float32(simd.Exp(float64(x))) }
