// Package canvas draws lines, shapes and text as pixels or as SVG, for the figures of packages that may not know a
// plotting library.
package canvas

import (
	"bytes"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"slices"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// Point is a place on a canvas in pixels, y down.
type Point struct{ X, Y float64 }

// At is the point at x, y.
func At(x, y float64) Point { return Point{x, y} }

// Canvas is what a figure is drawn on: pixels or SVG text.
type Canvas interface {
	Fill(c color.NRGBA, corners ...Point)                    // a polygon
	Stroke(c color.NRGBA, width float64, along ...Point)     // a line with round ends and joints
	Disc(c color.NRGBA, at Point, radius float64)            // a filled circle
	Text(c color.NRGBA, at Point, size float64, line string) // from its left end on the base line
}

// SVG is a drawing as SVG text.
type SVG struct{ b strings.Builder }

// NewSVG is an empty drawing of a size.
func NewSVG(width, height float64) *SVG {
	s := new(SVG)
	fmt.Fprintf(&s.b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f">`+"\n",
		width, height, width, height)
	return s
}

func (s *SVG) paint(c color.NRGBA) string {
	text := fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)
	if c.A < 255 {
		text += fmt.Sprintf(`" opacity="%.2f`, float64(c.A)/255)
	}
	return text
}

func (s *SVG) points(of []Point) string {
	var b strings.Builder
	for i, p := range of {
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%.1f,%.1f", p.X, p.Y)
	}
	return b.String()
}

// Fill is Canvas's.
func (s *SVG) Fill(c color.NRGBA, corners ...Point) {
	fmt.Fprintf(&s.b, `<polygon points="%s" fill="%s"/>`+"\n", s.points(corners), s.paint(c))
}

// Stroke is Canvas's.
func (s *SVG) Stroke(c color.NRGBA, width float64, along ...Point) {
	fmt.Fprintf(&s.b, `<polyline points="%s" fill="none" stroke="%s" stroke-width="%.2g" stroke-linecap="round" stroke-linejoin="round"/>`+"\n",
		s.points(along), s.paint(c), width)
}

// Disc is Canvas's.
func (s *SVG) Disc(c color.NRGBA, at Point, radius float64) {
	fmt.Fprintf(&s.b, `<circle cx="%.1f" cy="%.1f" r="%.1f" fill="%s"/>`+"\n", at.X, at.Y, radius, s.paint(c))
}

// Text is Canvas's.
func (s *SVG) Text(c color.NRGBA, at Point, size float64, line string) {
	fmt.Fprintf(&s.b, `<text x="%.1f" y="%.1f" font-family="sans-serif" font-size="%.0f" fill="%s">%s</text>`+"\n",
		at.X, at.Y, size, s.paint(c), html.EscapeString(line))
}

// String is the drawing as an SVG file.
func (s *SVG) String() string { return s.b.String() + "</svg>\n" }

// PNG is a drawing of pixels, scale of them for each unit of length.
type PNG struct {
	Image  *image.RGBA
	raster vector.Rasterizer
	scale  float64
	shapes [][]Point // what paint fills, in pixels
}

// NewPNG is a white picture; scale is the pixels for each unit of length.
func NewPNG(width, height, scale float64) *PNG {
	w, h := int(math.Ceil(width*scale)), int(math.Ceil(height*scale))
	p := &PNG{Image: image.NewRGBA(image.Rect(0, 0, w, h)), scale: scale}
	draw.Draw(p.Image, p.Image.Bounds(), image.White, image.Point{}, draw.Src)
	return p
}

// Clone is a copy to go on with.
func (p *PNG) Clone() *PNG {
	m := *p.Image
	m.Pix = bytes.Clone(m.Pix)
	return &PNG{Image: &m, scale: p.scale}
}

