package rt

import (
	"context"
	"encoding/json"
	"errors"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/livespike/livespike/internal/interrupt"
)

// fakeClock goes only as far as it is told: wakes are how much too late it wakes up, by tick.
type fakeClock struct {
	at    time.Duration
	waits int
	wakes map[int]time.Duration
}

func (c *fakeClock) begin(time.Duration, bool) func() { c.at, c.waits = 0, 0; return func() {} }
func (c *fakeClock) now() time.Duration               { return c.at }
func (c *fakeClock) String() string                   { return "fake" }
func (c *fakeClock) wait(until time.Duration, _ <-chan struct{}) {
	c.at = max(c.at, until) + c.wakes[c.waits]
	c.waits++
}

const ms = time.Millisecond

// TestPolicies: a wake-up 2.5 ms late at tick 2 and a step of 3.5 ms at tick 6, with a period of 1 ms, by hand.
func TestPolicies(t *testing.T) {
	for _, c := range []struct {
		policy     Policy
		ticks      []int64
		wake, step uint64
		missed     bool
	}{
		{Skip, []int64{0, 1, 4, 5, 6, 9, 10}, 2, 2, false},
		{CatchUp, []int64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 2, 2, false},
		{Stop, []int64{0, 1}, 1, 0, true},
	} {
		clock := &fakeClock{wakes: map[int]time.Duration{2: 2*ms + ms/2}}
		l := New(ms, OnMiss(c.policy))
		l.clock = clock
		var ticks []int64
		err := l.Run(func(tick Tick) bool {
			if tick.Time != time.Duration(tick.N)*ms || tick.Late != clock.at-tick.Time {
				t.Errorf("%v: %v, clock %v", c.policy, tick, clock.at)
			}
			ticks = append(ticks, tick.N)
			if tick.N == 6 {
				clock.at += 3*ms + ms/2
			}
			return tick.N < 10
		})
		if (err != nil) != c.missed || IsMissed(err) != c.missed {
			t.Errorf("%v: error %v", c.policy, err)
		}
		if !slices.Equal(ticks, c.ticks) {
			t.Errorf("%v: ticks %v, want %v", c.policy, ticks, c.ticks)
		}
		r := l.Report()
		if r.Ticks != uint64(len(c.ticks)) || r.MissedWake != c.wake || r.MissedStep != c.step {
			t.Errorf("%v: %v", c.policy, r)
		}
	}
}

// TestDt is the time between the beginnings of two steps.
func TestDt(t *testing.T) {
	clock := &fakeClock{wakes: map[int]time.Duration{1: ms / 4}}
	l := New(ms)
	l.clock = clock
	var dt []time.Duration
	if err := l.Run(func(tick Tick) bool { dt = append(dt, tick.Dt); return len(dt) < 3 }); err != nil {
		t.Fatal(err)
	}
	if want := []time.Duration{ms, ms + ms/4, ms - ms/4}; !slices.Equal(dt, want) {
		t.Errorf("%v, want %v", dt, want)
	}
}

// TestInterrupt: a loop ends with its cell, also in the middle of a long period.
func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer interrupt.Set(ctx)()
	err := New(time.Hour).Run(func(Tick) bool { cancel(); return true })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
}

// TestNeverEarly: on the system's clock no step begins before its tick, and the collector is as it was afterwards.
func TestNeverEarly(t *testing.T) {
	percent := debug.SetGCPercent(70)
	defer debug.SetGCPercent(percent)
	limit := debug.SetMemoryLimit(-1)
	for _, spin := range []time.Duration{0, 150 * time.Microsecond} {
		l := New(ms/2, Spin(spin))
		if err := l.Run(func(tick Tick) bool {
			if tick.Late < 0 {
				t.Errorf("%v", tick)
			}
			return tick.N < 40
		}); err != nil {
			t.Fatal(err)
		}
		t.Logf("%v\n%v", l, l.Report())
	}
	if got := debug.SetGCPercent(70); got != 70 {
		t.Errorf("the collector is left at %d %%", got)
	}
	if got := debug.SetMemoryLimit(-1); got != limit {
		t.Errorf("the memory limit is left at %d", got)
	}
}

