package durin

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/livespike/livespike/internal/interrupt"
)

// TestFirstFrameIsZeros: durin.md section 14, rule 4.
func TestFirstFrameIsZeros(t *testing.T) {
	f, _ := dialFake(t)
	if heard := f.log(); heard[0] != zeros {
		t.Errorf("the first frame is %s", heard[0])
	}
}

// TestCloseStops: zeros twice, then streaming off, and all of it has arrived when Close returns.
func TestCloseStops(t *testing.T) {
	f, r := dialFake(t, deadManAfter(time.Hour))
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	<-f.gone
	heard := f.log()
	if n := len(heard); n < 4 || !slices.Equal(heard[n-3:], []string{zeros, zeros, "disableStreaming"}) {
		t.Errorf("heard %q", heard)
	}
	if err := r.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
	defer func() {
		if recover() == nil {
			t.Error("Send on a closed robot did not panic")
		}
	}()
	r.Send(drive)
}

// TestInterruptStops: the end of the cell that drove ends the motion, and what that cell still sends is held.
func TestInterruptStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer interrupt.Set(ctx)()
	f, r := dialFake(t, deadManAfter(time.Hour))
	cancel()
	f.waitFor(t, "zeros", stopped)
	r.Send(drive)
	if s := r.Stats(); s.Held != 1 || s.DeadMan != 0 {
		t.Errorf("%v; want one motion held", s)
	}
	defer func() {
		err, ok := recover().(error)
		if !ok {
			t.Error("Next in an interrupted cell did not end it")
		} else if want := "durin: " + f.addr() + ": interrupted: context canceled"; err.Error() != want {
			t.Errorf("%q, want %q", err, want)
		}
	}()
	r.Next()
}

// TestNextCellStops: the same when the next cell is faster than the watch over the last one.
func TestNextCellStops(t *testing.T) {
	first, end := context.WithCancel(context.Background())
	restore := interrupt.Set(first)
	f, r := dialFake(t, deadManAfter(time.Hour))
	r.mu.Lock()
	r.unwatch() // so that nobody watches
	r.mu.Unlock()
	end()
	restore()
	r.Send(SetLED{R: 1})
	f.waitFor(t, "zeros", stopped)
}

// TestDeadMan: motion without a new Send ends.
func TestDeadMan(t *testing.T) {
	f, r := dialFake(t, deadManAfter(time.Millisecond))
	f.waitFor(t, "zeros", stopped)
	if n := r.Stats().DeadMan; n != 1 {
		t.Errorf("%d dead man stops", n)
	}
}

// TestSightless: without Blind nothing moves before the first time-of-flight frame.
func TestSightless(t *testing.T) {
	f := newFakeRobot(t, false)
	r, err := Dial(f.addr(), NoSignals())
	if err != nil {
		t.Fatal(err)
	}
	r.Send(drive)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	<-f.gone
	if heard := f.log(); slices.Contains(heard, wires) {
		t.Errorf("drove blindly: %q", heard)
	}
	if n := r.Stats().Held; n != 1 {
		t.Errorf("%d motions held", n)
	}
}
