package plot

import (
	"math"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// panel is one plot with what belongs beside it.
type panel struct {
	*gonum.Plot
	side   side    // a colour bar or legend, right of the plot, or nil
	cols   int     // > 0: an image of so many cells,
	rows   int     // which are square
	cell   float64 // unless this, the height of a cell by its width, says otherwise
	target size    // of the data area in CSS pixels
	image  *bitmap
	hung   bool // spare room is below, not on both sides: panels of a row begin at the same height
}

// size is a width and height in CSS pixels.
type size struct{ w, h float64 }

// side is drawn in a column right of a plot.
type side interface {
	width() vg.Length
	// draw draws into the column, beside the data area from bottom to top.
	draw(column draw.Canvas, bottom, top vg.Length)
}

// gap is between a plot and its side.
const gap = 10 * cssPixel

// sideWidth is what the side takes from the plot.
func (p *panel) sideWidth() vg.Length {
	if p.side == nil {
		return 0
	}
	return gap + p.side.width()
}

// margins is what title, axes and side take from a canvas whose data area has the target size. How far labels hang over
// its ends depends on its size, so the first guess is corrected.
func (p *panel) margins() (w, h vg.Length) {
	target := vg.Point{X: vg.Length(p.target.w) * cssPixel, Y: vg.Length(p.target.h) * cssPixel}
	w, h = 100, 100
	for range 12 {
		trial := draw.Canvas{Rectangle: vg.Rectangle{Max: vg.Point{
			X: target.X + w, Y: target.Y + h,
		}}}
		off := target.Sub(p.DataCanvas(trial).Size())
		if off == (vg.Point{}) {
			break
		}
		w, h = w+0.7*off.X, h+0.7*off.Y // less than the difference, which makes others
	}
	return w + p.sideWidth(), h
}

// natural is the size at which the data area has its target size.
func (p *panel) natural() (w, h vg.Length) {
	w, h = p.margins()
	w += vg.Length(p.target.w) * cssPixel
	if p.Title.Text != "" {
		w = max(w, p.Title.TextStyle.Width(p.Title.Text))
	}
	return w, h + vg.Length(p.target.h)*cssPixel
}

// draw draws plot and side into a canvas. Images keep the shape of their cells and are centred.
func (p *panel) draw(c draw.Canvas) {
	main := c
	main.Max.X -= p.sideWidth()
	main.Max.Y -= p.titleHeight()
	untitled := *p.Plot
	untitled.Title.Text, untitled.BackgroundColor = "", nil
	background(c, p.BackgroundColor)
	if p.cols > 0 {
		main = p.fit(main, &untitled)
	}
	data := untitled.DataCanvas(main)
	untitled.Draw(main)
	p.title(c, data.Center().X, main.Max.Y)
	if p.side != nil {
		column := c
		column.Min.X = main.Max.X + gap
		column.Max.X = column.Min.X + p.side.width()
		p.side.draw(column, data.Min.Y, data.Max.Y)
	}
}

// titleHeight is what the title takes from the plot.
func (p *panel) titleHeight() vg.Length {
	if p.Title.Text == "" {
		return 0
	}
	return p.Title.TextStyle.Rectangle(p.Title.Text).Size().Y + p.Title.Padding
}

// title draws the title over a plot whose data area has its centre at x and whose upper end is at y. It stays within
// the canvas, unlike gonum's, which is centred even where it does not fit.
func (p *panel) title(c draw.Canvas, x, y vg.Length) {
	if p.Title.Text == "" {
		return
	}
	style := p.Title.TextStyle
	half := style.Width(p.Title.Text) / 2
	x = max(min(x, c.Max.X-half), c.Min.X+half)
	c.FillText(style, vg.Point{X: x, Y: y + p.titleHeight() + style.FontExtents().Descent}, p.Title.Text)
}

// fit makes the canvas smaller so that the cells of an image have their shape. Large cells get whole device pixels.
func (p *panel) fit(c draw.Canvas, plot *gonum.Plot) draw.Canvas {
	data := plot.DataCanvas(c)
	have := data.Size()
	if have.X <= 0 || have.Y <= 0 {
		return c
	}
	cols, rows := vg.Length(p.cols), vg.Length(p.rows)
	cell := min(have.X/cols, have.Y/(rows*vg.Length(p.cell)))
	if dots := float64(cell / devicePixel); dots >= 3 {
		cell = devicePixel * vg.Length(math.Floor(dots+1e-3))
	}
	high := cell * vg.Length(p.cell)
	spareX, spareY := have.X-cols*cell, have.Y-rows*high
	// The data area begins on a device pixel.
	left := snap(data.Min.X+spareX/2) - data.Min.X
	if !p.hung {
		spareY /= 2
	}
	below := snap(data.Min.Y+spareY) - data.Min.Y
	return draw.Crop(c, left, left-spareX, below, below-(have.Y-rows*high))
}

// snap is the nearest whole device pixel.
func snap(v vg.Length) vg.Length {
	return devicePixel * vg.Length(math.Round(float64(v/devicePixel)))
}
