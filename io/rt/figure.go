package rt

import (
	"fmt"
	"image/color"
	"math"
	"time"

	"github.com/livespike/livespike/io/internal/canvas"
)

// Sizes of the figure, in the units of the SVG; the PNG has two pixels for each.
const (
	figureWidth = 560.0
	plotLeft    = 52.0
	plotRight   = 16.0
	plotHeight  = 110.0
	plotGap     = 74.0 // above each plot
	labelRow    = 13.0 // between the rows of quantiles
	titleRow    = 34.0 // above a plot
	figureFoot  = 34.0
	perDecade   = 20 // bars
	textSize    = 11.0
)

// The colours are those of package plot.
var (
	paper     = color.NRGBA{255, 255, 255, 255}
	ink       = color.NRGBA{0x26, 0x26, 0x26, 255}
	faint     = color.NRGBA{0xe6, 0xe6, 0xe6, 255}
	barColor  = color.NRGBA{0x00, 0x72, 0xb2, 255}
	nullColor = color.NRGBA{0xd5, 0x5e, 0x00, 255}
	missColor = color.NRGBA{0x00, 0x9e, 0x73, 255}
)

var darkColors = map[color.NRGBA]color.NRGBA{
	paper:     canvas.DarkPaper,
	ink:       canvas.DarkInk,
	faint:     canvas.DarkFaint,
	barColor:  {0x4a, 0xa3, 0xe8, 255},
	nullColor: {0xf2, 0x7f, 0x33, 255},
	missColor: {0x1f, 0xc1, 0x8f, 255},
}

// Dark is the report with its figure for dark pages.
func (r Report) Dark() Report {
	r.dark = true
	return r
}

// PNG draws how late the steps began and how long they took, as histograms with logarithmic axes: on the right is what
// happened seldom. A null loop's lateness is the orange line.
func (r Report) PNG() ([]byte, error) {
	c := canvas.NewPNG(figureWidth, r.height(), 2)
	r.draw(c)
	return c.Encode()
}

// SVG is the same figure as PNG.
func (r Report) SVG() (string, error) {
	c := canvas.NewSVG(figureWidth, r.height())
	r.draw(c)
	return c.String(), nil
}

func (r Report) height() float64 { return 2*(plotGap+plotHeight) + figureFoot }

func (r Report) draw(c canvas.Canvas) {
	if r.dark {
		c = canvas.Tinted(c, darkColors)
	}
	canvas.Paper(c, paper, figureWidth, r.height())
	var nullLate *Histogram
	hists := []*Histogram{r.late, r.step}
	if r.null != nil {
		nullLate = r.null.late
		hists = append(hists, nullLate)
	}
	x := newAxis(r.Period, hists...)
	title := fmt.Sprintf("%d ticks of %v; missed %d by waking, %d by stepping; %d allocations", r.Ticks, r.Period, r.MissedWake, r.MissedStep, r.Allocs)
	c.Text(ink, canvas.At(plotLeft, 20), textSize+1, title)
	x.plot(c, plotGap, "begins late by", r.late, nullLate, r.Late)
	if nullLate != nil {
		c.Text(nullColor, canvas.At(plotLeft+170, plotGap-titleRow), textSize, "null loop: p50 "+round(r.null.Late.P50).String()+
			", p99 "+round(r.null.Late.P99).String()+", p99.9 "+round(r.null.Late.P999).String()+", max "+round(r.null.Late.Max).String())
	}
	x.plot(c, 2*plotGap+plotHeight, "the step takes", r.step, nil, r.Step)
	x.ticks(c, 2*(plotGap+plotHeight)+14)
}

// axis is the time axis that both plots share.
type axis struct {
	lo, hi float64 // powers of ten of ns
	period float64
}

func newAxis(period time.Duration, hists ...*Histogram) *axis {
	a := &axis{lo: math.Inf(1), hi: math.Ceil(math.Log10(float64(max(period, 1)))), period: float64(period)}
	for _, h := range hists {
		if h == nil || h.Count() == 0 {
			continue
		}
		a.lo = math.Min(a.lo, math.Floor(math.Log10(float64(max(h.Min(), 10)))))
		a.hi = math.Max(a.hi, math.Ceil(math.Log10(float64(max(h.Max(), 10))+1)))
	}
	a.lo = math.Min(a.lo, a.hi-1)
	return a
}

func (a *axis) at(ns float64) float64 {
	share := (math.Log10(math.Max(ns, 1)) - a.lo) / (a.hi - a.lo)
	return plotLeft + math.Min(math.Max(share, 0), 1)*(figureWidth-plotLeft-plotRight)
}

