package durin

import (
	"context"
	"slices"
	"strings"
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

// TestOldSightSlows: durin.md section 14: half speed while the sensors' data is older than 200 ms, nothing above 500 ms,
// and full speed with the first command behind a new frame.
func TestOldSightSlows(t *testing.T) {
	r := MustDial("sim:empty?seed=1")
	defer r.Close()
	for _, c := range []struct {
		age  time.Duration
		want float32
	}{{0, 100}, {300 * time.Millisecond, 50}, {0, 100}, {600 * time.Millisecond, 100}, {0, 100}} {
		r.Next()
		r.mu.Lock()
		for i := range r.obs.ToFAt {
			r.obs.ToFAt[i] = r.obs.ToFAt[i].Add(-c.age)
		}
		r.mu.Unlock()
		held := r.Stats().Held
		r.Send(MoveWheels{100, 100, 100, 100})
		if got, want := r.Last(), (MoveWheels{c.want, c.want, c.want, c.want}); got != want {
			t.Errorf("data of %v before: %v, want %v", c.age, got, want)
		}
		if is, want := r.Stats().Held-held, c.age > staleAge; (is == 1) != want {
			t.Errorf("data of %v before: %d held", c.age, is)
		}
	}
}

// TestOneStaleSensor: a sensor that is not heard of any more is as bad as none, whatever the other seven see; the error says
// which. While it was never heard of nothing moves either.
func TestOneStaleSensor(t *testing.T) {
	r := MustDial("sim:empty?seed=1")
	defer r.Close()
	age := func(id int, age time.Duration) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.obs.ToFAt[id] = r.epoch.Add(r.now() - age)
	}
	r.Next()
	r.Send(Move{Y: 100})
	age(3, 300*time.Millisecond)
	if r.Send(Move{Y: 100}); r.Last() != (Move{Y: 50}) || r.Err() != nil {
		t.Errorf("sensor 3 is 300 ms old: %v, %v", r.Last(), r.Err())
	}
	age(3, 600*time.Millisecond)
	r.mu.Lock()
	r.tend(r.now())
	r.mu.Unlock()
	if r.Last() != (MoveWheels{}) || r.Stats().Stale != 1 || !IsStale(r.Err()) || !strings.Contains(r.Err().Error(), "sensor 3 was heard of 600ms ago") {
		t.Errorf("sensor 3 is 600 ms old: %v, %v", r.Last(), r.Err())
	}
	if s := r.Stats(); s.AgeP99 < 290*time.Millisecond || s.AgeP99 > 310*time.Millisecond {
		t.Errorf("age of the data at Send: %v, want that of sensor 3", s.AgeP99)
	}
	if r.Next(); r.Err() != nil {
		t.Errorf("all were heard of again: %v", r.Err())
	}
	r.mu.Lock()
	r.obs.ToFAt[6] = time.Time{}
	r.mu.Unlock()
	if r.Send(Move{Y: 100}); r.Stats().Held != 1 || !strings.Contains(r.Err().Error(), "sensor 6 was never heard of") {
		t.Errorf("sensor 6 was never heard of: %v, %v", r.Last(), r.Err())
	}
}

// TestGoneStays: that a robot is gone is not hidden by what follows from it, until it is heard of again. Motion that is
// held costs no memory.
func TestGoneStays(t *testing.T) {
	f := newFakeRobot(t, false)
	r, err := Dial(f.addr(), NoSignals(), Option{"silence", func(s *settings) { s.silence = time.Millisecond }})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	r.Send(drive)
	if err := r.Err(); !IsStale(err) || !strings.Contains(err.Error(), "no sensor was heard of yet") {
		t.Errorf("before the first frame: %v", err)
	}
	var c Command = drive
	if n := testing.AllocsPerRun(100, func() { r.Send(c) }); n != 0 {
		t.Errorf("%v allocations for a Send that is held", n)
	}
	if _, err := r.NextContext(context.Background()); !IsGone(err) {
		t.Fatalf("no frame came: %v", err)
	}
	held := r.Stats().Held
	r.Send(drive)
	if err := r.Err(); !IsGone(err) || r.Stats().Held != held+1 {
		t.Errorf("after another Send: %v", err)
	}
	r.mu.Lock()
	for id := range r.obs.ToFAt {
		r.obs.ToFAt[id] = time.Now()
	}
	r.endCycle()
	r.mu.Unlock()
	if err := r.Err(); err != nil {
		t.Errorf("after a frame: %v", err)
	}
}

// TestMaxAccel: 500 mm/s² are 50 mm/s in 0.1 s, which is as much as a pause counts. By wheels or by the body's velocity,
// from rest or from the other, speeds do not leap; a stop does.
func TestMaxAccel(t *testing.T) {
	wheels := func(v float32) MoveWheels { return MoveWheels{v, v, v, v} }
	for _, c := range []struct {
		profile       Profile
		first, second Command
		became, then  Command // what was sent instead
	}{
		{Profile{}, wheels(400), wheels(400), wheels(50), wheels(100)},
		{Profile{}, Move{Y: 400}, Move{Y: 400}, Move{Y: 50}, Move{Y: 100}},
		{Profile{}, Move{Y: 400}, wheels(400), Move{Y: 50}, wheels(100)},
		{Profile{}, wheels(400), Move{Y: 400}, wheels(50), Move{Y: 100}},
		{Profile{}, Move{X: 400}, MoveWheels{NE: -400, NW: 400, SW: -400, SE: 400}, Move{X: 50}, MoveWheels{NE: -100, NW: 100, SW: -100, SE: 100}},
		{Profile{Wheels: WheelsRaw, InvertX: true}, Move{X: 400}, MoveWheels{NE: -400, NW: 400, SW: -400, SE: 400}, Move{X: -50}, MoveWheels{NE: -100, NW: 100, SW: -100, SE: 100}},
		{Profile{Wheels: WheelsRaw}, wheels(400), Move{Y: 400}, wheels(50), Move{Y: 100}},
	} {
		r := MustDial("sim:empty?seed=1", MaxAccel(500), WithProfile(c.profile), deadManAfter(time.Hour))
		r.Wait(time.Second)
		for _, step := range []struct{ send, want Command }{{c.first, c.became}, {c.second, c.then}, {Stop{}, MoveWheels{}}} {
			r.Send(step.send)
			if got := r.Last(); got != step.want {
				t.Errorf("%v: %v became %v, want %v", c.profile, step.send, got, step.want)
			}
			r.Wait(200 * time.Millisecond)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}
