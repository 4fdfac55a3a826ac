package ptx

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
)

const head = ".version 6.0\n.target sm_70\n.address_size 64\n"

// kernel is a text with one kernel, which takes two addresses and a number.
func kernel(body string) string {
	return head + `.visible .entry k(.param .u64 p0, .param .u64 p1, .param .u32 p2)
{
	.reg .pred %p<4>; .reg .b16 %h<4>; .reg .b32 %r<9>; .reg .f32 %f<9>; .reg .b64 %d<9>; .reg .f64 %e<9>;
	.shared .align 4 .b8 s[64];
	ld.param.u64 %d0, [p0]; ld.param.u64 %d1, [p1]; ld.param.u32 %r0, [p2];
	mov.u32 %r1, %tid.x; mul.wide.u32 %d2, %r1, 4; add.s64 %d3, %d0, %d2; add.s64 %d4, %d1, %d2;
` + body + "\n}\n"
}

// run executes a kernel on 4 words that hold 1 to 4 and 4 that nobody wrote.
func run(t testing.TB, body string, g Grid, before func(in, out *Buffer)) (*Buffer, error) {
	t.Helper()
	m, err := Parse(kernel(body))
	if err != nil {
		return nil, err
	}
	mem := NewMemory()
	in, out := mem.Upload("in", []float32{1, 2, 3, 4}), mem.Alloc("out", 4)
	if before != nil {
		before(in, out)
	}
	return out, m.Entry("k").Run(mem, g, Ptr(in), Ptr(out), I32(4))
}

