package ptx

import "math"

// kind is a type: b untyped bits, u unsigned, s signed, f floating, p a predicate; size in bytes, 0 of a predicate.
type kind struct {
	class byte
	size  int
}

var kinds = map[string]kind{
	"pred": {'p', 0},
	"b8":   {'b', 1}, "u8": {'u', 1}, "s8": {'s', 1},
	"b16": {'b', 2}, "u16": {'u', 2}, "s16": {'s', 2},
	"b32": {'b', 4}, "u32": {'u', 4}, "s32": {'s', 4}, "f32": {'f', 4},
	"b64": {'b', 8}, "u64": {'u', 8}, "s64": {'s', 8}, "f64": {'f', 8},
}

var (
	f32 = kind{'f', 4}
	f64 = kind{'f', 8}
)

// Registers hold the bits of their type, zeros above.

func asF32(v uint64) float32 { return math.Float32frombits(uint32(v)) }
func asF64(v uint64) float64 { return math.Float64frombits(v) }

// ofF32 is a result of an operation: a NaN becomes the only one that devices make.
func ofF32(v float32) uint64 {
	if v != v {
		return 0x7fffffff
	}
	return uint64(math.Float32bits(v))
}

func ofF64(v float64) uint64 {
	if v != v {
		return 0x7fffffffffffffff
	}
	return math.Float64bits(v)
}

// signed is the number that the low bytes hold.
func (k kind) signed(v uint64) int64 {
	shift := 64 - 8*k.size
	return int64(v<<shift) >> shift
}

// cut is v with all above the kind's bytes zero.
func (k kind) cut(v uint64) uint64 {
	shift := 64 - 8*k.size
	return v << shift >> shift
}