// add makes a closed shape part of what paint fills. All shapes turn the same way round, so that they add up where
// they overlap and do not cut each other out.
func (p *PNG) add(corners []Point) {
	var turn float64
	for i, a := range corners {
		b := corners[(i+1)%len(corners)]
		turn += a.X*b.Y - a.Y*b.X
	}
	shape := make([]Point, len(corners))
	for i, c := range corners {
		shape[i] = Point{c.X * p.scale, c.Y * p.scale}
	}
	if turn < 0 {
		slices.Reverse(shape)
	}
	p.shapes = append(p.shapes, shape)
}

// paint fills the shapes. The rasterizer covers no more than their bounding box, as far as it is on the picture: its cost
// is that area.
func (p *PNG) paint(c color.NRGBA) {
	lo, hi := Point{math.Inf(1), math.Inf(1)}, Point{math.Inf(-1), math.Inf(-1)}
	for _, s := range p.shapes {
		for _, c := range s {
			lo, hi = Point{min(lo.X, c.X), min(lo.Y, c.Y)}, Point{max(hi.X, c.X), max(hi.Y, c.Y)}
		}
	}
	box := image.Rect(int(math.Floor(lo.X)), int(math.Floor(lo.Y)), int(math.Ceil(hi.X)), int(math.Ceil(hi.Y))).Intersect(p.Image.Rect)
	if box.Empty() {
		p.shapes = p.shapes[:0]
		return
	}
	p.raster.Reset(box.Dx(), box.Dy())
	for _, s := range p.shapes {
		for i, c := range s {
			x, y := float32(c.X-float64(box.Min.X)), float32(c.Y-float64(box.Min.Y))
			if i == 0 {
				p.raster.MoveTo(x, y)
			} else {
				p.raster.LineTo(x, y)
			}
		}
		p.raster.ClosePath()
	}
	p.raster.Draw(p.Image, box, image.NewUniform(c), image.Point{})
	p.shapes = p.shapes[:0]
}

// Fill is Canvas's.
func (p *PNG) Fill(c color.NRGBA, corners ...Point) {
	p.add(corners)
	p.paint(c)
}

// Stroke is Canvas's.
func (p *PNG) Stroke(c color.NRGBA, width float64, along ...Point) {
	for i, a := range along {
		p.add(p.round(a, width/2))
		if i == 0 {
			continue
		}
		b := along[i-1]
		l := math.Hypot(b.X-a.X, b.Y-a.Y)
		if l == 0 {
			continue
		}
		n := Point{-(b.Y - a.Y) / l * width / 2, (b.X - a.X) / l * width / 2}
		p.add([]Point{{a.X + n.X, a.Y + n.Y}, {b.X + n.X, b.Y + n.Y}, {b.X - n.X, b.Y - n.Y}, {a.X - n.X, a.Y - n.Y}})
	}
	p.paint(c)
}

// Disc is Canvas's.
func (p *PNG) Disc(c color.NRGBA, at Point, radius float64) {
	p.add(p.round(at, radius))
	p.paint(c)
}

// round is a circle as a polygon that cannot be told from one.
func (p *PNG) round(at Point, radius float64) []Point {
	corners := make([]Point, max(12, int(4*radius*p.scale)))
	for i := range corners {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(len(corners)))
		corners[i] = Point{at.X + radius*cos, at.Y + radius*sin}
	}
	return corners
}

// Text is Canvas's.
func (p *PNG) Text(c color.NRGBA, at Point, size float64, line string) {
	ttf, err := opentype.Parse(goregular.TTF)
	if err != nil {
		panic(err) // it is part of the program
	}
	face, err := opentype.NewFace(ttf, &opentype.FaceOptions{Size: size * p.scale, DPI: 72})
	if err != nil {
		panic(err) // as above
	}
	defer face.Close()
	d := font.Drawer{
		Dst: p.Image, Src: image.NewUniform(c), Face: face,
		Dot: fixed.Point26_6{X: fixed.Int26_6(at.X * p.scale * 64), Y: fixed.Int26_6(at.Y * p.scale * 64)},
	}
	d.DrawString(line)
}

// Encode is the picture as a PNG file.
func (p *PNG) Encode() ([]byte, error) {
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	err := encoder.Encode(&b, p.Image)
	return b.Bytes(), err
}
