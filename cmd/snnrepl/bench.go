package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/livespike/livespike/internal/interrupt"
	"github.com/livespike/livespike/internal/simd"
	"github.com/livespike/livespike/kernel"
	"github.com/livespike/livespike/snn/tensor"
)

var _ = register(command{
	name:    "bench",
	usage:   "bench [CASE…] [--json] [--threads N] [--seconds S] [--device D] [--list]",
	summary: "how fast neurons, layers and training are on this machine",
	help: `A case is a name of --list, or the beginning of some. Without one, all that are quick. The roofline is what the machine
could do at most: the floating-point operations at the rate of fused ones in vectors, plus the bytes at the rate of a copy
of the same size, both measured in this run on one core. With one thread the seconds are the process's time on
the processor, where the system counts it, else those of the clock. bench/compare_norse.py runs the same cases in Norse.`,
	flags: func(f *flag.FlagSet) {
		f.Bool("json", false, "one JSON object a line")
		f.Int("threads", 1, "use up to `N` processors")
		f.Float64("seconds", 0.5, "repeat each case for about `S` seconds")
		f.String("device", "cpu", "`D` is cpu, cuda or cuda:0; a GPU has cases of its own, timed until it is done")
		f.Bool("list", false, "name the cases")
	},
	run: runBench,
})

// benchResult is one line of output.
type benchResult struct {
	Case     string   `json:"case"`
	Threads  int      `json:"threads"`
	Min      float64  `json:"seconds_min"`
	Median   float64  `json:"seconds_median"`
	Rate     float64  `json:"unit_rate"` // at the median
	Unit     string   `json:"unit"`
	Roofline *float64 `json:"roofline_fraction"` // at the minimum; null where there is no limit to compare with
	P90      float64  `json:"seconds_p90"`
	Reps     int      `json:"reps"`
	Allocs   float64  `json:"allocs_per_op"`
	Bytes    float64  `json:"bytes_per_op"`
	Path     string   `json:"path"`
	Clock    string   `json:"clock"`
	Go       string   `json:"go"`
	CPU      string   `json:"cpu"`
	Version  string   `json:"version"`
}

// benchCase is one thing to measure.
type benchCase struct {
	name  string
	unit  string  // of the rate
	work  float64 // units in a call
	inner int     // calls in one repetition; 1 if 0
	slow  bool    // runs only when named
	wall  bool    // is timed by the clock, since the processor does not do the work
	flops float64 // in a call
	moved float64 // bytes read and written in a call
	space float64 // bytes that the call goes through, which choose the cache
	setup func() func()
	// own measures by itself: the seconds of every repetition.
	own func() ([]float64, error)
}

func runBench(s streams, f *flag.FlagSet) int {
	var names []string
	for f.NArg() > 0 { // flags may stand behind the names
		names = append(names, f.Arg(0))
		if err := f.Parse(f.Args()[1:]); err != nil {
			return usageError(s, f.Name(), err)
		}
	}
	threads, seconds := flagValue[int](f, "threads"), flagValue[float64](f, "seconds")
	all := benchCases
	if name := flagValue[string](f, "device"); name != "cpu" {
		d, err := tensor.OpenDevice(name)
		if err != nil {
			return failure(s, err)
		}
		all = deviceCases(d)
	}
	cases, err := chosenCases(all, names)
	switch {
	case err != nil:
		return usageError(s, f.Name(), err)
	case threads < 1 || seconds <= 0:
		return usageError(s, f.Name(), errors.New("--threads and --seconds must be positive"))
	case flagValue[bool](f, "list"):
		for _, c := range all {
			fmt.Fprintf(s.out, "%s\n", c.name)
		}
		return fine
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads))
	table := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	asJSON := flagValue[bool](f, "json")
	if !asJSON {
		fmt.Fprintf(s.out, "livespike %s, %s, %s, %s, %d thread(s)\n", kernel.Version, runtime.Version(), cpuName(), simd.Name(), threads)
		fmt.Fprintln(table, "case\tmin\tmedian\trate\tunit\troofline\tallocs\t")
	}
	for _, c := range cases {
		if interrupt.Context().Err() != nil {
			return failure(s, interrupt.Context().Err())
		}
		r, err := c.measure(threads, seconds)
		if err != nil {
			return failure(s, fmt.Errorf("bench %s: %w", c.name, err))
		}
		if asJSON {
			line, err := json.Marshal(r)
			if err != nil {
				return failure(s, err)
			}
			fmt.Fprintf(s.out, "%s\n", line)
			continue
		}
		fraction := "–"
		if r.Roofline != nil {
			fraction = fmt.Sprintf("%.0f %%", 100**r.Roofline)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%.4g\t%s\t%s\t%.0f\t\n", r.Case, shortTime(r.Min), shortTime(r.Median), r.Rate, r.Unit, fraction, r.Allocs)
	}
	table.Flush()
	return fine
}

