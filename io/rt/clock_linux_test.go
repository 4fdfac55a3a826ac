package rt

import (
	"errors"
	"os/exec"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

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

// TestOthersGoOn: what has to stop the whole program, as a garbage collection does, gets its turn beside a loop that
// waits nearly all of the time, whenever it comes: a hundred times in 3000 ticks.
func TestOthersGoOn(t *testing.T) {
	const want = 100
	var stops atomic.Int64
	began, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		<-began
		for range want {
			time.Sleep(ms / 3) // to come at other parts of a tick than the step
			var m runtime.MemStats
			runtime.ReadMemStats(&m) // stops the program
			stops.Add(1)
		}
	}()
	if err := New(ms).Run(func(tick Tick) bool {
		if tick.N == 0 {
			close(began)
		}
		return stops.Load() < want && tick.N < 3000
	}); err != nil {
		t.Error(err)
	}
	if n := stops.Load(); n < want {
		t.Errorf("%d stops in 3000 ticks, want %d", n, want)
	}
	<-ended
}

// TestChildren: a program that a step starts has no priority.
func TestChildren(t *testing.T) {
	l := New(ms)
	var child *unix.SchedAttr
	var failed error
	if err := l.Run(func(Tick) bool {
		c := exec.Command("cat")
		stdin, err := c.StdinPipe()
		if err == nil {
			err = c.Start()
		}
		if err != nil {
			failed = err
			return false
		}
		child, failed = unix.SchedGetAttr(c.Process.Pid, 0)
		failed = errors.Join(failed, stdin.Close(), c.Wait())
		return false
	}); err != nil {
		t.Fatal(err)
	}
	if failed != nil {
		t.Fatal(failed)
	}
	if wait := l.Report().Wait; !strings.HasSuffix(wait, ", SCHED_FIFO") {
		t.Skipf("the loop itself has no priority: %s", wait)
	}
	if child.Policy != unix.SCHED_NORMAL {
		t.Errorf("a child has policy %d", child.Policy)
	}
}

// TestProcessorsOfStep: what a step sets stays.
func TestProcessorsOfStep(t *testing.T) {
	before := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(before)
	want := 3 * before // the loop has set another number
	if err := New(ms).Run(func(Tick) bool { runtime.GOMAXPROCS(want); return false }); err != nil {
		t.Fatal(err)
	}
	if n := runtime.GOMAXPROCS(0); n != want {
		t.Errorf("%d processors, the step has set %d", n, want)
	}
}
