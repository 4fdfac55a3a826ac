//go:build unix

package durin

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/livespike/livespike/internal/interrupt"
	"github.com/livespike/livespike/io/durin/sim"
)

// drivers are the ways in which a robot loses its program. Each starts one that drives, says how to end it, and cleans up.
var drivers = []struct {
	name  string
	start func(tb testing.TB, s *sim.Server) (end, clean func())
}{
	{"sigkill", inChild(syscall.SIGKILL)},
	{"sigint", inChild(syscall.SIGINT)},
	{"sigterm", inChild(syscall.SIGTERM)},
	{"interrupt", inCell(func(cancel func(), _ *Robot, _ *sim.Server) { cancel() })},
	{"close", inCell(func(_ func(), r *Robot, _ *sim.Server) { r.Close() })},
	{"hangs", hanging},
	{"cable", inCell(func(_ func(), _ *Robot, s *sim.Server) { s.Do(func(r *sim.Robot) { r.Stall(time.Hour) }) })},
}

var ahead = MoveWheels{NE: 200, NW: 200, SW: 200, SE: 200}

// inChild drives from another process, which a signal ends.
func inChild(how syscall.Signal) func(testing.TB, *sim.Server) (end, clean func()) {
	return func(tb testing.TB, s *sim.Server) (end, clean func()) {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), driveForever+"="+s.Addr())
		if err := child.Start(); err != nil {
			tb.Fatal(err)
		}
		return func() {
				if err := child.Process.Signal(how); err != nil {
					tb.Error(err)
				}
			}, func() {
				var exit *exec.ExitError
				if err := child.Wait(); !errors.As(err, &exit) {
					tb.Errorf("ended with %v", err)
				}
			}
	}
}

// inCell drives in a goroutine whose context is a cell's.
func inCell(how func(cancel func(), r *Robot, s *sim.Server)) func(testing.TB, *sim.Server) (end, clean func()) {
	return func(tb testing.TB, s *sim.Server) (end, clean func()) {
		ctx, cancel := context.WithCancel(context.Background())
		restore := interrupt.Set(ctx)
		r, err := Dial(s.Addr(), NoSignals())
		if err != nil {
			tb.Fatal(err)
		}
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			defer func() { _ = recover() }() // Next and Send end a cell by a panic
			for {
				r.Next()
				r.Send(ahead)
				if r.Err() != nil {
					return // as the next cell would find it
				}
			}
		}()
		return func() { how(cancel, r, s) }, func() {
			cancel()
			restore()
			<-ended
			r.Close()
		}
	}
}

// hanging is a program that lives and says nothing more.
func hanging(tb testing.TB, s *sim.Server) (end, clean func()) {
	r, err := Dial(s.Addr(), NoSignals())
	if err != nil {
		tb.Fatal(err)
	}
	stop, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-stop:
				return
			default:
				r.Next()
				r.Send(ahead)
			}
		}
	}()
	return func() { close(stop) }, func() { <-ended; r.Close() }
}

// stopTimes is what a robot did when its program was ended.
type stopTimes struct {
	told  time.Duration // until it was told zero wheels, or its own watchdog had set them
	still time.Duration // until its wheels stood still
}

// endOf drives a robot, ends its program and watches the robot until it stands.
func endOf(tb testing.TB, start func(testing.TB, *sim.Server) (end, clean func())) (t stopTimes) {
	server := serve(tb, "empty?speed=1&quiet=1")
	end, clean := start(tb, server)
	defer clean()
	wait(tb, "speed", func() (fast bool) {
		server.Do(func(r *sim.Robot) { fast = r.Wheels()[0] > 190 })
		return fast
	})
	began := time.Now()
	end()
	for limit := began.Add(20 * time.Second); t.still == 0; time.Sleep(200 * time.Microsecond) {
		if time.Now().After(limit) {
			tb.Fatal("the robot drives on")
		}
		server.Do(func(r *sim.Robot) {
			now := time.Since(began)
			switch zero := r.Commanded() == [4]float64{}; {
			case zero && t.told == 0:
				t.told = now
			case !zero && t.told != 0:
				tb.Errorf("told to drive again %v after the end", now)
			}
			if !r.Moving() {
				t.still = now
			}
		})
	}
	return t
}

// TestProgramEnds: however a program ends, its robot comes to a stand, and stays there when it is heard of again.
func TestProgramEnds(t *testing.T) {
	for _, d := range drivers {
		t.Run(d.name, func(t *testing.T) {
			got := endOf(t, d.start)
			t.Logf("zero wheels after %v, still after %v", got.told.Round(10*time.Microsecond), got.still.Round(time.Millisecond))
		})
	}
}

// TestCableBack: after a pulled cable the commands that were on their way come late, the zeros behind them. The wheels
// do not start again. The cable stays out until the robot stands, however slow the machine is, and the client waits as
// long for replies.
func TestCableBack(t *testing.T) {
	server := serve(t, "empty?speed=1&quiet=1")
	r, err := Dial(server.Addr(), NoSignals(), Timeout(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	wait(t, "motion", func() bool { r.Send(ahead); return moving(server) })
	server.Do(func(robot *sim.Robot) { robot.Stall(time.Hour) })
	wait(t, "the client's stop", func() bool { r.Send(ahead); return IsStale(r.Err()) })
	wait(t, "the stop", func() bool { r.Send(ahead); return !moving(server) })
	stats := r.Stats()
	server.Do(func(robot *sim.Robot) { robot.Stall(time.Millisecond) }) // from now, and so it ends
	wait(t, "the robot's return", func() bool { return r.Stats().Frames > stats.Frames+2 })
	server.Do(func(robot *sim.Robot) {
		if robot.Moving() || robot.Commanded() != [4]float64{} {
			t.Errorf("the wheels start again: %v, told %v", robot.Wheels(), robot.Commanded())
		}
	})
	if stats.Held == 0 || r.Err() != nil {
		t.Errorf("%d motions held while blind; then %v", stats.Held, r.Err())
	}
}

// BenchmarkStop is the time to stop, by how the program ends: from its end to zero wheels in the robot, and to wheels
// that stand still (under 1 mm/s; the motors' lag alone is 0.27 s from 200 mm/s).
func BenchmarkStop(b *testing.B) {
	for _, d := range drivers {
		b.Run("end="+d.name, func(b *testing.B) {
			var told, still []time.Duration
			for b.Loop() {
				t := endOf(b, d.start)
				told, still = append(told, t.told), append(still, t.still)
			}
			ms := func(d time.Duration) float64 { return float64(d) / 1e6 }
			slices.Sort(told)
			b.ReportMetric(ms(told[len(told)/2]), "zero-median-ms")
			b.ReportMetric(ms(told[len(told)-1]), "zero-max-ms")
			b.ReportMetric(ms(slices.Max(still)), "still-max-ms")
		})
	}
}
