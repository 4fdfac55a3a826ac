package durin

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"strings"
	"testing"

	"github.com/livespike/livespike/io/durin/sim"
)

// TestFilm puts the frames of a film together, as a viewer does: in each the robot is where the track says, its body in
// the colour of the moment, and the path stays behind it.
func TestFilm(t *testing.T) {
	track := drivePath(t, "sim:arena?seed=1", 60)
	b, err := track.GIF()
	if err != nil {
		t.Fatal(err)
	}
	film, err := gif.DecodeAll(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	frames := track.Film().frames
	if len(film.Image) != len(frames) || frames[len(frames)-1] != len(track.Samples)-1 || len(frames) < 60 {
		t.Fatalf("%d images of %d frames of %d samples", len(film.Image), len(frames), len(track.Samples))
	}
	screen := image.NewRGBA(image.Rect(0, 0, film.Config.Width, film.Config.Height))
	v := track.view()
	for k, one := range film.Image {
		draw.Draw(screen, one.Rect, one, one.Rect.Min, draw.Over)
		pose := track.Samples[frames[k]].Pose
		// Beside the wedge, half a body to the robot's left.
		left := v.at(sim.Vec{X: pose.At.X, Y: pose.At.Y}.Toward(pose.Heading+1.5708, 0.7*robotSize))
		want := pathColor(float64(frames[k]) / float64(len(track.Samples)-1))
		got := screen.RGBAAt(int(left.X), int(left.Y))
		if distance(got, want) > 40 {
			t.Fatalf("frame %d: %v at the robot, want %v", k, got, want)
		}
	}
	start := v.at(track.Samples[0].Pose.At)
	if c := screen.RGBAAt(int(start.X), int(start.Y)); distance(c, pathColor(1./59)) > 60 && distance(c, color.NRGBA(floorColor)) < 30 {
		t.Errorf("no path at the start: %v", c)
	}
	page, err := track.Film().HTML()
	if err != nil || !strings.HasPrefix(page, `<img alt="arena, seed 1: `) {
		t.Errorf("%.60s, %v", page, err)
	}
	if _, err := new(Track).GIF(); err != nil {
		t.Errorf("film of nothing: %v", err)
	}
}

func distance(a color.RGBA, b color.NRGBA) int {
	d := func(a, b uint8) int { return max(int(a), int(b)) - min(int(a), int(b)) }
	return d(a.R, b.R) + d(a.G, b.G) + d(a.B, b.B)
}
