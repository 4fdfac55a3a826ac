package plot_test

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	xdraw "golang.org/x/image/draw"

	"github.com/livespike/livespike/io/durin"
	"github.com/livespike/livespike/io/event"
	"github.com/livespike/livespike/plot"
	"github.com/livespike/livespike/snn/tensor"
)

var update = flag.Bool("update", false, "draw the contact sheets in docs/images anew")

// The contact sheets in docs/images are the golden pictures of all kinds of figures. They were looked at; "go generate
// ./plot" draws them anew. Shapes and colours are compared, not single pixels: floating point differs between
// processors in the last bit, and edges are smoothed.
func TestContactSheets(t *testing.T) {
	for name, dark := range map[string]bool{"contact-light.png": false, "contact-dark.png": true} {
		got := sheet(t, dark)
		path := filepath.Join("..", "docs", "images", name)
		if *update {
			save(t, path, got)
			continue
		}
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		want, err := png.Decode(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		if want.Bounds() != got.Bounds() {
			t.Errorf("%s is %v, drawn now it is %v", name, want.Bounds().Max, got.Bounds().Max)
			continue
		}
		if wrong, picture := difference(got, want); wrong > 500 {
			out := filepath.Join(os.TempDir(), "difference-"+name)
			save(t, out, picture)
			t.Errorf("%s: %d pixels differ from what is drawn now; they are black in %s", name, wrong, out)
		}
	}
}

// sheet is the figures of the gallery, the first picture of an animation and a robot's track, in three columns.
func sheet(t *testing.T, dark bool) *image.RGBA {
	t.Helper()
	const wide, high, gap, cols = 500, 370, 16, 3
	pictures := make([]image.Image, 0, len(gallery)+2)
	for _, s := range gallery {
		f := s.make()
		if dark {
			f.Dark()
		}
		name := "plot." + s.name
		if f.Title.Text != "" {
			name += ": " + f.Title.Text
		}
		f.Title.Text = name
		pictures = append(pictures, drawn(t, f))
	}
	film, track := dots(), drive(t)
	if dark {
		film.Dark()
		track.Dark()
	}
	pictures = append(pictures, drawn(t, film), drawn(t, track))
	rows := (len(pictures) + cols - 1) / cols
	out := image.NewRGBA(image.Rect(0, 0, cols*(wide+gap)+gap, rows*(high+gap)+gap))
	for i, img := range pictures {
		if i == 0 {
			draw.Draw(out, out.Rect, image.NewUniform(img.At(0, 0)), image.Point{}, draw.Src)
		}
		size := img.Bounds().Size()
		scale := min(wide/float64(size.X), high/float64(size.Y), 0.6)
		w, h := int(float64(size.X)*scale), int(float64(size.Y)*scale)
		at := image.Pt(gap+i%cols*(wide+gap)+(wide-w)/2, gap+i/cols*(high+gap)+(high-h)/2)
		xdraw.CatmullRom.Scale(out, image.Rectangle{at, at.Add(image.Pt(w, h))}, img, img.Bounds(), xdraw.Over, nil)
	}
	return out
}

// dots is an animation of simulated events.
func dots() *plot.Animation {
	camera := event.MustOpen("sim:dots?size=120x90&seconds=1&count=6&radius=8&speed=120&seed=3", event.Signed())
	defer camera.Close()
	var frames []*tensor.Tensor
	for frame := range camera.Frames(25 * time.Millisecond) {
		frames = append(frames, frame.Clone())
	}
	return plot.Animate(frames[4:]...).Rate(20)
}

// drive is the track of a simulated robot that goes straight on until a wall stops it.
func drive(t *testing.T) *durin.Track {
	t.Helper()
	robot := durin.MustDial("sim:room?seed=1")
	for range 100 {
		obs := robot.Next()
		robot.Send(durin.Move{Y: 200, Rot: 0.02 * (obs.Nearest(1) - obs.Nearest(7))})
	}
	if err := robot.Close(); err != nil {
		t.Error(err)
	}
	return robot.Track()
}

func drawn(t *testing.T, f interface{ PNG() ([]byte, error) }) image.Image {
	t.Helper()
	file, err := f.PNG()
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// difference counts the pixels that have clearly other colours and marks them.
func difference(a, b image.Image) (wrong int, picture *image.RGBA) {
	picture = image.NewRGBA(a.Bounds())
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			p, q := color.RGBAModel.Convert(a.At(x, y)).(color.RGBA), color.RGBAModel.Convert(b.At(x, y)).(color.RGBA)
			far := func(u, v uint8) bool { return max(u, v)-min(u, v) > 48 }
			shade := color.RGBA{0xff, 0xff, 0xff, 0xff}
			if far(p.R, q.R) || far(p.G, q.G) || far(p.B, q.B) {
				wrong++
				shade = color.RGBA{0, 0, 0, 0xff}
			}
			picture.SetRGBA(x, y, shade)
		}
	}
	return wrong, picture
}

func save(t *testing.T, path string, img image.Image) {
	t.Helper()
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
