package rt

import (
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestPriority: in a loop the thread has the class that the report says, unless KeepPriority leaves it alone; afterwards
// the thread and Go's scheduler are as they were.
func TestPriority(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	policy := func() uint32 {
		t.Helper()
		attr, err := unix.SchedGetAttr(0, 0)
		if err != nil {
			t.Fatal(err)
		}
		return attr.Policy
	}
	before, processors := policy(), runtime.GOMAXPROCS(0)
	if before != unix.SCHED_NORMAL {
		t.Skipf("the tests themselves run with policy %d, which a loop leaves alone", before)
	}
	for _, opts := range [][]Option{nil, {KeepPriority()}} {
		var inside uint32
		l := New(ms, opts...)
		if err := l.Run(func(tick Tick) bool { inside = policy(); return tick.N < 3 }); err != nil {
			t.Fatal(err)
		}
		wait := l.Report().Wait
		first := strings.HasSuffix(wait, ", SCHED_FIFO")
		if first != (inside == unix.SCHED_FIFO) || len(opts) > 0 && strings.Contains(wait, "SCHED_FIFO") {
			t.Errorf("policy %d, report %q", inside, wait)
		}
		t.Log(wait)
		if policy() != before || runtime.GOMAXPROCS(0) != processors {
			t.Errorf("left with policy %d and %d processors, had %d and %d", policy(), runtime.GOMAXPROCS(0), before, processors)
		}
	}
}
