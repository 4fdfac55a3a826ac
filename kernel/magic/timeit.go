package magic

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

var _ = register(Magic{
	Name:  "%timeit",
	Usage: "%timeit [-n LOOPS] [-r RUNS] STATEMENT",
	Help: "times a statement, run in a loop inside one cell, as IPython does, and counts what it allocates. The time of the " +
		"empty loop is subtracted. Without -n the number of loops is the first power of ten that takes 0.2 s. %%timeit times a cell.",
	Cell: true,
	Run:  runTimeit,
})

// The loop is generated inside one function literal, so that a pass costs what it costs in a user's loop. The first
// element of the result is the number of loops; then each run's time and that of as many empty passes, in ns.
// The names end in a letter that no keyboard types, so that they cannot meet the user's.
const (
	timeitBefore = `import timeʹ "time"
func() []int64 {
	runʹ := func(nʹ int) int64 {
		startʹ := timeʹ.Now()
		for range nʹ {
`
	timeitAfter = `
		}
		return int64(timeʹ.Since(startʹ))
	}
	floorʹ := func(nʹ int) int64 {
		startʹ := timeʹ.Now()
		for range nʹ {
		}
		return int64(timeʹ.Since(startʹ))
	}
	loopsʹ := %d
	for loopsʹ == 0 || %t && loopsʹ < 1000000000 {
		if loopsʹ == 0 {
			loopsʹ = 1
		} else {
			loopsʹ *= 10
		}
		if runʹ(loopsʹ) >= 200000000 {
			break
		}
	}
	outʹ := []int64{int64(loopsʹ)}
	for range %d {
		outʹ = append(outʹ, runʹ(loopsʹ), floorʹ(loopsʹ))
	}
	return outʹ
}()`
)

// timeitOptions are the flags before the statement.
type timeitOptions struct {
	loops, runs int
}

// timed is what the loops measured, per pass.
type timed struct {
	loops  int64
	runs   []float64 // seconds, one a run
	allocs float64
	bytes  float64
}

func runTimeit(ctx context.Context, c *Call) error {
	options, statement, col, err := parseTimeit(c.Args, c.Col)
	if err != nil {
		return err
	}
	code := Code{Src: statement, Line: c.Line, Col: col}
	if c.Body != "" {
		code = Code{Src: c.Body, Line: c.Line + 1, Col: 1}
	}
	if strings.TrimSpace(code.Src) == "" {
		return misuse("%timeit", "nothing to time")
	}
	code.Before = timeitBefore
	times, err := timeitLoop(ctx, c, code, options.loops, options.runs)
	if err != nil && strings.Contains(err.Error(), "is not used") {
		// An expression that is no call is no statement in Go; as a blank assignment it is one.
		code.Before, code.Src = code.Before+"_ = (", strings.TrimSpace(code.Src)
		code.After = ")"
		times, err = timeitLoop(ctx, c, code, options.loops, options.runs)
	}
	if err != nil {
		return err
	}
	result := timed{loops: times[0]}
	for i := 1; i+1 < len(times); i += 2 {
		result.runs = append(result.runs, max(0, float64(times[i]-times[i+1]))/float64(times[0])/1e9)
	}
	if result.allocs, result.bytes, err = timeitAllocs(ctx, c, code, min(int(times[0]), countedLoops)); err != nil {
		return err
	}
	c.Print(result.String())
	return nil
}

// timeitLoop runs the generated loops; loops 0 finds their number.
func timeitLoop(ctx context.Context, c *Call, code Code, loops, runs int) ([]int64, error) {
	code.After += fmt.Sprintf(timeitAfter, loops, loops == 0, runs)
	value, err := c.Value(ctx, code)
	if err != nil {
		return nil, err
	}
	times, ok := value.([]int64)
	if !ok || len(times) != 1+2*runs {
		return nil, fmt.Errorf("the timing loop returned %v", value)
	}
	return times, nil
}

// countedLoops is over how many passes allocations are counted.
const countedLoops = 1000

