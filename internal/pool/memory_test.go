package pool

import "testing"

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
