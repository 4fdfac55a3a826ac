package pool

import (
	"runtime"
	"runtime/debug"
	"slices"
	"testing"
	"unsafe"
)

// collect is a collection after which all finalizers have run.
func collect() {
	for range 2 { // those of the second come after those of the first
		collectOnce()
	}
}

func collectOnce() {
	done := make(chan bool)
	runtime.SetFinalizer(new([64]byte), func(*[64]byte) { close(done) })
	runtime.GC()
	<-done
}

// TestUnclearedComesBack: memory that was dropped is given out again, memory that any slice of it reaches is not, and what
// nobody asks for is let go.
func TestUnclearedComesBack(t *testing.T) {
	const n = 3*big + 5
	held := Uncleared(n)
	tail := held[n-2:]
	tail[0], tail[1] = 3, 4
	first := uintptr(unsafe.Pointer(&held[0]))
	seen, again := map[uintptr]bool{first: true}, 0
	for range 20 {
		z := Uncleared(n - 1) // of the same size in memory
		at := uintptr(unsafe.Pointer(&z[0]))
		if at == first {
			t.Fatal("memory is given out that a slice still reaches")
		}
		if seen[at] {
			again++
		}
		seen[at] = true
		for k := range z {
			z[k] = 7
		}
		collect()
	}
	if again < 15 {
		t.Errorf("%d of 20 requests got memory that had come back", again)
	}
	if tail[0] != 3 || tail[1] != 4 {
		t.Errorf("the held slice became %v", tail)
	}
	runtime.KeepAlive(tail)
	for range 3 {
		collect()
	}
	large.mu.Lock()
	defer large.mu.Unlock()
	if large.free != 0 {
		t.Errorf("%d bytes are kept that nobody asks for", large.free)
	}
}

// TestUnclearedKeepsLittle: what comes back is kept up to a limit, and more does not come back: a loop that drops its outputs
// needs little more memory than one that makes them anew.
func TestUnclearedKeepsLittle(t *testing.T) {
	var all [][]float32
	for range 24 {
		all = append(all, Uncleared(1<<19)) // 2 MB
	}
	runtime.KeepAlive(all)
	collectOnce()
	large.mu.Lock()
	defer large.mu.Unlock()
	if large.free > keep {
		t.Errorf("%d bytes are kept, more than %d", large.free, keep)
	}
}

// TestUnclearedHeap: a collection leaves little more than what is kept, however much was dropped.
func TestUnclearedHeap(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // only those asked for
	for round := range 10 {
		for range 100 { // 200 MB
			Uncleared(1 << 19)[0] = 1
		}
		collectOnce()
		var m runtime.MemStats
		if runtime.ReadMemStats(&m); m.HeapAlloc > 2*keep {
			t.Fatalf("round %d: a collection leaves %d MB", round, m.HeapAlloc>>20)
		}
	}
}

// TestCopy: a copy has the elements and shares none.
func TestCopy(t *testing.T) {
	for _, n := range []int{0, 1, big - 1, big, 2*big + 1} {
		x := make([]float32, n)
		for k := range x {
			x[k] = float32(k)
		}
		y := Copy(x)
		if !slices.Equal(x, y) {
			t.Fatalf("the copy of %d elements differs", n)
		}
		if n > 0 && &x[0] == &y[0] {
			t.Fatalf("the copy of %d elements shares them", n)
		}
	}
}
