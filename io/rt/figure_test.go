package rt

import (
	"bytes"
	"image/color"
	"image/png"
	"math"
	"strings"
	"testing"
	"time"
)

// TestFigure looks at the pixels: a bar where the ticks are, none where they are not, and the null loop's line.
func TestFigure(t *testing.T) {
	l := New(ms)
	l.clock = &fakeClock{wakes: map[int]time.Duration{50: 300 * time.Microsecond}}
	if err := l.Run(func(tick Tick) bool { return tick.N < 99 }); err != nil {
		t.Fatal(err)
	}
	r := l.Report()
	null := Null(ms, 20)
	if null.Ticks != 20 {
		t.Errorf("null loop: %v", null)
	}
	data, err := r.Beside(null).PNG()
	if err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	x := newAxis(r.Period, r.late, r.step, null.late)
	is := func(want color.NRGBA, ns float64) bool {
		// The middle of the bar, just above the base line.
		k := math.Floor((math.Log10(ns) - x.lo) * perDecade)
		at := x.at(math.Pow(10, x.lo+(k+0.5)/perDecade))
		red, green, blue, _ := m.At(int(2*at), int(2*(plotGap+plotHeight-5))).RGBA()
		return uint8(red>>8) == want.R && uint8(green>>8) == want.G && uint8(blue>>8) == want.B
	}
	if !is(barColor, 300e3) {
		t.Error("no bar for the tick that was 300 µs late")
	}
	if is(barColor, 600e3) {
		t.Error("a bar at 600 µs")
	}
	text := r.Beside(null).String()
	if strings.Count(text, "\n") != 4 || !strings.Contains(text, "null loop: 20 ticks") {
		t.Errorf("%s", text)
	}
	drawing, err := r.SVG()
	if err != nil || !strings.Contains(drawing, "100 ticks of 1ms; missed 0 by waking") {
		t.Errorf("%.200s %v", drawing, err)
	}
	if _, err := (Report{Period: ms}).PNG(); err != nil {
		t.Errorf("of nothing: %v", err)
	}
}
