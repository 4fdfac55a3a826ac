//go:build !amd64 || purego

package simd

// Without assembly on is false, and none of these is called.

func countAVX2(*float32, int) int                            { panic("simd: no assembly") }
func activeAVX2(*int32, *float32, *float32, int, int) int    { panic("simd: no assembly") }
func rowsAVX2(_, _, _ *float32, _ *int32, _, _, _ int)       { panic("simd: no assembly") }
func sumRowsAVX2(_, _, _ *float32, _ *int32, _, _, _ int)    { panic("simd: no assembly") }
func sumColumnsAVX2(_, _, _ *float32, _ *int32, _, _, _ int) { panic("simd: no assembly") }
func axpyAVX2(_, _ *float32, _ float32, _ int)               { panic("simd: no assembly") }
func spreadAVX2(_, _ *float32, _ float32, _, _, _ int)       { panic("simd: no assembly") }
func transposeAVX2(_, _ *float32, _, _, _ int)               { panic("simd: no assembly") }
func adamAVX2(_, _, _, _, _ *float32, _ int)                 { panic("simd: no assembly") }
func activeBitsAVX2(*int32, *byte, int) int                  { panic("simd: no assembly") }
func addAVX2(_, _ *float32, _ int)                           { panic("simd: no assembly") }
func packAVX2(*byte, *float32, int) int                      { panic("simd: no assembly") }
func unpackAVX2(*float32, *byte, int)                        { panic("simd: no assembly") }
func peakFMA(int)                                            { panic("simd: no assembly") }
