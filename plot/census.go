package plot

import (
	"fmt"
	"math"
	"strings"

	"github.com/livespike/livespike/snn/tensor"
)

// census counts what a tensor holds, so that a figure can say what it could not draw.
type census struct {
	lo, hi                   float64 // of the finite values
	finite, nan, plus, minus int
}

func count(values []float32) census {
	c := census{lo: math.Inf(1), hi: math.Inf(-1)}
	for _, f := range values {
		v := float64(f)
		switch {
		case v-v == 0: // finite
			c.finite++
			c.lo, c.hi = min(c.lo, v), max(c.hi, v)
		case math.IsNaN(v):
			c.nan++
		case v > 0:
			c.plus++
		default:
			c.minus++
		}
	}
	return c
}

// and joins two counts.
func (c census) and(d census) census {
	return census{
		min(c.lo, d.lo), max(c.hi, d.hi),
		c.finite + d.finite, c.nan + d.nan, c.plus + d.plus, c.minus + d.minus,
	}
}

// note names what is not finite, or is empty.
func (c census) note() string {
	var parts []string
	for _, p := range []struct {
		n    int
		name string
	}{{c.nan, "NaN"}, {c.plus, "+Inf"}, {c.minus, "−Inf"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.name))
		}
	}
	return strings.Join(parts, ", ")
}

// String describes the values for the figure's text.
func (c census) String() string {
	var s string
	switch {
	case c.finite == 0:
		s = "no finite value"
	case c.lo == c.hi:
		s = fmt.Sprintf("all values %s", number(c.lo))
	default:
		s = fmt.Sprintf("values %s to %s", number(c.lo), number(c.hi))
	}
	if note := c.note(); note != "" {
		s += ", " + note
	}
	return s
}

// given panics if there is no tensor where a function needs one.
func given(caller, argument string, t *tensor.Tensor) {
	if t == nil {
		panic(fmt.Sprintf("%s: %s is nil", caller, argument))
	}
}

// number has four digits, as the figure's text needs no more.
func number(v float64) string { return fmt.Sprintf("%.4g", v+0) } // not -0

// shapeText is a shape in brackets, as in the messages of package tensor.
func shapeText(shape []int) string {
	parts := make([]string, len(shape))
	for i, n := range shape {
		parts[i] = fmt.Sprint(n)
	}
	s := strings.Join(parts, ", ")
	if len(shape) == 1 {
		s += ","
	}
	return "(" + s + ")"
}
