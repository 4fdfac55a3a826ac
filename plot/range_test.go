package plot

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

// Two panels with one range: equal values have equal colours, and what is beyond is counted.
func TestRange(t *testing.T) {
	f := Images(tensor.FromSlice([]float32{0, 1, 2, 9}, 2, 2), tensor.FromSlice([]float32{-1, nan, 2, 4}, 2, 2)).Range(0, 4)
	img := render(t, f)
	for _, v := range []float64{0, 1, 2, 4} {
		if b := block(img, viridis.at(v/4), 60); b.Empty() {
			t.Errorf("no cell has the colour of %v", v)
		}
	}
	if b := block(img, viridis.at(0.5), 60); b.Dx() < 300 {
		t.Errorf("the cells of 2 in both panels span %v", b)
	}
	texts, _ := parse(t, f)
	if !slices.Contains(texts, "1 below, 1 above, 1 NaN") {
		t.Errorf("the bar says %q", texts)
	}
}

// Panels with one range share the bar at the right of their row; those with colours of their own keep theirs.
func TestRangeSharesBar(t *testing.T) {
	grey, wide, rgb := tensor.Ones(6, 8), tensor.Ones(4, 40), tensor.Ones(3, 6, 8)
	events := tensor.Zeros(20, 20)
	events.Set(1, 3, 3)
	for name, c := range map[string]struct {
		f    *Figure
		bars int
	}{
		"one":              {Images(grey), 1},
		"two":              {Images(grey, grey), 1},
		"two rows":         {Images(grey, grey, grey, grey, grey), 1}, // three and two
		"two full rows":    {Images(grey, grey, grey, grey, grey, grey), 2},
		"one below other":  {Images(wide, wide), 2},
		"beside a picture": {Images(grey, rgb, grey), 2},
		"beside events":    {Images(grey, events), 2},
	} {
		for range 2 { // also when it is given again
			texts, _ := parse(t, c.f.Range(0, 77))
			bars := 0
			for _, text := range texts {
				if text == "77" { // the upper end of a bar
					bars++
				}
			}
			if bars != c.bars {
				t.Errorf("%s: %d bars, want %d", name, bars, c.bars)
			}
		}
	}
}

func TestRangeAroundZero(t *testing.T) {
	for _, r := range [][2]float64{{-1, 1}, {-1, 3}, {-3, 1}} {
		m := around(redBlue, r[0], r[1])
		if c := m.at(-r[0] / (r[1] - r[0])); c.R < 243 || c.G < 243 || c.B < 243 {
			t.Errorf("from %v: zero is %v, want nearly white", r, c)
		}
		if low, high := m[0], m[len(m)-1]; low.B <= low.R || high.R <= high.B {
			t.Errorf("from %v: ends are %v and %v", r, low, high)
		}
	}
}

// Spikes hang above the lines: none of the line's pixels is as high, and each spike has its mark.
func TestSpikes(t *testing.T) {
	z := tensor.Zeros(101)
	for _, step := range []int{20, 50, 80} {
		z.Set(1, step)
	}
	f := Trace(tensor.Ones(101)).Spikes(z)
	if f.String() != "Trace(101,): all values 1, 3 spikes" {
		t.Error(f)
	}
	img := render(t, f)
	area := block(img, lineColors[0], 1000) // the line
	for step := 5; step < 100; step += 5 {
		x := area.Min.X + step*(area.Dx()-1)/100
		marked := false
		for dx := -2; dx <= 2; dx++ { // a mark is three pixels wide
			top, _ := column(img, x+dx, lineColors[0])
			marked = marked || top < area.Min.Y-20
		}
		if marked != (step == 20 || step == 50 || step == 80) {
			t.Errorf("step %d is marked: %v", step, marked)
		}
	}
	render(t, Trace(tensor.Randn(20, 40)).Spikes(tensor.Bernoulli(0.3, 20, 40)))
}

func TestRangePanics(t *testing.T) {
	for _, test := range []struct {
		draw func()
		want string
	}{
		{func() { Image(tensor.Ones(2, 2)).Range(1, 1) }, "plot: Range from 1 to 1"},
		{func() { Trace(tensor.Ones(2)).Range(0, 1) }, "plot: Range is for figures of"},
		{func() { Image(tensor.Ones(2, 2)).Spikes(tensor.Ones(2)) }, "plot: Spikes is for figures of plot.Trace"},
		{func() { Trace(tensor.Ones(2)).Spikes(tensor.Ones(2, 3)) }, "plot.Spikes: tensor of shape (2, 3) for 1 lines"},
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.HasPrefix(got, test.want) {
					t.Errorf("panic %q, want %q", got, test.want)
				}
			}()
			test.draw()
		}()
	}
}
