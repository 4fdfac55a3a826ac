package plot

import (
	"image"
	"image/color"
	"math"
	"slices"

	xdraw "golang.org/x/image/draw"
	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// pixels is the canvas of PNG pictures. Bitmaps and rasters write its pixels themselves: cells stay sharp, and it is
// much faster than to fill polygons.
type pixels struct {
	*vgimg.Canvas
	dpi    float64
	theme  *theme
	see    bool // the colour lets through what is below
	dashed bool
}

func (p *pixels) themeOf() *theme { return p.theme }

// SetColor implements vg.Canvas.
func (p *pixels) SetColor(c color.Color) {
	c = p.theme.of(c)
	_, _, _, alpha := c.RGBA()
	p.see = alpha < 0xffff
	p.Canvas.SetColor(c)
}

// SetLineDash implements vg.Canvas.
func (p *pixels) SetLineDash(dashes []vg.Length, offset vg.Length) {
	p.dashed = len(dashes) > 0
	p.Canvas.SetLineDash(dashes, offset)
}

// strokeAtOnce is how many segments of a line are drawn together.
const strokeAtOnce = 32

// Stroke implements vg.Canvas. The rasteriser's time grows with the square of a line's crossings of a row, so that a long
// line is drawn in pieces. Each begins with the segment that the one before ended with, for the joint.
func (p *pixels) Stroke(path vg.Path) {
	if p.see || p.dashed || slices.ContainsFunc(path, func(c vg.PathComp) bool { return c.Type != vg.MoveComp && c.Type != vg.LineComp }) {
		p.Canvas.Stroke(path)
		return
	}
	if len(path) > strokeAtOnce {
		path = slices.Clone(path)
	}
	for len(path) > strokeAtOnce {
		p.Canvas.Stroke(path[:strokeAtOnce])
		path = path[strokeAtOnce-2:]
		path[0].Type = vg.MoveComp
	}
	p.Canvas.Stroke(path)
}

// pixelsOf finds the pixels below the wrappers of a canvas, or nil if there are none.
func pixelsOf(c vg.Canvas) *pixels {
	for {
		switch under := c.(type) {
		case draw.Canvas:
			c = under.Canvas
		case *pixels:
			return under
		default:
			return nil
		}
	}
}

// rect turns a rectangle of the canvas into whole pixels, y down.
func (p *pixels) rect(r vg.Rectangle) image.Rectangle {
	height := float64(p.Canvas.Image().Bounds().Dy())
	at := func(v vg.Length) float64 { return v.Dots(p.dpi) }
	return image.Rect(
		int(math.Round(at(r.Min.X))), int(math.Round(height-at(r.Max.Y))),
		int(math.Round(at(r.Max.X))), int(math.Round(height-at(r.Min.Y))),
	)
}

// image is the canvas's picture.
func (p *pixels) image() *image.RGBA { return p.Canvas.Image().(*image.RGBA) }

// vectors is the canvas of SVG pictures. It remembers what gonum's writer does not write: which images are to be
// smoothed when the page is zoomed, and how wide the texts are, for readers who do not have the font.
type vectors struct {
	*vgsvg.Canvas
	theme  *theme
	smooth []bool
	widths []vg.Length
}

func (v *vectors) themeOf() *theme { return v.theme }

// SetColor implements vg.Canvas.
func (v *vectors) SetColor(c color.Color) { v.Canvas.SetColor(v.theme.of(c)) }

// FillString implements vg.Canvas.
func (v *vectors) FillString(face font.Face, at vg.Point, s string) {
	v.widths = append(v.widths, face.Width(s))
	v.Canvas.FillString(face, at, s)
}

// smoothed marks an image for vectors.
type smoothed struct{ image.Image }

// DrawImage implements vg.Canvas.
func (v *vectors) DrawImage(r vg.Rectangle, img image.Image) {
	_, smooth := img.(smoothed)
	v.smooth = append(v.smooth, smooth)
	v.Canvas.DrawImage(r, img)
}

// bitmap draws values with the centre of the first cell at (0, 0) of the data, one unit a cell, y down.
type bitmap struct {
	rows, cols int
	values     []float32
	scale      scale
	mostlyZero bool        // made smaller, the cells show the values farthest from zero
	rgb        *image.RGBA // instead of values
	painted    *image.RGBA // the values in the colours of
	look       *theme
}

// DataRange implements gonum's DataRanger.
func (b *bitmap) DataRange() (xmin, xmax, ymin, ymax float64) {
	return -0.5, float64(b.cols) - 0.5, -0.5, float64(b.rows) - 0.5
}

// Plot implements gonum's Plotter.
func (b *bitmap) Plot(c draw.Canvas, p *gonum.Plot) {
	x, y := p.Transforms(&c)
	x0, x1, y0, y1 := b.DataRange()
	at := vg.Rectangle{Min: vg.Point{X: x(x0), Y: y(y1)}, Max: vg.Point{X: x(x1), Y: y(y0)}}
	switch look := themeOf(c); {
	case b.rgb != nil:
		blit(c, b.rgb, at, nil)
		return
	case b.painted == nil || b.look != look:
		b.painted, b.look = paint(b.values, b.rows, b.cols, b.scale.in(look)), look
	}
	var weight []float32
	if b.mostlyZero {
		weight = b.values
	}
	blit(c, b.painted, at, weight)
}

// blit draws an image into a rectangle: every pixel a cell when it is enlarged. When it is made smaller, each pixel is
// an average, or with weights, one for each pixel of the whole image, that of the heaviest. What lies outside of the
// canvas's own rectangle is cut off.
func blit(c draw.Canvas, src *image.RGBA, at vg.Rectangle, weight []float32) {
	if px := pixelsOf(c); px != nil {
		to := px.rect(at)
		resample(px.image(), to, px.rect(c.Rectangle).Intersect(px.image().Rect), src, weight)
		return
	}
	cols, rows := src.Rect.Dx(), src.Rect.Dy()
	src, at = crop(c, src, at)
	if src.Rect.Empty() {
		return
	}
	size := at.Size()
	to := image.Rect(0, 0, max(1, int(math.Round(float64(size.X/devicePixel)))), max(1, int(math.Round(float64(size.Y/devicePixel)))))
	if to.Dx() >= cols && to.Dy() >= rows {
		if _, ok := under(c).(*vectors); ok {
			c.DrawImage(at, src)
			return
		}
	}
	scaled := image.NewRGBA(to)
	resample(scaled, to, to, src, weight)
	c.DrawImage(at, smoothed{scaled})
}

// under is the canvas below the wrappers.
func under(c vg.Canvas) vg.Canvas {
	for {
		d, ok := c.(draw.Canvas)
		if !ok {
			return c
		}
		c = d.Canvas
	}
}

// crop cuts whole pixels off an image that is larger than the canvas, as when the axes are zoomed.
func crop(c draw.Canvas, src *image.RGBA, at vg.Rectangle) (*image.RGBA, vg.Rectangle) {
	cw, ch := at.Size().X/vg.Length(src.Rect.Dx()), at.Size().Y/vg.Length(src.Rect.Dy())
	if cw <= 0 || ch <= 0 {
		return &image.RGBA{}, at
	}
	cells := func(over, cell vg.Length) int { return max(0, int(math.Ceil(float64(over/cell)-1e-6))) }
	left, right := cells(c.Min.X-at.Min.X, cw), cells(at.Max.X-c.Max.X, cw)
	below, above := cells(c.Min.Y-at.Min.Y, ch), cells(at.Max.Y-c.Max.Y, ch)
	r := image.Rect(src.Rect.Min.X+left, src.Rect.Min.Y+above, src.Rect.Max.X-right, src.Rect.Max.Y-below)
	if left+right >= src.Rect.Dx() || above+below >= src.Rect.Dy() {
		return &image.RGBA{}, at
	}
	at.Min.X, at.Max.X = at.Min.X+vg.Length(left)*cw, at.Max.X-vg.Length(right)*cw
	at.Min.Y, at.Max.Y = at.Min.Y+vg.Length(below)*ch, at.Max.Y-vg.Length(above)*ch
	return src.SubImage(r).(*image.RGBA), at
}

// resample draws src into the rectangle to of dst, but only where it is visible.
func resample(dst *image.RGBA, to, visible image.Rectangle, src *image.RGBA, weight []float32) {
	shown := to.Intersect(visible)
	if shown.Empty() || src.Rect.Empty() {
		return
	}
	switch smaller := to.Dx() < src.Rect.Dx() || to.Dy() < src.Rect.Dy(); {
	case smaller && weight != nil:
		heaviest(dst, to, shown, src, weight)
		return
	case smaller:
		xdraw.BiLinear.Scale(dst.SubImage(shown).(*image.RGBA), to, src, src.Rect, xdraw.Over, nil)
		return
	}
	column := make([]int, shown.Dx())
	for i := range column {
		column[i] = 4 * ((shown.Min.X + i - to.Min.X) * src.Rect.Dx() / to.Dx())
	}
	last := -1
	for y := shown.Min.Y; y < shown.Max.Y; y++ {
		row := (y - to.Min.Y) * src.Rect.Dy() / to.Dy()
		line := dst.Pix[dst.PixOffset(shown.Min.X, y):][:4*len(column)]
		if row == last {
			copy(line, dst.Pix[dst.PixOffset(shown.Min.X, y-1):])
			continue
		}
		from := src.Pix[src.PixOffset(src.Rect.Min.X, src.Rect.Min.Y+row):]
		for i, at := range column {
			copy(line[4*i:4*i+4], from[at:at+4])
		}
		last = row
	}
}

// heaviest makes an image smaller: of the pixels of src that fall on one of dst, it shows the one whose weight is
// farthest from zero, so that a single event does not disappear. NaN is farther than all.
func heaviest(dst *image.RGBA, to, shown image.Rectangle, src *image.RGBA, weight []float32) {
	cols, rows, stride := src.Rect.Dx(), src.Rect.Dy(), src.Stride/4
	span := func(i, n, have int) (from, to int) { // a part of its own for each, at least one
		from = i * have / n
		return from, max((i+1)*have/n, from+1)
	}
	for y := shown.Min.Y; y < shown.Max.Y; y++ {
		y0, y1 := span(y-to.Min.Y, to.Dy(), rows)
		for x := shown.Min.X; x < shown.Max.X; x++ {
			x0, x1 := span(x-to.Min.X, to.Dx(), cols)
			best, most := -1, float32(-1)
			for v := y0 + src.Rect.Min.Y; v < y1+src.Rect.Min.Y; v++ {
				for u := x0 + src.Rect.Min.X; u < x1+src.Rect.Min.X; u++ {
					if w := float32(math.Abs(float64(weight[v*stride+u]))); w > most || w != w && most == most {
						best, most = src.PixOffset(u, v), w
					}
				}
			}
			copy(dst.Pix[dst.PixOffset(x, y):][:4], src.Pix[best:best+4])
		}
	}
}

// paint colours the values of a (rows, cols) array.
func paint(values []float32, rows, cols int, s scale) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, cols, rows))
	for i, v := range values {
		put(img.Pix[4*i:], s.color(float64(v)))
	}
	return img
}

func put(pix []uint8, c color.RGBA) { pix[0], pix[1], pix[2], pix[3] = c.R, c.G, c.B, c.A }
