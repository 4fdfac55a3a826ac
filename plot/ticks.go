package plot

import (
	"math"
	"strconv"
	"strings"

	gonum "gonum.org/v1/plot"
)

// ticks marks round numbers: at most n of them, whole ones if asked, and no minor ones. Where that gives fewer than two
// the ends are marked: an axis with one figure has no scale.
type ticks struct {
	n     int
	whole bool
	ends  bool // mark the ends in any case
}

// Ticks implements gonum's Ticker.
func (t ticks) Ticks(lo, hi float64) []gonum.Tick {
	if !(hi > lo) {
		return nil
	}
	step := t.step(hi - lo)
	// The slack takes in a tick that rounding has put just outside.
	first, last := math.Ceil(lo/step-1e-9), math.Floor(hi/step+1e-9)
	var out []gonum.Tick
	for i := first; i <= last && len(out) <= 2*t.n; i++ {
		v := i * step
		out = append(out, gonum.Tick{Value: v, Label: tickText(v, step)})
	}
	if t.ends || len(out) < 2 {
		return t.withEnds(out, lo, hi)
	}
	return out
}

// withEnds adds the ends and takes out what would touch their labels.
func (t ticks) withEnds(inner []gonum.Tick, lo, hi float64) []gonum.Tick {
	span := hi - lo
	first, last := lo, hi
	if t.whole {
		first, last = math.Ceil(lo-1e-9), math.Floor(hi+1e-9)
	}
	if first > last {
		return inner
	}
	out := []gonum.Tick{{Value: first, Label: endText(first, span)}}
	room := 0.6 * span / float64(max(t.n, 1))
	for _, tick := range inner {
		if tick.Value-first >= room && last-tick.Value >= room {
			out = append(out, tick)
		}
	}
	if last > first {
		out = append(out, gonum.Tick{Value: last, Label: endText(last, span)})
	}
	return out
}

// step is the smallest of 1, 2 and 5 times a power of ten that gives at most n steps.
func (t ticks) step(span float64) float64 {
	power := math.Floor(math.Log10(span / float64(max(t.n, 1))))
	for _, factor := range []float64{1, 2, 5, 10} {
		step := factor * math.Pow(10, power)
		if t.whole && step < 1 {
			continue
		}
		if span/step <= float64(t.n)*(1+1e-9) {
			return step
		}
	}
	return math.Max(1, math.Pow(10, power+1))
}

// tickText writes a multiple of step with the digits that tell it from its neighbours.
func tickText(v, step float64) string {
	if v == 0 {
		return "0"
	}
	if a := math.Abs(v); a >= 1e6 || step < 1e-4 && (a < 100*step || step < 1e-7) {
		digits := max(0, int(math.Floor(math.Log10(a))-math.Floor(math.Log10(step)+1e-9)))
		mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(v, 'e', min(digits, 6), 64), "e")
		n, _ := strconv.Atoi(exponent) // FormatFloat's own: it is a number
		return minus(mantissa + "e" + strconv.Itoa(n))
	}
	decimals := max(0, -int(math.Floor(math.Log10(step)+1e-9)))
	return minus(strconv.FormatFloat(v, 'f', decimals, 64))
}

// endText writes an end of an axis: whole numbers as they are, others with as many digits as tell hundredths of the axis
// apart.
func endText(v, span float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e6 {
		return minus(strconv.FormatFloat(v+0, 'f', 0, 64))
	}
	return tickText(v, math.Pow(10, math.Floor(math.Log10(span))-2))
}

// minus is typeset: a hyphen is too short.
func minus(s string) string { return strings.ReplaceAll(s, "-", "−") }
