//go:build !(amd64 || arm64) || purego

package simd

// Without assembly on is false, and none of these is called.

func countAsm(*float32, int) int                            { panic("simd: no assembly") }
func activeAsm(*int32, *float32, *float32, int, int) int    { panic("simd: no assembly") }
func rowsAsm(_, _, _ *float32, _ *int32, _, _, _ int)       { panic("simd: no assembly") }
func sumRowsAsm(_, _, _ *float32, _ *int32, _, _, _ int)    { panic("simd: no assembly") }
func sumColumnsAsm(_, _, _ *float32, _ *int32, _, _, _ int) { panic("simd: no assembly") }
func spreadAsm(_, _ *float32, _ float32, _, _, _ int)       { panic("simd: no assembly") }
func transposeAsm(_, _ *float32, _, _, _ int)               { panic("simd: no assembly") }
func adamAsm(_, _, _, _, _ *float32, _ int)                 { panic("simd: no assembly") }
func activeBitsAsm(*int32, *byte, int) int                  { panic("simd: no assembly") }
func addAsm(_, _ *float32, _ int)                           { panic("simd: no assembly") }
func packAsm(*byte, *float32, int) int                      { panic("simd: no assembly") }
func unpackAsm(*float32, *byte, int)                        { panic("simd: no assembly") }
func peakFMA(int)                                           { panic("simd: no assembly") }
