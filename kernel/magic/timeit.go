package magic

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

var _ = register(Magic{
	Name:  "%timeit",
	Usage: "%timeit [-n LOOPS] [-r RUNS] [-v] STATEMENT",
	Help: "times a statement, run in a loop inside one cell, as IPython does. The time of the empty loop is subtracted. " +
		"Without -n the number of loops is the first power of ten that takes 0.2 s. -v adds the best and the median. %%timeit times a cell.",
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
	verbose     bool
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
	code.After = fmt.Sprintf(timeitAfter, options.loops, options.loops == 0, options.runs)
	value, err := c.Value(ctx, code)
	if err != nil && strings.Contains(err.Error(), "is not used") {
		// An expression that is no call is no statement in Go; as a blank assignment it is one.
		blank := code
		blank.Before, blank.Src, blank.After = code.Before+"_ = (", strings.TrimSpace(code.Src), ")"+code.After
		value, err = c.Value(ctx, blank)
	}
	if err != nil {
		return err
	}
	times, ok := value.([]int64)
	if !ok || len(times) < 3 {
		return fmt.Errorf("the timing loop returned %v", value)
	}
	c.Print(timeitReport(times, options.verbose))
	return nil
}

// parseTimeit reads the flags; col is the column of the statement that follows them.
func parseTimeit(args string, at int) (options timeitOptions, statement string, col int, err error) {
	options.runs = 7
	rest := args
	for strings.HasPrefix(rest, "-") {
		flag := rest[:min(2, len(rest))]
		rest = strings.TrimLeft(rest[len(flag):], " \t")
		if flag == "-v" {
			options.verbose = true
			continue
		}
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

// timeitReport is IPython's line (IPython 8, core/magics/execution.py, TimeitResult): mean and standard deviation over
// the runs, the deviation with divisor n.
func timeitReport(times []int64, verbose bool) string {
	loops := times[0]
	var perLoop []float64
	for i := 1; i+1 < len(times); i += 2 {
		perLoop = append(perLoop, max(0, float64(times[i]-times[i+1]))/float64(loops)/1e9)
	}
	mean := 0.0
	for _, t := range perLoop {
		mean += t / float64(len(perLoop))
	}
	variance := 0.0
	for _, t := range perLoop {
		variance += (t - mean) * (t - mean) / float64(len(perLoop))
	}
	text := fmt.Sprintf("%s ± %s per loop (mean ± std. dev. of %s, %s each)\n",
		formatTime(mean), formatTime(math.Sqrt(variance)), plural(int64(len(perLoop)), "run"), plural(loops, "loop"))
	if verbose {
		slices.Sort(perLoop)
		text += fmt.Sprintf("best %s, median %s\n", formatTime(perLoop[0]), formatTime(perLoop[len(perLoop)/2]))
	}
	return text
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
