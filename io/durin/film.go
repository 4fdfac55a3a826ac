package durin

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/livespike/livespike/io/durin/sim"
	"github.com/livespike/livespike/io/internal/canvas"
)

// Film is a track in motion: the robot, what its distance sensors can see, and the path behind it. In a notebook it
// moves, in a terminal its end is shown.
type Film struct {
	track  *Track
	frames []int // samples
	delay  int   // 1/100 s between frames
}

// The film is 15 frames a second, and at most filmFrames long: longer tracks pass faster.
const (
	filmDelay  = 7 // 1/100 s
	filmFrames = 240
)

// Film is the track as a film.
func (t *Track) Film() *Film {
	f := &Film{track: t, delay: filmDelay}
	n := len(t.Samples)
	step := max(1, int(math.Ceil(float64(n)/filmFrames)))
	for i := step - 1; i < n; i += step {
		f.frames = append(f.frames, i)
	}
	if n > 0 && (len(f.frames) == 0 || f.frames[len(f.frames)-1] != n-1) {
		f.frames = append(f.frames, n-1)
	}
	return f
}

// GIF is Film().GIF().
func (t *Track) GIF() ([]byte, error) { return t.Film().GIF() }

// String says how long it is.
func (f *Film) String() string {
	length := time.Duration(f.delay*len(f.frames)) * 10 * time.Millisecond
	return fmt.Sprintf("film of %v: %d frames, %v", f.track, len(f.frames), length)
}

// PNG is the track's figure, for where nothing moves.
func (f *Film) PNG() ([]byte, error) { return f.track.PNG() }

// HTML is the film as an image element.
func (f *Film) HTML() (string, error) {
	b, err := f.GIF()
	if err != nil {
		return "", err
	}
	return fmt.Sprintf(`<img alt="%s" src="data:image/gif;base64,%s">`, f.track, base64.StdEncoding.EncodeToString(b)), nil
}

// Save writes the film to a file, whose name ends in .gif.
func (f *Film) Save(name string) error {
	if filepath.Ext(name) != ".gif" {
		return fmt.Errorf("durin: %s: a film is saved as .gif", name)
	}
	b, err := f.GIF()
	if err != nil {
		return err
	}
	if err := os.WriteFile(name+".new", b, 0o644); err != nil {
		return fmt.Errorf("durin: %w", err)
	}
	return os.Rename(name+".new", name)
}

// GIF is the film as a GIF file that runs again and again. Of each frame it holds what has changed.
func (f *Film) GIF() ([]byte, error) {
	v := f.track.view()
	v.height -= legend - legendLine
	ground := canvas.NewPNG(v.width, v.height, 1)
	below := f.track.tinted(ground)
	f.track.drawFloor(below, v)
	f.track.drawWalls(below, v)
	inks := newPalette()
	inks.take(ground.Image)
	out := &gif.GIF{}
	var before *image.RGBA
	for k, at := range f.frames {
		from := 0
		if k > 0 {
			from = f.frames[k-1]
		}
		f.drawPiece(below, v, from, at)
		now := ground.Clone()
		f.drawNow(f.track.tinted(now), v, at)
		if k == 0 || k == len(f.frames)/2 || k == len(f.frames)-1 {
			inks.take(now.Image)
		}
		box := now.Image.Rect
		if before != nil {
			box = changed(before, now.Image)
		}
		out.Image = append(out.Image, &image.Paletted{Rect: box})
		out.Delay = append(out.Delay, f.delay)
		out.Image[k].Pix, out.Image[k].Stride = inks.paint(now.Image, before, box), box.Dx()
		before = now.Image
	}
	if len(out.Image) == 0 {
		out.Image = append(out.Image, &image.Paletted{Rect: ground.Image.Rect, Pix: inks.paint(ground.Image, nil, ground.Image.Rect), Stride: ground.Image.Rect.Dx()})
		out.Delay = append(out.Delay, f.delay)
	}
	for _, frame := range out.Image {
		frame.Palette = inks.colors
	}
	out.Config = image.Config{ColorModel: inks.colors, Width: ground.Image.Rect.Dx(), Height: ground.Image.Rect.Dy()}
	var b bytes.Buffer
	err := gif.EncodeAll(&b, out)
	return b.Bytes(), err
}

// legendLine is the height of the line below the picture.
const legendLine = 30

// drawPiece adds the path between two samples to the ground.
func (f *Film) drawPiece(c canvas.Canvas, v *view, from, to int) {
	s := f.track.Samples
	along := make([]canvas.Point, 0, to-from+1)
	for _, one := range s[from : to+1] {
		along = append(along, v.at(one.Pose.At))
	}
	c.Stroke(f.track.shade(float64(to)/float64(max(1, len(s)-1))), 3, along...)
	for _, one := range s[from : to+1] {
		if one.Contact {
			c.Disc(touchColor, v.at(one.Pose.At), 2)
		}
	}
}

