package interp_test

import (
	"runtime"
	"testing"
)

// TestMemory runs many cells: each may leave 2 KiB behind, so that a day of them does not matter.
func TestMemory(t *testing.T) {
	in := session()
	eval(t, in, 1, "x := 1")
	heap := func() int {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int(m.HeapAlloc)
	}
	const warm, cells = 100, 2000
	before := 0
	for i := range warm + cells {
		if i == warm {
			before = heap()
		}
		eval(t, in, i+2, "x++\nx + 1")
	}
	if left := (heap() - before) / cells; left > 2<<10 {
		t.Errorf("a cell leaves %d bytes behind", left)
	}
	runtime.KeepAlive(in)
}