// TestTicksDoNotAllocate: a run of many ticks allocates as much as a run of one, but for what the runtime's figures take,
// which each run reads before and behind.
func TestTicksDoNotAllocate(t *testing.T) {
	l := New(10 * time.Microsecond)
	run := func(n int64) float64 {
		step := func(tick Tick) bool { return tick.N < n }
		return testing.AllocsPerRun(5, func() {
			if err := l.RunContext(context.Background(), step); err != nil {
				t.Fatal(err)
			}
		})
	}
	if one, many := run(1), run(1000); many >= one+10 {
		t.Errorf("%v allocations for a tick, %v for a thousand", one, many)
	}
}

// TestStages by hand: the stages take 1, 2 and 0.5 ms of a period of 2 ms, so that steps begin at 0, 3.5, 7 and
// 10.5 ms: ticks 2 and 4 are missed because of the model, and the first three steps end after their deadline.
func TestStages(t *testing.T) {
	clock := &fakeClock{}
	l := New(2*ms, Deadline(3*ms))
	l.clock = clock
	err := l.RunStages(Stages{
		Source: func(tick Tick) bool { clock.at += ms; return tick.N < 4 },
		Model:  func(Tick) { clock.at += 2 * ms; l.Latency(3 * ms) },
		Sink:   func(Tick) { clock.at += ms / 2; l.Drop(2) },
	})
	if err != nil {
		t.Fatal(err)
	}
	r := l.Report()
	if r.Ticks != 4 || r.MissedStep != 2 || r.Overdue != 3 || r.Dropped != 6 || len(r.Stages) != 3 || r.Latency == nil {
		t.Fatalf("%v", r)
	}
	for i, want := range []time.Duration{ms, 2 * ms, ms / 2} {
		if s := r.Stages[i]; s.Name != stageNames[i] || s.Time.Max != want {
			t.Errorf("%v, want %v", s, want)
		}
	}
	if r.Stages[0].Missed != 0 || r.Stages[1].Missed != 2 || r.Stages[2].Missed != 0 {
		t.Errorf("%v", r)
	}
	twice := r.Plus(r)
	if twice.Overdue != 6 || twice.Stages[1].Missed != 4 || twice.stages[1].Count() != 2*r.stages[1].Count() {
		t.Errorf("%v", twice)
	}
	if err := l.Run(func(Tick) bool { return false }); err != nil || l.Report().Stages != nil {
		t.Errorf("a run without stages: %v %v", l.Report(), err)
	}
}

// TestStagesDoNotAllocate: neither does a step in stages.
func TestStagesDoNotAllocate(t *testing.T) {
	l := New(10 * time.Microsecond)
	run := func(n int64) float64 {
		s := Stages{func(tick Tick) bool { return tick.N < n }, func(Tick) { l.Latency(ms) }, func(Tick) { l.Drop(1) }}
		return testing.AllocsPerRun(5, func() {
			if err := l.RunStages(s); err != nil {
				t.Fatal(err)
			}
		})
	}
	if one, many := run(1), run(1000); many >= one+10 {
		t.Errorf("%v allocations for a tick, %v for a thousand", one, many)
	}
}

func TestReportJSON(t *testing.T) {
	l := New(ms)
	l.clock = &fakeClock{}
	if err := l.Run(func(tick Tick) bool { return tick.N < 4 }); err != nil {
		t.Fatal(err)
	}
	text, err := l.Report().JSON()
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	if got["period_ns"] != 1e6 || got["ticks"] != 5.0 || got["wait"] != "fake" {
		t.Errorf("%s", text)
	}
	if s := l.Report().String(); !strings.HasPrefix(s, "5 ticks of 1ms; missed 0 by waking, 0 by stepping; ") {
		t.Errorf("%q", s)
	}
}

// BenchmarkNull is an empty loop at 1 kHz: what the machine itself adds to every other figure.
func BenchmarkNull(b *testing.B) {
	l := New(ms)
	for b.Loop() {
		if err := l.Run(func(tick Tick) bool { return tick.N < 500 }); err != nil {
			b.Fatal(err)
		}
	}
	r := l.Report()
	b.ReportMetric(float64(r.Late.P50)/1000, "late-p50-µs")
	b.ReportMetric(float64(r.Late.P99)/1000, "late-p99-µs")
}