// drawNow draws the robot, its view and the time.
func (f *Film) drawNow(c canvas.Canvas, v *view, at int) {
	s := f.track.Samples[at]
	if f.track.World != nil {
		f.drawView(c, v, s.Pose)
	}
	drawBody(c, v, s.Pose, f.track.shade(float64(at)/float64(max(1, len(f.track.Samples)-1))))
	if s.Contact {
		c.Disc(touchColor, v.at(s.Pose.At), 5)
	}
	c.Text(inkColor, canvas.At(margin, v.height-10), 12, fmt.Sprintf("%.1f s", s.Time.Seconds()))
}

// rayColor is of the lines along which the sensors look.
var rayColor = color.NRGBA{240, 150, 40, 255}

// drawView shows what the middles of the eight sensors see: a line to the wall, and a dot there.
func (f *Film) drawView(c canvas.Canvas, v *view, p sim.Pose) {
	for i := range 8 {
		angle := p.Heading + math.Pi/4*float64(i)
		free := f.track.World.Free(p.At, angle)
		end := v.at(p.At.Toward(angle, math.Min(free, Far)))
		c.Stroke(rayColor, 1, v.at(p.At), end)
		if free < Far {
			c.Disc(rayColor, end, 4)
		}
	}
}

// changed is the box in which two images differ; it has a pixel at least.
func changed(a, b *image.RGBA) image.Rectangle {
	box := image.Rectangle{}
	for y := a.Rect.Min.Y; y < a.Rect.Max.Y; y++ {
		p, q := a.Pix[y*a.Stride:(y+1)*a.Stride], b.Pix[y*b.Stride:(y+1)*b.Stride]
		if bytes.Equal(p, q) {
			continue
		}
		lo, hi := 0, len(p)
		for p[lo] == q[lo] {
			lo++
		}
		for p[hi-1] == q[hi-1] {
			hi--
		}
		box = box.Union(image.Rect(lo/4, y, (hi+3)/4, y+1))
	}
	if box.Empty() {
		return image.Rect(0, 0, 1, 1)
	}
	return box
}

// palette is the colours of a film: those of the path, and the most frequent of the images that it takes.
type palette struct {
	colors color.Palette
	known  map[color.RGBA]uint8
}

// pathShades is how many shades of the path's colours a film has.
const pathShades = 64

func newPalette() *palette {
	p := &palette{known: map[color.RGBA]uint8{}, colors: color.Palette{color.RGBA{}}} // the first is transparent
	for i := range pathShades {
		c := color.RGBA(pathColor(float64(i) / (pathShades - 1)))
		p.known[c] = uint8(len(p.colors))
		p.colors = append(p.colors, c)
	}
	return p
}

// takeColors is how many new colours an image may bring.
const takeColors = 64

func (p *palette) take(m *image.RGBA) {
	counts := map[color.RGBA]int{}
	for i := 0; i < len(m.Pix); i += 4 {
		counts[color.RGBA{m.Pix[i], m.Pix[i+1], m.Pix[i+2], 255}]++
	}
	fresh := make([]color.RGBA, 0, len(counts))
	for c := range counts {
		if i, ok := p.known[c]; !ok || p.colors[i] != color.Color(c) {
			fresh = append(fresh, c)
		}
	}
	slices.SortFunc(fresh, func(a, b color.RGBA) int {
		if d := counts[b] - counts[a]; d != 0 {
			return d
		}
		return (int(a.R)<<16 | int(a.G)<<8 | int(a.B)) - (int(b.R)<<16 | int(b.G)<<8 | int(b.B))
	})
	for _, c := range fresh[:min(len(fresh), takeColors, 256-len(p.colors))] {
		p.known[c] = uint8(len(p.colors))
		p.colors = append(p.colors, c)
	}
}

// paint is a part of an image in the palette's colours, transparent where it is as before.
func (p *palette) paint(m, before *image.RGBA, box image.Rectangle) []byte {
	out := make([]byte, 0, box.Dx()*box.Dy())
	var last color.RGBA // most pixels are as the one before
	var index uint8
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			i := m.PixOffset(x, y)
			if before != nil && [4]byte(m.Pix[i:i+4]) == [4]byte(before.Pix[i:i+4]) {
				out = append(out, 0)
				continue
			}
			if c := (color.RGBA{m.Pix[i], m.Pix[i+1], m.Pix[i+2], 255}); c != last {
				last = c
				var ok bool
				if index, ok = p.known[c]; !ok {
					index = 1 + uint8(p.colors[1:].Index(c))
					p.known[c] = index
				}
			}
			out = append(out, index)
		}
	}
	return out
}
