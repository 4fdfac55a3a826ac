package sim

import (
	"math"
	"runtime"
	"testing"
	"time"

	"github.com/livespike/livespike/io/durin/wire"
)

// TestSeveral: two robots face each other 1 m apart. Each sees the other at the distance of their geometry, and when
// one drives it stops at the other, two radii away.
func TestSeveral(t *testing.T) {
	w := &World{Name: "two", Starts: []Pose{{Vec{0, 0}, 0}, {Vec{1000, 0}, math.Pi}}}
	a, err := newArena(Config{World: w, Start: 1, Robots: 2, Quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	one, two := a.robots[0], a.robots[1]
	one.Handle(&wire.EnableTofStatus{On: true})
	a.stepToF(one)
	half := degrees(tofField / zones / 2)
	// A ray at half a zone from the axis meets the circle of the other's body.
	along := 900 * math.Cos(half)
	want := (along - math.Sqrt(along*along-900*900+bodyRadius*bodyRadius)) / math.Cos(half)
	if mm, status := one.Range(0, 3, 3); math.Abs(float64(mm)-want) > 0.51 || status == wire.StatusInvalid {
		t.Errorf("sees the other at %v mm, status %d; want %.1f", mm, status, want)
	}
	for range 100 {
		one.Handle(&wire.SetWheelVelocity{FrontLeft: 200, FrontRight: 200, BackLeft: 200, BackRight: 200})
		a.step(100 * time.Millisecond)
	}
	if d := one.Pose().Distance(two.Pose()); math.Abs(d-2*bodyRadius) > 1 || one.ContactTime() == 0 {
		t.Errorf("%.1f mm apart, in contact for %v", d, one.ContactTime())
	}
	if _, err := newArena(Config{World: w, Robots: 3}); err == nil {
		t.Error("three robots at two starts")
	}
}

// TestStopped: a clock that is stopped and started again has one goroutine, and still goes.
func TestStopped(t *testing.T) {
	c, err := ParseConfig("empty?quiet=1&speed=1")
	if err != nil {
		t.Fatal(err)
	}
	s, err := Listen("127.0.0.1:0", c)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	before := runtime.NumGoroutine()
	for range 100 {
		s.SetSpeed(0)
		s.SetSpeed(1)
	}
	from := s.nowOf()
	for limit := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before || s.nowOf() <= from+time.Second/4; time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatalf("%d goroutines, %d before; the clock has gone from %v to %v", runtime.NumGoroutine(), before, from, s.nowOf())
		}
	}
}

// nowOf is the robot's time as run has left it.
func (s *Server) nowOf() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.robot.Now()
}

// TestStall: during a stall nothing is sent, and what the robot is told is done afterwards.
func TestStall(t *testing.T) {
	c, err := ParseConfig("empty?quiet=1&stall=1s%2B2s")
	if err != nil {
		t.Fatal(err)
	}
	r := New(c)
	sent := 0
	r.out = func([]byte) { sent++ }
	r.Handle(&wire.EnableStreaming{To: wire.UDPOnly, IP: []byte{127, 0, 0, 1}, Port: 9})
	r.Step(time.Second)
	before := sent
	r.Step(1990 * time.Millisecond)
	if sent > before+1 || before == 0 {
		t.Errorf("%d datagrams before, %d during the stall", before, sent-before)
	}
	woken := time.Duration(0)
	r.wake = func() { woken = r.Now() }
	r.Step(time.Second)
	if woken != 3*time.Second || sent < before+60 {
		t.Errorf("woken at %v, %d datagrams after the stall", woken, sent-before)
	}
}
