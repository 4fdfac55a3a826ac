package rt

import (
	"time"

	"github.com/livespike/livespike/internal/interrupt"
)

// Stages is a control step in three parts, each with a timer of its own in the report. A stage that is nil is left out.
//
//	loop := rt.New(time.Millisecond, rt.OnMiss(rt.Stop))
//	err := loop.RunStages(rt.Stages{
//		Source: func(rt.Tick) bool { … },          // take what has come; false ends the loop
//		Model:  func(rt.Tick) { cell.ForwardInto(spikes, x, state) },
//		Sink:   func(rt.Tick) { … },               // hand on what came out
//	})
type Stages struct {
	Source func(Tick) bool
	Model  func(Tick)
	Sink   func(Tick)
}

var stageNames = [...]string{"source", "model", "sink"}

// stage is what is recorded of one stage.
type stage struct {
	time   Histogram
	missed uint64
}

// RunStages is Run with a step in three stages.
func (l *Loop) RunStages(s Stages) error {
	l.staged = true
	defer func() { l.staged = false }()
	return l.RunContext(interrupt.Context(), func(t Tick) bool {
		more := true
		begin := l.clock.now()
		if s.Source != nil {
			more = s.Source(t)
		}
		middle := l.clock.now()
		if s.Model != nil && more {
			s.Model(t)
		}
		last := l.clock.now()
		if s.Sink != nil && more {
			s.Sink(t)
		}
		l.record.stage(middle-begin, last-middle, l.clock.now()-last)
		return more
	})
}

// stage records how long the stages of a step took.
func (r *record) stage(times ...time.Duration) {
	r.slowest = 0
	for i, d := range times {
		r.stages[i].time.Record(d)
		if d > times[r.slowest] {
			r.slowest = i
		}
	}
}

// Latency records how long something took from its arrival to its effect, such as an event to a spike. It is for the
// loop's own step.
func (l *Loop) Latency(d time.Duration) { l.record.latency.Record(d) }

// Drop counts what the loop's step could not take or hand on, such as events of a full mailbox. It is for the loop's own
// step.
func (l *Loop) Drop(n int) { l.record.dropped += uint64(max(n, 0)) }
