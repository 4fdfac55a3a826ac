package rt

import (
	"encoding/json"
	"fmt"
	"runtime/metrics"
	"slices"
	"time"
)

// Report is how a loop did.
type Report struct {
	Period     time.Duration `json:"period_ns"`
	Ticks      uint64        `json:"ticks"`             // steps that were done
	MissedWake uint64        `json:"missed_wake"`       // ticks missed because the system woke the loop too late
	MissedStep uint64        `json:"missed_step"`       // ticks missed because a step took too long
	Overdue    uint64        `json:"overdue"`           // steps that ended after their deadline
	Dropped    uint64        `json:"dropped"`           // what Loop.Drop counted
	Late       Summary       `json:"late"`              // from a tick to the beginning of its step
	Step       Summary       `json:"step"`              // the steps' own time
	Latency    *Summary      `json:"latency,omitempty"` // what Loop.Latency recorded
	Stages     []Stage       `json:"stages,omitempty"`  // of RunStages
	Pauses     uint64        `json:"gc_pauses"`         // times the garbage collector stopped the program
	Allocs     uint64        `json:"allocs"`            // objects the whole program allocated meanwhile
	Wait       string        `json:"wait"`              // how the loop waited

	late, step, latency *Histogram
	stages              []*Histogram
	null                *Report
	dark                bool // how it is drawn
}

// Stage is how long one stage of the steps took.
type Stage struct {
	Name   string  `json:"name"`
	Missed uint64  `json:"missed"` // ticks missed because a step took too long, of which this stage took the most
	Time   Summary `json:"time"`
}

// String is the stage on one line.
func (s Stage) String() string { return fmt.Sprintf("%s: %v, missed %d", s.Name, s.Time, s.Missed) }

// Beside is the report with that of a null loop, one of the same period that does nothing, in the same place: what the
// machine itself adds. Null makes one.
func (r Report) Beside(null Report) Report {
	r.null = &null
	return r
}

// Plus is the report of two runs as if they were one, for runs that take turns. The period is the first's.
func (r Report) Plus(s Report) Report {
	if r.late == nil {
		return s
	}
	if s.late == nil {
		return r
	}
	late, step, latency := *r.late, *r.step, *r.latency
	late.Add(s.late)
	step.Add(s.step)
	latency.Add(s.latency)
	r.latency, r.Latency = &latency, latency.optional()
	r.Overdue, r.Dropped = r.Overdue+s.Overdue, r.Dropped+s.Dropped
	if len(r.Stages) == len(s.Stages) {
		stages, hists := slices.Clone(r.Stages), slices.Clone(r.stages)
		for i := range stages {
			h := *hists[i]
			h.Add(s.stages[i])
			stages[i].Missed += s.Stages[i].Missed
			stages[i].Time, hists[i] = h.summary(), &h
		}
		r.Stages, r.stages = stages, hists
	}
	r.Ticks, r.MissedWake, r.MissedStep = r.Ticks+s.Ticks, r.MissedWake+s.MissedWake, r.MissedStep+s.MissedStep
	r.Pauses, r.Allocs = r.Pauses+s.Pauses, r.Allocs+s.Allocs
	r.late, r.step, r.Late, r.Step = &late, &step, late.summary(), step.summary()
	return r
}

// Null is the report of a loop that does nothing for a number of ticks.
func Null(period time.Duration, ticks int, opts ...Option) Report {
	l := New(period, opts...)
	done := 0
	// Its error is that of an interrupt or a missed tick, which the number of ticks shows.
	_ = l.Run(func(Tick) bool { done++; return done < ticks })
	return l.Report()
}

// Summary is the quantiles of durations.
type Summary struct {
	P50  time.Duration `json:"p50_ns"`
	P90  time.Duration `json:"p90_ns"`
	P99  time.Duration `json:"p99_ns"`
	P999 time.Duration `json:"p99_9_ns"`
	Max  time.Duration `json:"max_ns"`
}

// String is the quantiles on one line.
func (s Summary) String() string {
	return fmt.Sprintf("p50 %v, p90 %v, p99 %v, p99.9 %v, max %v", round(s.P50), round(s.P90), round(s.P99), round(s.P999), round(s.Max))
}

