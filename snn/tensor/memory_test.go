package tensor

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
)

// A machine with 4 GiB: every function that makes a tensor says what is too large, and what it would need.
func TestNoRoom(t *testing.T) {
	before := memory
	defer func() { memory = before }()
	memory = func() (uint64, bool) { return 4 << 30, true }
	row, column := Ones(1, 1<<20), Ones(1<<20, 1)
	const k = 1 << 20
	const tebi = "needs 4 TiB, this machine has 4 GiB"
	for _, test := range []struct {
		want string
		f    func()
	}{
		{"tensor.Zeros: shape [1000000 1000000] needs 3.64 TiB, this machine has 4 GiB", func() { Zeros(1000000, 1000000) }},
		{"tensor.Zeros: shape [4294967296 4294967296] needs 64 EiB, this machine has 4 GiB", func() { Zeros(1<<32, 1<<32) }},
		{"tensor.Zeros: shape [0 4294967296 4294967296] has axes whose product cannot be counted", func() { Zeros(0, 1<<32, 1<<32) }},
		{"tensor.Ones: shape [1048576 1048576] " + tebi, func() { Ones(k, k) }},
		{"tensor.Full: shape [1048576 1048576] " + tebi, func() { Full(2, k, k) }},
		{"tensor.Rand: shape [1048576 1048576] " + tebi, func() { Rand(k, k) }},
		{"tensor.Randn: shape [1048576 1048576] " + tebi, func() { Randn(k, k) }},
		{"tensor.Bernoulli: shape [1048576 1048576] " + tebi, func() { Bernoulli(0.5, k, k) }},
		{"tensor.Eye: shape [1048576 1048576] " + tebi, func() { Eye(k) }},
		{"tensor.Arange: shape [1099511627776] " + tebi, func() { Arange(0, 1<<40, 1) }},
		{"tensor.Arange: shape [9007199254740992] needs 32 PiB, this machine has 4 GiB", func() { Arange(0, 1e300, 1) }},
		{"tensor.Linspace: shape [1099511627776] " + tebi, func() { Linspace(0, 1, 1<<40) }},
		{"tensor.Repeat: shape [1048576 1048576] " + tebi, func() { row.Repeat(k, 1) }},
		{"tensor.Repeat: counts [9223372036854775807 9223372036854775807] for shape [1 1048576] are more than can be counted", func() { row.Repeat(math.MaxInt, math.MaxInt) }},
		{"tensor.Expand: shape [1048576 1048576] " + tebi, func() { row.Expand(k, k) }},
		{"tensor.Add: shape [1048576 1048576] " + tebi, func() { row.Add(column) }},
		{"tensor.Gt: shape [1048576 1048576] " + tebi, func() { row.Gt(column) }},
		{"tensor.MatMul: shape [1048576 1048576] " + tebi, func() { column.MatMul(row) }},
		{"tensor.Perm: shape [1099511627776 2] needs 8 TiB, this machine has 4 GiB", func() { Perm(1 << 40) }},
		{"tensor.Reshape: shape [0] has 0 elements, [4294967296 4294967296] does not", func() { Zeros(0).Reshape(1<<32, 1<<32) }},
		{"tensor.Reshape: shape [1] has 1 elements, [4294967296 4294967296 -1] does not", func() { Zeros(1).Reshape(1<<32, 1<<32, -1) }},
		{"tensor: shape [4294967296 4294967296] has more elements than can be counted", func() { FromSlice(nil, 1<<32, 1<<32) }},
		{"tensor: negative size in shape [-1 2]", func() { FromSlice(nil, -1, 2) }},
	} {
		if got := panicText(test.f); got != test.want {
			t.Errorf("got  %q\nwant %q", got, test.want)
		}
	}
	memory = func() (uint64, bool) { return 1 << 40, false }
	if got, want := panicText(func() { Zeros(k, k) }), "tensor.Zeros: shape [1048576 1048576] needs 4 TiB, the limit is 1 TiB"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func panicText(f func()) (text string) {
	defer func() {
		if r := recover(); r != nil {
			text = fmt.Sprint(r)
		}
	}()
	f()
	return ""
}

// The kernel's own figure, in /proc/meminfo, is the same but for what it keeps for itself.
func TestPhysicalMemory(t *testing.T) {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		t.Skip("no /proc/meminfo to compare with: ", err)
	}
	var kib uint64
	if _, err := fmt.Sscanf(string(text[strings.Index(string(text), "MemTotal:"):]), "MemTotal: %d kB", &kib); err != nil {
		t.Fatal(err)
	}
	if got := physicalMemory(); got > kib<<10 || got < 1<<20 {
		t.Errorf("%d bytes, /proc/meminfo has %d", got, kib<<10)
	}
}

// Positions are exact up to 2^24, and beyond there are none.
func TestPositionsAreExact(t *testing.T) {
	x := Zeros(exact + 2)
	x.data[exact] = 1
	x.data[exact-1] = -1
	fits := x.Slice(0, 0, exact+1)
	if got := fits.ArgMax().Item(); got != exact {
		t.Errorf("ArgMax is %v", got)
	}
	if got := fits.ArgMin().Item(); got != exact-1 {
		t.Errorf("ArgMin is %v", got)
	}
	want := "tensor.ArgMax: float32 has no exact positions among 16777218 elements of shape [16777218], at most 16777217"
	if got := panicText(func() { x.ArgMax(0) }); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := x.Reshape(-1, 2).ArgMax(0); got.At1(0) != exact/2 || got.At1(1) != 0 {
		t.Errorf("along the first axis %v", got)
	}
}