func flagValue[T any](f *flag.FlagSet, name string) T {
	return f.Lookup(name).Value.(flag.Getter).Get().(T)
}

// chosenCases is the cases named, by whole names or else by beginnings; without a name all that are quick.
func chosenCases(all []benchCase, names []string) ([]benchCase, error) {
	var chosen []benchCase
	for _, c := range all {
		if len(names) == 0 && !c.slow {
			chosen = append(chosen, c)
		}
	}
	for _, name := range names {
		before := len(chosen)
		if i := slices.IndexFunc(all, func(c benchCase) bool { return c.name == name }); i >= 0 {
			chosen = append(chosen, all[i])
			continue
		}
		for _, c := range all {
			if strings.HasPrefix(c.name, name) {
				chosen = append(chosen, c)
			}
		}
		if len(chosen) == before {
			return nil, fmt.Errorf("no case %s; bench --list names them", name)
		}
	}
	return chosen, nil
}

func (c benchCase) measure(threads int, seconds float64) (benchResult, error) {
	r := benchResult{
		Case: c.name, Threads: threads, Unit: c.unit, Path: simd.Name(), Clock: "wall", Go: runtime.Version(), CPU: cpuName(),
		Version: kernel.Version,
	}
	var times []float64
	if c.own != nil {
		own, err := c.own()
		if err != nil {
			return r, err
		}
		times = own
	} else {
		times = c.repeat(threads, seconds, &r)
	}
	slices.Sort(times)
	r.Reps, r.Min, r.Median, r.P90 = len(times), times[0], times[len(times)/2], times[len(times)*9/10]
	r.Rate = c.work / r.Median
	if c.flops+c.moved > 0 && simd.On() {
		if limit := c.limit(); limit > 0 {
			fraction := limit / float64(threads) / r.Min
			r.Roofline = &fraction
		}
	}
	return r, nil
}

// repeat runs the case until the time is up, at least 5 and at most 5000 times, after two calls to warm up.
func (c benchCase) repeat(threads int, seconds float64, r *benchResult) []float64 {
	tensor.Seed(0)
	f := c.setup()
	inner := max(c.inner, 1)
	clock := wallSeconds
	if processSeconds() > 0 && threads == 1 && !c.wall {
		clock, r.Clock = processSeconds, "cpu"
	}
	f()
	f()
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	times := make([]float64, 0, 5000)
	for start := time.Now(); len(times) < cap(times) && (len(times) < 5 || time.Since(start).Seconds() < seconds); {
		at := clock()
		for range inner {
			f()
		}
		times = append(times, (clock()-at)/float64(inner))
	}
	runtime.ReadMemStats(&after)
	calls := float64(len(times) * inner)
	r.Allocs, r.Bytes = float64(after.Mallocs-before.Mallocs)/calls, float64(after.TotalAlloc-before.TotalAlloc)/calls
	return times
}

var benchStart = time.Now()

func wallSeconds() float64 { return time.Since(benchStart).Seconds() }

func shortTime(s float64) string {
	switch {
	case s < 1e-6:
		return fmt.Sprintf("%.3g ns", s*1e9)
	case s < 1e-3:
		return fmt.Sprintf("%.3g µs", s*1e6)
	case s < 1:
		return fmt.Sprintf("%.3g ms", s*1e3)
	}
	return fmt.Sprintf("%.3g s", s)
}