func TestRun(t *testing.T) {
	out, err := run(t, "ld.global.f32 %f0, [%d3]; add.rn.f32 %f1, %f0, 0f3F800000; st.global.f32 [%d4], %f1; ret;", Grid{BlockX: 4}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range out.Floats() {
		if v != float32(k+2) {
			t.Errorf("element %d is %v", k, v)
		}
	}
}

// TestFaults: what a kernel must not do ends the run, and the error says what and where.
func TestFaults(t *testing.T) {
	const store = "st.global.u32 [%d4], %r0;"
	for _, c := range []struct {
		name, body string
		grid       Grid
		before     func(in, out *Buffer)
		want       string
	}{
		{"behind the end", store + "ret;", Grid{BlockX: 5}, nil, "out of bounds"},
		{"before the start", "ld.global.u32 %r2, [%d0+-4]; ret;", Grid{}, nil, "out of bounds"},
		{"across the end", "ld.global.u64 %d5, [%d0+12]; ret;", Grid{}, nil, "out of bounds"},
		{"nowhere", "ld.global.u32 %r2, [%d2+8]; ret;", Grid{}, nil, "in no buffer"},
		{"not aligned", "ld.global.u32 %r2, [%d0+2]; ret;", Grid{}, nil, "not aligned"},
		{"freed", store + "ret;", Grid{}, func(_, out *Buffer) { out.Free() }, "was freed"},
		{"read-only", "st.global.u32 [%d3], %r0; ret;", Grid{}, nil, "read-only"},
		{"never written", "ld.global.u32 %r2, [%d4]; ret;", Grid{}, nil, "never written"},
		{"shared, never written", "ld.shared.u32 %r2, [s]; ret;", Grid{}, nil, "never written"},
		{"shared, behind the end", "st.shared.u32 [s+64], %r0; ret;", Grid{}, nil, "out of bounds"},
		{"two threads write", "st.global.u32 [%d1], %r1; ret;", Grid{BlockX: 2}, nil, "race"},
		{"two blocks write", store + "ret;", Grid{X: 2}, nil, "race"},
		{"two threads write shared memory", "st.shared.u32 [s], %r1; ld.shared.u32 %r2, [s]; ret;", Grid{BlockX: 2}, nil, "race"},
		{"one reads what another writes", "setp.ne.u32 %p0, %r1, 0; @%p0 bra $L1; st.shared.u32 [s], %r0; $L1: bar.sync 0; @%p0 bra $L2; ld.shared.u32 %r2, [s]; ret; $L2: st.shared.u32 [s], %r1; ret;", Grid{BlockX: 2}, nil, "thread 0 read it"},
		{"a barrier between blocks", store + "bar.sync 0;" + store + "ret;", Grid{X: 2}, nil, "race"},
		{"an atomic beside a store", "atom.global.add.u32 %r2, [%d1], %r1; st.global.u32 [%d1], %r1; ret;", Grid{BlockX: 2}, func(_, out *Buffer) { out.Set(0, 0) }, "race"},
		{"a cached read of what is written", "st.global.u32 [%d4], %r1; ld.global.nc.u32 %r2, [%d4]; ret;", Grid{}, nil, "cached read after a write"},
		{"a write of what was read cached", "ld.global.nc.u32 %r2, [%d4]; st.global.u32 [%d4], %r1; ret;", Grid{}, func(_, out *Buffer) { out.Set(0, 0) }, "write after a cached read"},
		{"an early end", "setp.eq.u32 %p1, %r1, 0; @%p1 bra $L1; bar.sync 0; $L1: ret;", Grid{BlockX: 2}, nil, "divergence: 1 of 2"},
		{"two barriers", "setp.eq.u32 %p1, %r1, 0; @%p1 bra $L1; bar.sync 0; bra $L2; $L1: bar.sync 0; $L2: ret;", Grid{BlockX: 2}, nil, "divergence: another thread"},
		{"a vote without all", "mov.pred %p0, 0; setp.eq.u32 %p1, %r1, 0; @%p1 bra $L1; vote.sync.ballot.b32 %r2, %p0, -1; $L1: ret;", Grid{BlockX: 32}, nil, "divergence: 31 of 32"},
		{"a vote of a few lanes", "mov.pred %p0, 0; vote.sync.ballot.b32 %r2, %p0, -1; ret;", Grid{BlockX: 33}, nil, "a warp of 1"},
		{"a vote of some", "mov.pred %p0, 0; vote.sync.ballot.b32 %r2, %p0, 15; ret;", Grid{BlockX: 32}, nil, "all 32 must be asked"},
		{"no end", "$L1: bra.uni $L1;", Grid{}, nil, "more than"},
		{"no return", "mov.u32 %r2, %r1;", Grid{}, nil, "behind the last"},
		{"by zero", "div.u32 %r2, %r0, %r1; ret;", Grid{}, nil, "division by zero"},
	} {
		_, err := run(t, c.body, c.grid, c.before)
		var f *Fault
		if !errors.As(err, &f) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
	_, err := run(t, "ld.global.u32 %r2, [%d4]; ret;", Grid{X: 2, BlockX: 2}, func(_, out *Buffer) { out.Set(0, 7) })
	if want := "ptx: k: line 10: ld.global.u32 %r2, [%d4+0]: block [0 0 0] thread [1 0 0]: out: byte 4 is read and was never written"; fmt.Sprint(err) != want {
		t.Errorf("%v\nwant %s", err, want)
	}
}

// TestOrdered: what barriers and atomic operations allow is no race.
func TestOrdered(t *testing.T) {
	for name, body := range map[string]string{
		"a barrier between":   "setp.ne.u32 %p0, %r1, 0; @%p0 bra $L1; st.shared.u32 [s], %r0; $L1: bar.sync 0; ld.shared.u32 %r2, [s]; st.global.u32 [%d4], %r2; ret;",
		"atomics":             "setp.ne.u32 %p0, %r1, 0; @%p0 bra $L1; mov.u32 %r2, 0; st.shared.u32 [s], %r2; $L1: bar.sync 0; atom.shared.add.u32 %r3, [s], 1; bar.sync 0; ld.shared.u32 %r4, [s]; st.global.u32 [%d4], %r4; ret;",
		"a generic address":   "mov.u64 %d5, s; cvta.shared.u64 %d6, %d5; setp.ne.u32 %p0, %r1, 0; @%p0 bra $L1; st.u32 [%d6], %r0; $L1: bar.sync 0; ld.u32 %r2, [%d6]; st.u32 [%d4], %r2; ret;",
		"votes":               "setp.lt.u32 %p0, %r1, 2; vote.sync.ballot.b32 %r2, %p0, -1; setp.ge.u32 %p1, %r1, 4; @%p1 bra $L1; add.s32 %r3, %r2, 1; st.global.u32 [%d4], %r3; $L1: ret;",
		"halves of a word":    "mov.b64 %d5, {%r0, %r1}; mov.b64 {%r2, %r3}, %d5; st.global.u32 [%d4], %r2; ret;",
		"a vector and a byte": "mov.u64 %d5, s; mul.wide.u32 %d6, %r1, 16; add.s64 %d7, %d5, %d6; mov.u32 %r2, 4; st.shared.v4.u32 [%d7], {%r2, %r1, 7, %r0}; ld.shared.v2.u32 {%r3, %r4}, [%d7]; ld.shared.u8 %h0, [%d7+12]; cvt.u32.u16 %r5, %h0; st.global.u32 [%d4], %r5; ret;",
	} {
		threads := 4
		if name == "votes" {
			threads = 32
		}
		out, err := run(t, body, Grid{BlockX: threads}, nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for k, v := range out.Uints() {
			if v != 4 {
				t.Errorf("%s: word %d is %d, want 4", name, k, v)
			}
		}
	}
}

// TestUnknown: what the parser does not know is an error that names it; nothing is skipped.
func TestUnknown(t *testing.T) {
	for body, want := range map[string]string{
		"frob.u32 %r2, %r1, %r0;":                    "unknown instruction",
		"add.f32 %f0, %f1, %f2;":                     "may be contracted",
		"add.rn.ftz.f32 %f0, %f1, %f2;":              "unknown type or modifier ftz",
		"mul.u32 %r2, %r1, %r0;":                     "unknown product",
		"ex2.approx.f32 %f0, %f1;":                   "unknown instruction",
		"add.s32 %r2, %r1;":                          "2 operands, not 3",
		"add.s32 %r2, %r1, %r99;":                    "neither a register nor a number",
		"add.s32 %f2, %r1, %r0;":                     "of another type",
		"add.s64 %r2, %d1, %d0;":                     "of another type",
		"mov.f32 %f0, 1.5;":                          "not a number",
		"bra $L9;":                                   "no label",
		"bar.sync 1;":                                "only barrier 0",
		"@%p0 bar.sync 0;":                           "not all threads",
		"ld.local.u32 %r2, [%d0];":                   "unknown type or modifier local",
		"ld.param.u32 %r2, [p9];":                    "not a parameter",
		"st.param.u32 [p2], %r2;":                    "read-only",
		"red.global.max.u32 [%d0], %r1;":             "only add and or",
		"cvt.f32.f64 %f0, %e0;":                      "unknown conversion",
		"setp.foo.f32 %p0, %f0, %f1;":                "unknown comparison",
		"setp.lt.b32 %p0, %r0, %r1;":                 "unknown comparison",
		"shfl.sync.bfly.b32 %r2|%p0, %r1, 1, 31, -1": "",
		".local .align 4 .b8 depot[16];":             "",
		".pragma \"frob\";":                          "unknown pragma",
		".reg .b128 %q<2>;":                          "unknown type",
		"$L1: $L1: ret;":                             "set twice",
		"mov.u32 %r2, %clock;":                       "neither a register nor a number",
		"call foo;":                                  "unknown type or modifier call",
		"ld.global.u32 %r2, [%d0":                    "",
		"\x01":                                       "unexpected character",
		"mov.u32 %r2, \"x;":                          "without an end",
	} {
		if _, err := Parse(kernel(body)); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "line ") {
			t.Errorf("%s: error %v, want %q", body, err, want)
		}
	}
	for text, want := range map[string]string{
		"":                                    "no .version",
		head + ".const .b32 x;":               "unknown directive",
		head + ".func f() { ret; }":           "unknown directive",
		head + ".shared .b8 s[999999];":       "not a number from",
		head + ".entry k(.param .u8 x) { }":   "4 or 8 bytes",
		head + ".entry k() { } .entry k() {}": "defined twice",
		".version 6.0 .address_size 32":       "only 64",
	} {
		if _, err := Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
}

func TestLaunchIsChecked(t *testing.T) {
	m, err := Parse(kernel("ret;"))
	if err != nil {
		t.Fatal(err)
	}
	mem, args := NewMemory(), []Arg{{0, 8}, {0, 8}, I32(1)}
	for want, g := range map[string]Grid{"an axis": {Y: 65536}, "of 2048 threads": {BlockX: 64, BlockY: 32}, "goes from 1": {BlockZ: 65}, "2³⁰": {X: 1 << 30, BlockX: 2}} {
		if err := m.Entry("k").Run(mem, g, args...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", g, err, want)
		}
	}
	small, err := Parse(head + ".visible .entry k() .maxntid 32, 2, 1 { ret; }")
	if err != nil {
		t.Fatal(err)
	}
	if err := small.Entry("k").Run(mem, Grid{BlockX: 65}); err == nil || !strings.Contains(err.Error(), "it is made for 64") {
		t.Errorf("more threads than the kernel is made for: %v", err)
	}
	if err := m.Entry("k").Run(mem, Grid{}, args[1:]...); err == nil || !strings.Contains(err.Error(), "3 parameters, not 2") {
		t.Errorf("too few arguments: %v", err)
	}
	if err := m.Entry("k").Run(mem, Grid{}, args[0], args[2], args[2]); err == nil || !strings.Contains(err.Error(), "argument 1 has 4 bytes") {
		t.Errorf("a short argument: %v", err)
	}
}

// TestInstructions compares each instruction with what Go, or exact arithmetic, makes of the same numbers.
func TestInstructions(t *testing.T) {
	f := math.Float32frombits
	i := func(v uint64) int32 { return int32(uint32(v)) }
	b := func(v float32) uint64 { return uint64(math.Float32bits(v)) }
	d := func(v float64) uint64 { return math.Float64bits(v) }
	bit := func(v bool) uint64 {
		if v {
			return 1
		}
		return 0
	}
	for text, want := range map[string]func(x, y uint64) uint64{
		"add.s32 %r4, %r2, %r3; cvt.u64.u32 %d7, %r4":                      func(x, y uint64) uint64 { return uint64(uint32(x + y)) },
		"sub.s64 %d7, %d5, %d6":                                            func(x, y uint64) uint64 { return x - y },
		"mul.lo.s32 %r4, %r2, %r3; cvt.u64.u32 %d7, %r4":                   func(x, y uint64) uint64 { return uint64(uint32(x) * uint32(y)) },
		"mul.wide.s32 %d7, %r2, %r3":                                       func(x, y uint64) uint64 { return uint64(int64(i(x)) * int64(i(y))) },
		"mul.wide.u32 %d7, %r2, %r3":                                       func(x, y uint64) uint64 { return uint64(uint32(x)) * uint64(uint32(y)) },
		"mul.hi.s32 %r4, %r2, %r3; cvt.u64.u32 %d7, %r4":                   func(x, y uint64) uint64 { return uint64(uint32(int64(i(x)) * int64(i(y)) >> 32)) },
		"mul.hi.u64 %d7, %d5, %d6":                                         high(false),
		"mul.hi.s64 %d7, %d5, %d6":                                         high(true),
		"mad.lo.s32 %r4, %r2, %r3, %r2; cvt.u64.u32 %d7, %r4":              func(x, y uint64) uint64 { return uint64(uint32(x)*uint32(y) + uint32(x)) },
		"mad.wide.s32 %d7, %r2, %r3, %d5":                                  func(x, y uint64) uint64 { return uint64(int64(i(x))*int64(i(y))) + x },
		"div.s32 %r4, %r2, 7; cvt.s64.s32 %d7, %r4":                        func(x, y uint64) uint64 { return uint64(int64(i(x) / 7)) },
		"rem.s32 %r4, %r2, 7; cvt.s64.s32 %d7, %r4":                        func(x, y uint64) uint64 { return uint64(int64(i(x) % 7)) },
		"div.u64 %d7, %d5, 7":                                              func(x, y uint64) uint64 { return x / 7 },
		"rem.u64 %d7, %d5, 7":                                              func(x, y uint64) uint64 { return x % 7 },
		"min.s32 %r4, %r2, %r3; cvt.s64.s32 %d7, %r4":                      func(x, y uint64) uint64 { return uint64(int64(min(i(x), i(y)))) },
		"max.u32 %r4, %r2, %r3; cvt.u64.u32 %d7, %r4":                      func(x, y uint64) uint64 { return uint64(max(uint32(x), uint32(y))) },
		"and.b64 %d7, %d5, %d6":                                            func(x, y uint64) uint64 { return x & y },
		"xor.b32 %r4, %r2, %r3; cvt.u64.u32 %d7, %r4":                      func(x, y uint64) uint64 { return uint64(uint32(x) ^ uint32(y)) },
		"or.b64 %d8, %d5, %d6; not.b64 %d7, %d8":                           func(x, y uint64) uint64 { return ^(x | y) },
		"neg.s64 %d7, %d5":                                                 func(x, y uint64) uint64 { return -x },
		"abs.s32 %r4, %r2; cvt.u64.u32 %d7, %r4":                           func(x, y uint64) uint64 { return uint64(uint32(max(i(x), -i(x)))) },
		"popc.b64 %r4, %d5; cvt.u64.u32 %d7, %r4":                          func(x, y uint64) uint64 { return uint64(strings.Count(fmt.Sprintf("%b", x), "1")) },
		"clz.b32 %r4, %r2; cvt.u64.u32 %d7, %r4":                           func(x, y uint64) uint64 { return uint64(32 - big.NewInt(int64(uint32(x))).BitLen()) },
		"shl.b64 %d7, %d5, %r5":                                            func(x, y uint64) uint64 { return x << (y & 127) },
		"shr.u32 %r4, %r2, %r5; cvt.u64.u32 %d7, %r4":                      func(x, y uint64) uint64 { return uint64(uint32(x) >> (y & 127)) },
		"shr.s32 %r4, %r2, %r5; cvt.s64.s32 %d7, %r4":                      func(x, y uint64) uint64 { return uint64(int64(i(x) >> (y & 127))) },
		"cvt.u16.u32 %h0, %r2; cvt.s32.s16 %r4, %h0; cvt.s64.s32 %d7, %r4": func(x, y uint64) uint64 { return uint64(int64(int16(x))) },
		"setp.lt.s32 %p0, %r2, %r3; selp.b64 %d7, 1, 0, %p0":               func(x, y uint64) uint64 { return bit(i(x) < i(y)) },
		"setp.hi.u32 %p0, %r2, %r3; selp.b64 %d7, 1, 0, %p0":               func(x, y uint64) uint64 { return bit(uint32(x) > uint32(y)) },
		"setp.ne.s64 %p0, %d5, %d6; selp.b64 %d7, 1, 0, %p0":               func(x, y uint64) uint64 { return bit(x != y) },
		"setp.ge.f32 %p0, %f2, %f3; selp.b64 %d7, 1, 0, %p0":               func(x, y uint64) uint64 { return bit(f(uint32(x)) >= f(uint32(y))) },
		"setp.gtu.f32 %p0, %f2, %f3; selp.b64 %d7, 1, 0, %p0":              func(x, y uint64) uint64 { return bit(!(f(uint32(x)) <= f(uint32(y)))) },
		"setp.nan.f32 %p0, %f2, %f3; selp.b64 %d7, 1, 0, %p0":              func(x, y uint64) uint64 { return bit(f(uint32(x)) != f(uint32(x)) || f(uint32(y)) != f(uint32(y))) },
		"setp.lt.s32 %p1, %r2, 0; setp.lt.and.s32 %p0, %r3, 0, %p1; not.pred %p2, %p0; selp.b64 %d7, 1, 0, %p2": func(x, y uint64) uint64 { return bit(!(i(x) < 0 && i(y) < 0)) },
		"add.rn.f32 %f4, %f2, %f3; mov.b32 %r4, %f4; cvt.u64.u32 %d7, %r4":                                      func(x, y uint64) uint64 { return b(f(uint32(x)) + f(uint32(y))) },
		"mul.rn.f32 %f4, %f2, %f3; mov.b32 %r4, %f4; cvt.u64.u32 %d7, %r4":                                      func(x, y uint64) uint64 { return b(f(uint32(x)) * f(uint32(y))) },
		"div.rn.f32 %f4, %f2, %f3; mov.b32 %r4, %f4; cvt.u64.u32 %d7, %r4":                                      func(x, y uint64) uint64 { return b(f(uint32(x)) / f(uint32(y))) },
		"sqrt.rn.f32 %f4, %f2; mov.b32 %r4, %f4; cvt.u64.u32 %d7, %r4":                                          func(x, y uint64) uint64 { return b(float32(math.Sqrt(float64(f(uint32(x)))))) },
		"neg.f32 %f4, %f2; mov.b32 %r4, %f4; cvt.u64.u32 %d7, %r4":                                              func(x, y uint64) uint64 { return uint64(uint32(x) ^ 1<<31) },
		"abs.f32 %f4, %f2; mov.b32 %r4, %f4; cvt.u64.u32 %d7, %r4":                                              func(x, y uint64) uint64 { return uint64(uint32(x) &^ (1 << 31)) },
		"sub.rn.f64 %e2, %e0, %e1; mov.b64 %d7, %e2":                                                            func(x, y uint64) uint64 { return d(math.Float64frombits(x) - math.Float64frombits(y)) },
		"mul.rn.f64 %e2, %e0, %e1; mov.b64 %d7, %e2":                                                            func(x, y uint64) uint64 { return d(math.Float64frombits(x) * math.Float64frombits(y)) },
		"cvt.f64.f32 %e2, %f2; mov.b64 %d7, %e2":                                                                func(x, y uint64) uint64 { return d(float64(f(uint32(x)))) },
		"cvt.rn.f32.f64 %f4, %e0; mov.b32 %r4, %f4; cvt.u64.u32 %d7, %r4":                                       func(x, y uint64) uint64 { return b(float32(math.Float64frombits(x))) },
		"cvt.rn.f32.s32 %f4, %r2; mov.b32 %r4, %f4; cvt.u64.u32 %d7, %r4":                                       func(x, y uint64) uint64 { return b(float32(i(x))) },
		"cvt.rn.f32.u64 %f4, %d5; mov.b32 %r4, %f4; cvt.u64.u32 %d7, %r4":                                       func(x, y uint64) uint64 { return b(float32(x)) },
		"cvt.rni.f64.f64 %e2, %e0; mov.b64 %d7, %e2":                                                            func(x, y uint64) uint64 { return d(math.RoundToEven(math.Float64frombits(x))) },
		"cvt.rzi.s32.f32 %r4, %f2; cvt.s64.s32 %d7, %r4":                                                        func(x, y uint64) uint64 { return uint64(int64(toInt(f(uint32(x))))) },
	} {
		body := `ld.global.u64 %d5, [%d0]; ld.global.u64 %d6, [%d0+8]; cvt.u32.u64 %r2, %d5; cvt.u32.u64 %r3, %d6; and.b32 %r5, %r3, 127;
			mov.b32 %f2, %r2; mov.b32 %f3, %r3; mov.b64 %e0, %d5; mov.b64 %e1, %d6;` + text + "; st.global.u64 [%d1], %d7; ret;"
		m, err := Parse(kernel(body))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		r := rand.New(rand.NewPCG(1, 2))
		for range 300 {
			x, y := r.Uint64(), r.Uint64()
			switch r.IntN(4) { // numbers of moderate size, and the ends
			case 0:
				x, y = d(r.NormFloat64()*100), d(r.NormFloat64())
			case 1:
				x, y = b(float32(r.NormFloat64()*100)), b(float32(r.NormFloat64()))
			case 2:
				ends := []uint64{0, 1, math.MaxUint64, 1 << 63, 1 << 31, 0x7f800000, 0xff800000, 0x80000000, 0x7fc00000, 0x7fffffff}
				x, y = ends[r.IntN(len(ends))], ends[r.IntN(len(ends))]
			}
			mem := NewMemory()
			in, out := mem.Words("in", []uint32{uint32(x), uint32(x >> 32), uint32(y), uint32(y >> 32)}), mem.Alloc("out", 2)
			if err := m.Entry("k").Run(mem, Grid{}, Ptr(in), Ptr(out), I32(0)); err != nil {
				t.Errorf("%s: %v", text, err)
				break
			}
			words := out.Uints()
			got, expected := uint64(words[0])|uint64(words[1])<<32, want(x, y)
			nan32 := strings.Contains(text, "%f4") && f(uint32(got)) != f(uint32(got)) && f(uint32(expected)) != f(uint32(expected))
			nan64 := strings.Contains(text, "%e2") && math.IsNaN(math.Float64frombits(got)) && math.IsNaN(math.Float64frombits(expected))
			if got != expected && !nan32 && !nan64 {
				t.Errorf("%s of %#x and %#x: %#x, want %#x", text, x, y, got, expected)
				break
			}
		}
	}
}

// high is the upper half of the product, by exact arithmetic.
func high(signed bool) func(x, y uint64) uint64 {
	return func(x, y uint64) uint64 {
		p, q := new(big.Int).SetUint64(x), new(big.Int).SetUint64(y)
		if signed {
			p, q = big.NewInt(int64(x)), big.NewInt(int64(y))
		}
		p.Mul(p, q).Rsh(p, 64)
		return new(big.Int).And(p, new(big.Int).SetUint64(math.MaxUint64)).Uint64()
	}
}

// toInt is the conversion to int32 that PTX describes: towards zero, cut off at the ends, 0 for NaN.
func toInt(v float32) int32 {
	switch {
	case v != v:
		return 0
	case v >= 1<<31:
		return math.MaxInt32
	case v < -(1 << 31):
		return math.MinInt32
	}
	return int32(v)
}

// TestFMA compares with exact arithmetic, rounded once.
func TestFMA(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 20000 {
		a, b := float32(r.NormFloat64()), float32(r.NormFloat64())
		c := float32(r.NormFloat64() * math.Pow(2, float64(r.IntN(60)-50)))
		if r.IntN(3) == 0 { // near a cancellation
			c = -a * b
		}
		exact := new(big.Float).SetPrec(300).SetFloat64(float64(a))
		exact.Mul(exact, big.NewFloat(float64(b))).Add(exact, big.NewFloat(float64(c)))
		want, _ := exact.Float32()
		if got := fma32(a, b, c); got != want {
			t.Fatalf("fma(%g, %g, %g) = %g, want %g", a, b, c, got, want)
		}
	}
}

// FuzzRun: no text makes the parser or the executor panic.
func FuzzRun(f *testing.F) {
	for _, body := range []string{
		"ld.global.f32 %f0, [%d3]; add.rn.f32 %f1, %f0, 0f3F800000; st.global.f32 [%d4], %f1; ret;",
		"mov.pred %p0, 0; vote.sync.ballot.b32 %r2, %p0, -1; bar.sync 0; st.shared.v2.u32 [s+8], {%r1, %r2}; ret;",
		"$L1: setp.lt.and.s32 %p0, %r1, 3, %p1; @!%p0 bra $L1; mad.wide.s32 %d5, %r1, 4, %d0; atom.global.add.f32 %f1, [%d5], %f0; ret;",
		"cvt.rni.f64.f64 %e0, %e1; cvt.rzi.s64.f64 %d5, %e0; shl.b64 %d6, %d5, 52; mov.b64 {%r1, %r2}, %d6; cvta.to.shared.u64 %d7, %d6; div.s32 %r3, %r1, %r2; ret;",
	} {
		f.Add(kernel(body))
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := Parse(text)
		if err != nil {
			return
		}
		for _, e := range m.Entries {
			if e.slots > 1000 {
				continue
			}
			mem := NewMemory()
			var args []Arg
			for _, size := range e.Params {
				if size == 8 {
					args = append(args, Ptr(mem.State("b", make([]float32, 8))))
				} else {
					args = append(args, I32(3))
				}
			}
			_ = e.Run(mem, Grid{BlockX: 2}, args...)
		}
	})
}