// bars are the counts of a histogram between the ends of the axis.
func (a *axis) bars(h *Histogram) []float64 {
	counts := make([]float64, int(a.hi-a.lo)*perDecade)
	for i, n := range h.counts {
		if n == 0 {
			continue
		}
		k := int((math.Log10(math.Max(float64(valueOf(i)), 1)) - a.lo) * perDecade)
		counts[min(max(k, 0), len(counts)-1)] += float64(n)
	}
	return counts
}

// plot draws one histogram below a height, with its quantiles above it.
func (a *axis) plot(c canvas.Canvas, top float64, title string, h, null *Histogram, s Summary) {
	bottom := top + plotHeight
	c.Text(ink, canvas.At(plotLeft, top-titleRow), textSize, title)
	if h == nil || h.Count() == 0 {
		c.Text(ink, canvas.At(plotLeft+8, bottom-plotHeight/2), textSize, "no tick")
		return
	}
	decades := math.Max(1, math.Ceil(math.Log10(float64(h.Count()))))
	if null != nil && null.Count() > 0 {
		decades = math.Max(decades, math.Ceil(math.Log10(float64(null.Count()))))
	}
	// One tick has a bar of its own height: the axis begins below 1.
	y := func(n float64) float64 {
		if n < 1 {
			return bottom
		}
		return bottom - (math.Log10(n)+0.3)/(decades+0.3)*plotHeight
	}
	for d := 0.0; d <= decades; d++ {
		n := math.Pow(10, d)
		c.Stroke(faint, 1, canvas.At(plotLeft, y(n)), canvas.At(figureWidth-plotRight, y(n)))
		c.Text(ink, canvas.At(8, y(n)+4), textSize-1, compact(n))
	}
	edge := func(k int) float64 { return a.at(math.Pow(10, a.lo+float64(k)/perDecade)) }
	for k, n := range a.bars(h) {
		if n > 0 {
			c.Fill(barColor, canvas.At(edge(k)+0.5, bottom), canvas.At(edge(k)+0.5, y(n)), canvas.At(edge(k+1)-0.5, y(n)), canvas.At(edge(k+1)-0.5, bottom))
		}
	}
	if null != nil {
		var along []canvas.Point
		for k, n := range a.bars(null) {
			along = append(along, canvas.At(edge(k), y(n)), canvas.At(edge(k+1), y(n)))
		}
		c.Stroke(nullColor, 1.5, along...)
	}
	c.Stroke(ink, 1, canvas.At(plotLeft, bottom), canvas.At(figureWidth-plotRight, bottom))
	if p := a.at(a.period); p < figureWidth-plotRight-1 {
		c.Stroke(missColor, 1, canvas.At(p, top), canvas.At(p, bottom))
	}
	a.quantiles(c, top, s)
}

// quantiles marks the quantiles above a plot, by turns in two rows so that labels of close ones stand at their marks.
// In its row a label stands beside the one before, and inside of the figure.
func (a *axis) quantiles(c canvas.Canvas, top float64, s Summary) {
	quantiles := [...]struct {
		name string
		time time.Duration
	}{{"p50 ", s.P50}, {"p99 ", s.P99}, {"p99.9 ", s.P999}, {"max ", s.Max}}
	for row := range 2 {
		height := top - 7 - labelRow*float64(1-row)
		end := figureWidth
		for i := len(quantiles) - 2 + row; i >= 0; i -= 2 { // from the right
			q := quantiles[i]
			text := q.name + round(q.time).String()
			x := a.at(float64(q.time))
			c.Stroke(ink, 1, canvas.At(x, height+3), canvas.At(x, top+3))
			at := math.Min(x-3, end-5.6*float64(len([]rune(text)))-6)
			c.Text(ink, canvas.At(at, height), textSize-1, text)
			end = at
		}
	}
}

// ticks writes the decades of the time axis, and what the red line is.
func (a *axis) ticks(c canvas.Canvas, row float64) {
	for d := a.lo; d <= a.hi; d++ {
		at := math.Pow(10, d)
		label := time.Duration(at).String()
		x := a.at(at)
		c.Stroke(ink, 1, canvas.At(x, row-14), canvas.At(x, row-10))
		c.Text(ink, canvas.At(math.Min(x-8, figureWidth-plotRight-24), row), textSize-1, label)
	}
	if a.at(a.period) < figureWidth-plotRight-1 {
		c.Text(missColor, canvas.At(plotLeft, row+16), textSize-1, "upright line: the period")
	}
	c.Text(ink, canvas.At(plotLeft+130, row+16), textSize-1, "number of ticks over time, both logarithmic; bars: this loop")
}

// compact is a power of ten.
func compact(n float64) string {
	switch {
	case n >= 1e6:
		return fmt.Sprintf("%gM", n/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%gk", n/1e3)
	}
	return fmt.Sprintf("%g", n)
}
