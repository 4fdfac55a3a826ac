package pool

import (
	"runtime"
	"testing"
	"unsafe"
)

// TestUncleared: memory is as long as asked for, aligned to cache lines where it is large, its own, and outlives a
// collection.
func TestUncleared(t *testing.T) {
	for _, n := range []int{0, 1, big - 1, big, big + 1, 3 << 18} {
		a, b := Uncleared(n), Uncleared(n)
		if len(a) != n || cap(a) < n {
			t.Fatalf("Uncleared(%d) has length %d", n, len(a))
		}
		if n >= big && uintptr(unsafe.Pointer(&a[0]))%64 != 0 {
			t.Errorf("Uncleared(%d) begins at %p", n, &a[0])
		}
		for k := range a {
			a[k], b[k] = float32(k), -1
		}
		runtime.GC()
		for k := range a {
			if a[k] != float32(k) || b[k] != -1 {
				t.Fatalf("Uncleared(%d): element %d is %v and %v", n, k, a[k], b[k])
			}
		}
	}
}

// TestBorrow: memory has the length asked for and room for its class, comes back, and costs no allocation then, also
// where loans of different sizes alternate.
func TestBorrow(t *testing.T) {
	for n := range 5000 {
		b := Borrow(n)
		if len(*b) != n || cap(*b) < n {
			t.Fatalf("Borrow(%d) has length %d and capacity %d", n, len(*b), cap(*b))
		}
		GiveBack(b)
	}
	if got := testing.AllocsPerRun(100, func() {
		for _, n := range []int{10, 100_000, 64, 65} {
			GiveBack(Borrow(n))
		}
	}); got >= 1 {
		t.Errorf("%v allocations", got)
	}
}
