package durin

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

// point is a place on a canvas in pixels, y down.
type point struct{ x, y float64 }

// canvas is what a figure is drawn on: pixels or SVG text.
type canvas interface {
	fill(c color.NRGBA, corners ...point)                    // a polygon
	stroke(c color.NRGBA, width float64, along ...point)     // a line with round ends and joints
	disc(c color.NRGBA, at point, radius float64)            // a filled circle
	text(c color.NRGBA, at point, size float64, line string) // from its left end on the base line
}

// svgCanvas writes SVG.
type svgCanvas struct{ b strings.Builder }

func newSVG(width, height float64) *svgCanvas {
	s := new(svgCanvas)
	fmt.Fprintf(&s.b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f">`+"\n",
		width, height, width, height)
	return s
}

func (s *svgCanvas) paint(c color.NRGBA) string {
	text := fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)
	if c.A < 255 {
		text += fmt.Sprintf(`" opacity="%.2f`, float64(c.A)/255)
	}
	return text
}

func (s *svgCanvas) points(of []point) string {
	var b strings.Builder
	for i, p := range of {
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%.1f,%.1f", p.x, p.y)
	}
	return b.String()
}

func (s *svgCanvas) fill(c color.NRGBA, corners ...point) {
	fmt.Fprintf(&s.b, `<polygon points="%s" fill="%s"/>`+"\n", s.points(corners), s.paint(c))
}

func (s *svgCanvas) stroke(c color.NRGBA, width float64, along ...point) {
	fmt.Fprintf(&s.b, `<polyline points="%s" fill="none" stroke="%s" stroke-width="%.2g" stroke-linecap="round" stroke-linejoin="round"/>`+"\n",
		s.points(along), s.paint(c), width)
}

func (s *svgCanvas) disc(c color.NRGBA, at point, radius float64) {
	fmt.Fprintf(&s.b, `<circle cx="%.1f" cy="%.1f" r="%.1f" fill="%s"/>`+"\n", at.x, at.y, radius, s.paint(c))
}

func (s *svgCanvas) text(c color.NRGBA, at point, size float64, line string) {
	fmt.Fprintf(&s.b, `<text x="%.1f" y="%.1f" font-family="sans-serif" font-size="%.0f" fill="%s">%s</text>`+"\n",
		at.x, at.y, size, s.paint(c), html.EscapeString(line))
}

func (s *svgCanvas) String() string { return s.b.String() + "</svg>\n" }

// pngCanvas draws pixels, scale of them for each unit of length.
type pngCanvas struct {
	image  *image.RGBA
	raster vector.Rasterizer
	scale  float64
	shapes [][]point // what paint fills, in pixels
}

func newPNG(width, height, scale float64) *pngCanvas {
	w, h := int(math.Ceil(width*scale)), int(math.Ceil(height*scale))
	p := &pngCanvas{image: image.NewRGBA(image.Rect(0, 0, w, h)), scale: scale}
	draw.Draw(p.image, p.image.Bounds(), image.White, image.Point{}, draw.Src)
	return p
}

// add makes a closed shape part of what paint fills. All shapes turn the same way round, so that they add up where
// they overlap and do not cut each other out.
func (p *pngCanvas) add(corners []point) {
	var turn float64
	for i, a := range corners {
		b := corners[(i+1)%len(corners)]
		turn += a.x*b.y - a.y*b.x
	}
	shape := make([]point, len(corners))
	for i, c := range corners {
		shape[i] = point{c.x * p.scale, c.y * p.scale}
	}
	if turn < 0 {
		slices.Reverse(shape)
	}
	p.shapes = append(p.shapes, shape)
}

// paint fills the shapes. The rasterizer covers no more than their bounding box: its cost is that area.
func (p *pngCanvas) paint(c color.NRGBA) {
	lo, hi := point{math.Inf(1), math.Inf(1)}, point{math.Inf(-1), math.Inf(-1)}
	for _, s := range p.shapes {
		for _, c := range s {
			lo, hi = point{min(lo.x, c.x), min(lo.y, c.y)}, point{max(hi.x, c.x), max(hi.y, c.y)}
		}
	}
	box := image.Rect(int(math.Floor(lo.x)), int(math.Floor(lo.y)), int(math.Ceil(hi.x)), int(math.Ceil(hi.y)))
	p.raster.Reset(box.Dx(), box.Dy())
	for _, s := range p.shapes {
		for i, c := range s {
			x, y := float32(c.x-float64(box.Min.X)), float32(c.y-float64(box.Min.Y))
			if i == 0 {
				p.raster.MoveTo(x, y)
			} else {
				p.raster.LineTo(x, y)
			}
		}
		p.raster.ClosePath()
	}
	p.raster.Draw(p.image, box, image.NewUniform(c), image.Point{})
	p.shapes = p.shapes[:0]
}

func (p *pngCanvas) fill(c color.NRGBA, corners ...point) {
	p.add(corners)
	p.paint(c)
}

func (p *pngCanvas) stroke(c color.NRGBA, width float64, along ...point) {
	for i, a := range along {
		p.add(p.round(a, width/2))
		if i == 0 {
			continue
		}
		b := along[i-1]
		l := math.Hypot(b.x-a.x, b.y-a.y)
		if l == 0 {
			continue
		}
		n := point{-(b.y - a.y) / l * width / 2, (b.x - a.x) / l * width / 2}
		p.add([]point{{a.x + n.x, a.y + n.y}, {b.x + n.x, b.y + n.y}, {b.x - n.x, b.y - n.y}, {a.x - n.x, a.y - n.y}})
	}
	p.paint(c)
}

func (p *pngCanvas) disc(c color.NRGBA, at point, radius float64) {
	p.add(p.round(at, radius))
	p.paint(c)
}

// round is a circle as a polygon that cannot be told from one.
func (p *pngCanvas) round(at point, radius float64) []point {
	corners := make([]point, max(12, int(4*radius*p.scale)))
	for i := range corners {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(len(corners)))
		corners[i] = point{at.x + radius*cos, at.y + radius*sin}
	}
	return corners
}

func (p *pngCanvas) text(c color.NRGBA, at point, size float64, line string) {
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
		Dst: p.image, Src: image.NewUniform(c), Face: face,
		Dot: fixed.Point26_6{X: fixed.Int26_6(at.x * p.scale * 64), Y: fixed.Int26_6(at.y * p.scale * 64)},
	}
	d.DrawString(line)
}

func (p *pngCanvas) encode() ([]byte, error) {
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	err := encoder.Encode(&b, p.image)
	return b.Bytes(), err
}
