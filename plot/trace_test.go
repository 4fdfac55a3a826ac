package plot

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"math/rand"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"

	"github.com/livespike/livespike/snn/tensor"
)

// column finds the pixels of a colour in one column: the first and last, or -1.
func column(img *image.RGBA, x int, c color.RGBA) (top, bottom int) {
	top, bottom = -1, -1
	for y := range img.Rect.Dy() {
		if img.RGBAAt(x, y) == c {
			if top < 0 {
				top = y
			}
			bottom = y
		}
	}
	return top, bottom
}

// Two constant lines at 1 and 3, and limits from 0 to 4: they divide the data area in quarters.
func TestTracePlaces(t *testing.T) {
	f := Trace(tensor.Ones(11), tensor.Full(3, 11)).Names("low", "high")
	f.Y.Min, f.Y.Max = 0, 4
	img := render(t, f)
	x := 500
	low, _ := column(img, x, lineColors[0])
	high, _ := column(img, x, lineColors[1])
	// The data area is 240 CSS pixels high: two units are 240 device pixels.
	if d := low - high; d < 239 || d > 241 {
		t.Errorf("the lines at 1 and 3 are %d pixels apart, want 240", d)
	}
	texts, _ := parse(t, f)
	if all := strings.Join(texts, "|"); !strings.Contains(all, "low") || !strings.Contains(all, "high") {
		t.Errorf("the legend has %q", texts)
	}
}

// A step that is not finite is a gap; the values beside it are drawn.
func TestTraceGap(t *testing.T) {
	values := make([]float32, 101)
	for i := 40; i <= 60; i++ {
		values[i] = nan
	}
	values[80] = inf
	f := Trace(tensor.FromSlice(values, 101))
	if f.String() != "Trace(101,): all values 0, 20 NaN, 1 +Inf" && f.String() != "Trace(101,): all values 0, 21 NaN, 1 +Inf" {
		t.Error(f)
	}
	img := render(t, f)
	area := block(img, lineColors[0], 100)
	at := func(step float64) int { return area.Min.X + int(step/100*float64(area.Dx()-1)) }
	for _, test := range []struct {
		step  float64
		drawn bool
	}{{20, true}, {38.5, true}, {42, false}, {50, false}, {58, false}, {61.5, true}, {78.5, true}, {80, false}, {81.5, true}, {95, true}} {
		if top, _ := column(img, at(test.step), lineColors[0]); (top >= 0) != test.drawn {
			t.Errorf("at step %v the line is drawn: %v, want %v", test.step, top >= 0, test.drawn)
		}
	}
}

// The dense form is compared with all points: in each column of pixels both have the same lowest and highest, and both
// begin and end alike.
func TestTraceDense(t *testing.T) {
	tensor.Seed(3)
	const steps, columns = 20000, 97
	l := line{values: tensor.Randn(steps).Cumsum(0).Data(), stride: 1, steps: steps}
	l.values[5000], l.values[5001], l.values[9999] = nan, nan, inf
	scale := vg.Length(columns) * devicePixel / steps
	x := func(v float64) vg.Length { return vg.Length(v) * scale }
	y := func(v float64) vg.Length { return vg.Length(v) }
	type extent struct{ first, low, high, last float64 }
	collect := func(points []vg.Point) map[int]extent {
		m := map[int]extent{}
		for _, p := range points {
			k := int(math.Floor(float64(p.X / devicePixel)))
			e, ok := m[k]
			v := float64(p.Y)
			if !ok {
				e = extent{v, v, v, v}
			}
			m[k] = extent{e.first, min(e.low, v), max(e.high, v), v}
		}
		return m
	}
	runs := l.runs(x, y)
	if len(runs) != 3 {
		t.Fatalf("%d runs, want 3: two gaps", len(runs))
	}
	from, total := 0, 0
	for _, run := range runs {
		for from < steps && !(l.at(from)-l.at(from) == 0) {
			from++
		}
		var all []vg.Point
		for ; from < steps && l.at(from)-l.at(from) == 0; from++ {
			all = append(all, vg.Point{X: x(float64(from)), Y: y(l.at(from))})
		}
		if got, want := fmt.Sprint(collect(run)), fmt.Sprint(collect(all)); got != want {
			t.Errorf("got  %.200s\nwant %.200s", got, want)
		}
		total += len(run)
	}
	if total > 4*(columns+3) {
		t.Errorf("%d points for %d columns", total, columns)
	}
}

func TestTraceNames(t *testing.T) {
	for _, test := range []struct {
		ts   []*tensor.Tensor
		want string
	}{
		{[]*tensor.Tensor{tensor.Ones(4)}, "[]"},
		{[]*tensor.Tensor{tensor.Ones(4, 2)}, "[0 1]"},
		{[]*tensor.Tensor{tensor.Ones(4), tensor.Ones(6, 1)}, "[a b]"},
		{[]*tensor.Tensor{tensor.Ones(4, 2), tensor.Ones(4)}, "[a0 a1 b]"},
	} {
		f := Trace(test.ts...)
		var names []string
		for _, l := range f.lines {
			if l.name != "" {
				names = append(names, l.name)
			}
		}
		if fmt.Sprint(names) != test.want || (f.panels[0].side == nil) != (test.want == "[]") {
			t.Errorf("%v: names %v, want %v", f, names, test.want)
		}
	}
	if bar, ok := Trace(tensor.Ones(3, 8)).panels[0].side.(*colorBar); !ok || bar.scale.hi != 7 {
		t.Error("eight lines have no colour bar from 0 to 7")
	}
}

// Lengths and values at the edge of what is allowed.
func TestTraceEdges(t *testing.T) {
	for _, x := range []*tensor.Tensor{
		tensor.Ones(1), tensor.Zeros(0), tensor.Zeros(0, 3), tensor.Full(math.NaN(), 5), tensor.Full(3e38, 5),
		tensor.Of(-3e38, 3e38), tensor.Ones(1, 20), tensor.Of(0, 1e-45),
	} {
		f := Trace(x)
		render(t, f)
		parse(t, f)
	}
	if top, _ := column(render(t, Trace(tensor.Ones(1))), 0, lineColors[0]); top >= 0 {
		t.Error("a single value is drawn at the edge")
	}
	if b := render(t, Trace(tensor.Ones(1))); !holds(b, lineColors[0]) {
		t.Error("a single value is not drawn")
	}
}

func holds(img *image.RGBA, c color.RGBA) bool {
	for x := range img.Rect.Dx() {
		if top, _ := column(img, x, c); top >= 0 {
			return true
		}
	}
	return false
}

// A thousand noisy points are drawn in time that grows with them.
func BenchmarkTrace(b *testing.B) {
	r := rand.New(rand.NewSource(1))
	for _, n := range []int{100, 300, 1000} {
		x := tensor.Zeros(n)
		for i := range x.Data() {
			x.Data()[i] = r.Float32()
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				Trace(x).PNG()
			}
		})
	}
}