// String is the report, three lines, one more for each stage and the latency, and two for a null loop.
func (r Report) String() string {
	s := fmt.Sprintf("%d ticks of %v; missed %d by waking, %d by stepping; %d collector pauses, %d allocations; %s\nlate  %v\nstep  %v",
		r.Ticks, r.Period, r.MissedWake, r.MissedStep, r.Pauses, r.Allocs, r.Wait, r.Late, r.Step)
	for _, stage := range r.Stages {
		s += fmt.Sprintf("\n  %-6s %v, missed %d", stage.Name, stage.Time, stage.Missed)
	}
	if r.Latency != nil {
		s += fmt.Sprintf("\nlatency %v", *r.Latency)
	}
	if r.Overdue+r.Dropped > 0 {
		s += fmt.Sprintf("\n%d steps overdue, %d dropped", r.Overdue, r.Dropped)
	}
	if r.null != nil {
		s += fmt.Sprintf("\nnull loop: %d ticks, missed %d\nlate  %v", r.null.Ticks, r.null.MissedWake+r.null.MissedStep, r.null.Late)
	}
	return s
}

// JSON is the report as JSON, durations in ns.
func (r Report) JSON() (string, error) {
	b, err := json.Marshal(r)
	return string(b), err
}

// Report is of the last run, which must be over.
func (l *Loop) Report() Report {
	r := &l.record
	late, step, latency := r.late, r.step, r.latency // copies: the next run has its own
	report := Report{
		Period: l.period, Ticks: r.ticks, MissedWake: r.missedWake, MissedStep: r.missedStep,
		Late: r.late.summary(), Step: r.step.summary(), Pauses: r.pauses, Allocs: r.allocs, Wait: l.clock.String(),
		Overdue: r.overdue, Dropped: r.dropped, Latency: latency.optional(),
		late: &late, step: &step, latency: &latency,
	}
	for i, name := range stageNames {
		if h := r.stages[i].time; r.staged {
			report.Stages = append(report.Stages, Stage{name, r.stages[i].missed, h.summary()})
			report.stages = append(report.stages, &h)
		}
	}
	return report
}

// optional is the summary, nil of nothing.
func (h *Histogram) optional() *Summary {
	if h.n == 0 {
		return nil
	}
	s := h.summary()
	return &s
}

func (h *Histogram) summary() Summary {
	return Summary{h.Quantile(0.5), h.Quantile(0.9), h.Quantile(0.99), h.Quantile(0.999), h.max}
}

// record is what a report is made of.
type record struct {
	ticks, missedWake, missedStep uint64
	late, step, latency           Histogram
	overdue, dropped              uint64
	staged                        bool // RunStages
	stages                        [len(stageNames)]stage
	slowest                       int    // stage of the last step
	pauses, allocs                uint64 // before the end, the counts at the beginning
}

func (r *record) begin() {
	*r = record{}
	r.pauses, r.allocs = programCounts()
}

func (r *record) end() {
	pauses, allocs := programCounts()
	r.pauses, r.allocs = pauses-r.pauses, allocs-r.allocs
}

func (r *record) tick(late, step time.Duration, overdue bool) {
	r.ticks++
	if overdue {
		r.overdue++
	}
	r.late.Record(late)
	r.step.Record(step)
}

func (r *record) miss(n int64, busy bool) {
	if busy {
		r.missedStep += uint64(n)
		if r.staged {
			r.stages[r.slowest].missed += uint64(n)
		}
	} else {
		r.missedWake += uint64(n)
	}
}

// programCounts are the collector's pauses and the allocated objects since the program began.
func programCounts() (pauses, allocs uint64) {
	samples := []metrics.Sample{{Name: "/sched/pauses/total/gc:seconds"}, {Name: "/gc/heap/allocs:objects"}}
	metrics.Read(samples)
	if samples[0].Value.Kind() == metrics.KindFloat64Histogram {
		for _, n := range samples[0].Value.Float64Histogram().Counts {
			pauses += n
		}
	}
	if samples[1].Value.Kind() == metrics.KindUint64 {
		allocs = samples[1].Value.Uint64()
	}
	return pauses, allocs
}
