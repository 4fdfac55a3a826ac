package durin

import (
	"bytes"
	"encoding/xml"
	"image/color"
	"image/png"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/livespike/livespike/io/durin/sim"
)

// square is a track in a world of 1 x 1 m with a block: along the middle, at 500 mm/s.
func square() *Track {
	wall := func(x0, y0, x1, y1 float64) []sim.Segment {
		a, b, c, d := sim.Vec{X: x0, Y: y0}, sim.Vec{X: x1, Y: y0}, sim.Vec{X: x1, Y: y1}, sim.Vec{X: x0, Y: y1}
		return []sim.Segment{{A: a, B: b}, {A: b, B: c}, {A: c, B: d}, {A: d, B: a}}
	}
	return &Track{
		World: &sim.World{Name: "square", Walls: append(wall(0, 0, 1000, 1000), wall(700, 700, 900, 900)...)},
		Samples: []sim.Sample{
			{Time: 0, Pose: sim.Pose{At: sim.Vec{X: 250, Y: 500}}},
			{Time: time.Second, Pose: sim.Pose{At: sim.Vec{X: 750, Y: 500}}, Contact: true},
		},
		Distance: 500, ContactTime: 100 * time.Millisecond, Seed: 7,
	}
}

// TestTrackPNG looks up pixels at places whose colour follows from the world, on white paper and on dark.
func TestTrackPNG(t *testing.T) {
	checkTrack(t, square(), func(c color.NRGBA) color.NRGBA { return c })
	checkTrack(t, square().Dark(), func(c color.NRGBA) color.NRGBA {
		if own, ok := darkColors[c]; ok {
			return own
		}
		return c
	})
}

func checkTrack(t *testing.T, track *Track, of func(color.NRGBA) color.NRGBA) {
	t.Helper()
	b, err := track.PNG()
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	v := track.view()
	if w, h := img.Bounds().Dx(), img.Bounds().Dy(); w != int(math.Ceil(2*v.width)) || h != int(math.Ceil(2*v.height)) {
		t.Errorf("%d x %d pixels for %v x %v", w, h, v.width, v.height)
	}
	for _, c := range []struct {
		what string
		x, y float64
		want color.NRGBA
	}{
		{"left wall", 0, 300, wallColor},
		{"far wall", 300, 1000, wallColor},
		{"block", 800, 800, blockColor},
		{"edge of the block", 700, 800, wallColor},
		{"floor", 300, 800, floorColor},
		{"path", 450, 500, pathColor(1)}, // one piece, in the colour of its end
		{"start", 250, 500, startColor},
		{"robot", 750, 420, pathColor(1)},
		{"its rim", 750, 500 - robotSize + 2, wallColor},
		{"where it looks", 750 + robotSize/2, 500, wedgeColor},
		{"beside the world", -30, 500, startColor},
	} {
		p := v.at(sim.Vec{X: c.x, Y: c.y})
		got := color.NRGBAModel.Convert(img.At(int(2*p.X), int(2*p.Y)))
		if got != of(c.want) {
			t.Errorf("%s at (%v, %v) is %v, want %v", c.what, c.x, c.y, got, of(c.want))
		}
	}
}

// TestTrackSVG reads the picture as XML.
func TestTrackSVG(t *testing.T) {
	track := square()
	track.World.Name = "a<b&c"
	text, err := track.SVG()
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	var words strings.Builder
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			count[token.Name.Local]++
		case xml.CharData:
			words.Write(token)
		}
	}
	if count["svg"] != 1 || count["circle"] < 4 || count["polyline"] < 4 || count["polygon"] < 3 {
		t.Errorf("elements %v", count)
	}
	if want := "a<b&c, seed 7: 0.5 m in 1.0 s, 10 % of it in contact"; !strings.Contains(words.String(), want) {
		t.Errorf("text %q lacks %q", words.String(), want)
	}
}

// TestDeadReckoning: a quarter turn at 90 degrees a second on an arc of radius v/w, then straight ahead: closed form.
func TestDeadReckoning(t *testing.T) {
	tracker := newTracker(nil)
	var l limiter
	l.maxSpeed, l.scale = 500, 1
	var m motion
	l.set(&m, Move{Y: 200, Rot: 90})
	tracker.moved(0, &m, Profile{})
	for ms := 1; ms <= 1000; ms++ {
		tracker.frame(time.Duration(ms) * time.Millisecond)
	}
	l.set(&m, MoveWheels{NE: 100, NW: 100, SW: 100, SE: 100})
	tracker.moved(time.Second, &m, Profile{})
	tracker.frame(3 * time.Second)
	radius := 200 / (math.Pi / 2)
	got := tracker.pose
	want := sim.Pose{At: sim.Vec{X: -radius - 200, Y: radius}, Heading: math.Pi}
	if got.Distance(want) > 0.01 || math.Abs(got.Heading-want.Heading) > 1e-9 {
		t.Errorf("at %v, want %v", got, want)
	}
	track := tracker.track()
	if n := len(track.Samples); n != 1001 {
		t.Errorf("%d samples", n)
	}
	if _, err := track.PNG(); err != nil {
		t.Error(err)
	}
}

// TestEmptyTrack: a figure of nothing is a figure.
func TestEmptyTrack(t *testing.T) {
	for _, track := range []*Track{{}, {World: &sim.World{Name: "void"}}} {
		if _, err := track.PNG(); err != nil {
			t.Error(err)
		}
		if s, err := track.SVG(); err != nil || strings.Contains(s, "NaN") || strings.Contains(s, "Inf") {
			t.Errorf("%v %s", err, s)
		}
	}
}
