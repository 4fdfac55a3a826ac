package sim

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestSVG: a room drawn with every kind of element, its walls by hand. A unit is 10 mm, y is turned up.
func TestSVG(t *testing.T) {
	w, err := ParseSVG("drawn", `<?xml version="1.0"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:pen="urn:x" width="20cm" height="10cm" viewBox="0 0 20 10">
  <title>a room</title><pen:view zoom="2"/>
  <rect x="0" y="0" width="4" height="2"/>
  <g transform="translate(10 0) rotate(90)"><line x1="1" x2="3"/></g>
  <polyline points="1,1 2,1"/><polygon points="0 0 1 0 0 1"/>
  <path d="m5,5h2v-1z M0 0L1-1"/>
  <circle cx="8" cy="8" r=".5"/><circle class="light" cx="9" cy="9" r="1"/>
  <rect class="beacon" x="1" y="1" width="2" height="2"/>
  <line class="start" x1="3" y1="4" x2="5" y2="4"/><g class="start"><circle cx="6" cy="6" r="1"/></g>
  <text class="ignore">a word</text>
</svg>`)
	if err != nil {
		t.Fatal(err)
	}
	seg := func(x0, y0, x1, y1 float64) Segment { return Segment{Vec{x0, y0}, Vec{x1, y1}} }
	walls := []Segment{
		seg(0, 0, 40, 0), seg(40, 0, 40, -20), seg(40, -20, 0, -20), seg(0, -20, 0, 0),
		seg(100, -10, 100, -30), seg(10, -10, 20, -10),
		seg(0, 0, 10, 0), seg(10, 0, 0, -10), seg(0, -10, 0, 0),
		seg(50, -50, 70, -50), seg(70, -50, 70, -40), seg(70, -40, 50, -50), seg(0, 0, 10, 10),
	}
	close := func(a, b Vec) bool { return a.sub(b).length() < 1e-9 }
	if !slices.EqualFunc(w.Walls, walls, func(a, b Segment) bool { return close(a.A, b.A) && close(a.B, b.B) }) {
		t.Errorf("walls %v\nwant  %v", w.Walls, walls)
	}
	if len(w.Pillars) != 1 || !close(w.Pillars[0].Center, Vec{80, -80}) || math.Abs(w.Pillars[0].Radius-5) > 1e-9 {
		t.Errorf("pillars %v", w.Pillars)
	}
	if len(w.Lights) != 1 || !close(w.Lights[0], Vec{90, -90}) || len(w.Beacons) != 1 || !close(w.Beacons[0], Vec{20, -20}) {
		t.Errorf("lights %v, beacons %v", w.Lights, w.Beacons)
	}
	if len(w.Starts) != 2 || !close(w.Starts[0].At, Vec{30, -40}) || w.Starts[0].Heading != 0 || w.Starts[1].Heading != math.Pi/2 {
		t.Errorf("starts %v", w.Starts)
	}
}

// TestSVGCurve: a quarter circle of four Bézier quarters stays within 0.03 % of its radius.
func TestSVGCurve(t *testing.T) {
	for _, d := range []string{"M1 0C1 .5522847498 .5522847498 1 0 1", "M1,0S.5522847498,1 0,1", "M1 0Q1 1 0 1T-1 2"} {
		lines, err := parsePath(d)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(lines[0]) - 1; n%curveSteps != 0 || n == 0 {
			t.Errorf("%s: %d lines", d, n)
		}
		if !strings.Contains(d, "C") {
			continue
		}
		for _, v := range lines[0] {
			if math.Abs(v.length()-1) > 3e-4 {
				t.Errorf("%v is %v from the centre", v, v.length())
			}
		}
	}
	// The second parabola begins as the first ended: its control point is the mirror of (1, 1) at (0, 1).
	lines, _ := parsePath("M1 0Q1 1 0 1T-1 2")
	if mid, want := lines[0][curveSteps+curveSteps/2], (Vec{-0.75, 1.25}); mid.sub(want).length() > 1e-12 {
		t.Errorf("middle of the second parabola %v, want %v", mid, want)
	}
}

func TestBadDrawings(t *testing.T) {
	if w, err := ParseMap("x", "\x00S\xff#"); err == nil || !strings.Contains(err.Error(), "neither a drawing of characters nor an SVG") {
		t.Errorf("bytes: %v, %v", w, err)
	}
	for _, c := range []struct{ drawing, err string }{
		{``, "no start"},
		{`<svg><rect width="1" height="1"/></svg>`, "no start"},
		{`<html/>`, "does not begin with <svg>"},
		{`<svg><ellipse/></svg>`, "<ellipse>: not understood"},
		{"<svg>\n<rect width=\"wide\"/></svg>", `line 2: <rect>: width="wide"`},
		{`<svg><path d="M0 0A1 1 0 0 0 2 2"/></svg>`, "elliptic arcs"},
		{`<svg><path d="L0 0"/></svg>`, "begins with M"},
		{`<svg><path d="M0 0L1"/></svg>`, "1 numbers"},
		{`<svg><path d="M0 0X1"/></svg>`, "not a path command"},
		{`<svg><polyline points="1 2 3"/></svg>`, "not pairs"},
		{`<svg><g transform="turn(3)"/></svg>`, "transform"},
		{`<svg viewBox="0 0 0 1"/>`, "viewBox"},
		{`<svg><g>`, "unexpected EOF"},
	} {
		if w, err := ParseSVG("x", c.drawing); err == nil || !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: %v, %v; want %s", c.drawing, w, err, c.err)
		}
	}
}

// TestLoadWorld: a map from a file gives the walls that a ruler gives.
func TestLoadWorld(t *testing.T) {
	file := filepath.Join(t.TempDir(), "flat.map")
	if err := os.WriteFile(file, []byte("####\n#> #\n####\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := ParseConfig(file + "?seed=3")
	if err != nil {
		t.Fatal(err)
	}
	inner := []Segment{{Vec{100, 200}, Vec{300, 200}}, {Vec{100, 100}, Vec{300, 100}}, {Vec{100, 200}, Vec{100, 100}}, {Vec{300, 200}, Vec{300, 100}}}
	for _, s := range inner {
		if !slices.Contains(c.World.Walls, s) {
			t.Errorf("no wall %v in %v", s, c.World.Walls)
		}
	}
	if c.World.Name != "flat" || c.World.Starts[0].At != (Vec{150, 150}) {
		t.Errorf("%v, starts %v", c.World, c.World.Starts)
	}
}

// FuzzSVG: no drawing makes it panic, and what it gives is finite.
func FuzzSVG(f *testing.F) {
	f.Add(`<svg width="2m" viewBox="0 0 1 1"><path d="M0 0h1v1z m1 1 2 2c1 1 2 2 3 3s1 1 2 2q1 1 2 2t1 1"/><line class="start" x2="1"/></svg>`)
	f.Add(`<svg><g transform="matrix(1 2 3 4 5 6) skewX(80)scale(-1)"><circle r="1e3"/><circle class="start"/></g></svg>`)
	f.Fuzz(func(t *testing.T, drawing string) {
		w, err := ParseSVG("fuzz", drawing)
		if err != nil {
			return
		}
		r := New(Config{World: w})
		r.StepToF()
	})
}