// timeitAllocs counts allocations with and without the passes: what compiling the loops takes is in both.
func timeitAllocs(ctx context.Context, c *Call, code Code, loops int) (allocs, size float64, err error) {
	var stats [3]runtime.MemStats
	runtime.ReadMemStats(&stats[0])
	for i := range 2 {
		if _, err := timeitLoop(ctx, c, code, loops, i); err != nil {
			return 0, 0, err
		}
		runtime.ReadMemStats(&stats[i+1])
	}
	per := func(of func(*runtime.MemStats) uint64) float64 {
		without, with := of(&stats[1])-of(&stats[0]), of(&stats[2])-of(&stats[1])
		return max(0, math.Round(float64(int64(with-without))/float64(loops)))
	}
	return per(func(m *runtime.MemStats) uint64 { return m.Mallocs }), per(func(m *runtime.MemStats) uint64 { return m.TotalAlloc }), nil
}

// parseTimeit reads the flags; col is the column of the statement that follows them.
func parseTimeit(args string, at int) (options timeitOptions, statement string, col int, err error) {
	options.runs = 7
	rest := args
	for strings.HasPrefix(rest, "-") {
		flag := rest[:min(2, len(rest))]
		rest = strings.TrimLeft(rest[len(flag):], " \t")
		digits := 0
		for digits < len(rest) && rest[digits] >= '0' && rest[digits] <= '9' {
			digits++
		}
		n, numberErr := strconv.Atoi(rest[:digits])
		switch {
		case flag != "-n" && flag != "-r":
			// A statement may begin with a minus.
			return options, args, at, nil
		case numberErr != nil || n < 1:
			return options, "", 0, misuse("%timeit", "%s wants a number of at least 1", flag)
		case flag == "-n":
			options.loops = n
		default:
			options.runs = n
		}
		rest = strings.TrimLeft(rest[digits:], " \t")
	}
	return options, rest, at + len(args) - len(rest), nil
}

// String begins with IPython's line (IPython 8, core/magics/execution.py, TimeitResult): mean and standard deviation over
// the runs, the deviation with divisor n. The best run is the one that others disturbed least.
func (t timed) String() string {
	mean := 0.0
	for _, run := range t.runs {
		mean += run / float64(len(t.runs))
	}
	variance := 0.0
	for _, run := range t.runs {
		variance += (run - mean) * (run - mean) / float64(len(t.runs))
	}
	sorted := slices.Sorted(slices.Values(t.runs))
	return fmt.Sprintf("%s ± %s per loop (mean ± std. dev. of %s, %s each)\nbest %s, median %s; %s, %s per loop\n",
		formatTime(mean), formatTime(math.Sqrt(variance)), plural(int64(len(t.runs)), "run"), plural(t.loops, "loop"),
		formatTime(sorted[0]), formatTime(sorted[len(sorted)/2]), plural(int64(t.allocs), "allocation"), plural(int64(t.bytes), "byte"))
}

// formatTime writes seconds as IPython's _format_time: three digits, and minutes and hours above a minute.
func formatTime(seconds float64) string {
	if seconds >= 60 {
		return formatLong(seconds)
	}
	units := []string{"s", "ms", "µs", "ns"}
	order := 3
	if seconds > 0 {
		order = min(-int(math.Floor(math.Floor(math.Log10(seconds))/3)), 3)
		order = max(order, 0)
	}
	return strconv.FormatFloat(seconds*math.Pow(1000, float64(order)), 'g', 3, 64) + " " + units[order]
}

// formatLong writes a minute and more: 1h 2min 3s.
func formatLong(seconds float64) string {
	var parts []string
	left := int64(seconds)
	for _, unit := range []struct {
		name string
		size int64
	}{{"d", 86400}, {"h", 3600}, {"min", 60}, {"s", 1}} {
		if n := left / unit.size; n > 0 {
			parts = append(parts, fmt.Sprintf("%d%s", n, unit.name))
			left %= unit.size
		}
	}
	return strings.Join(parts, " ")
}

// plural is a count with thousands separated, as IPython prints it: 1 loop, 10,000 loops.
func plural(n int64, word string) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	if n != 1 {
		word += "s"
	}
	return digits + " " + word
}
