package plot

import (
	"image/color"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A CSS pixel is 1/96 inch. Pictures have two device pixels for each, so that they are sharp on any screen.
const (
	cssPixel    = vg.Inch / 96
	density     = 2
	devicePixel = cssPixel / density
)

var (
	ink   = color.RGBA{0x26, 0x26, 0x26, 0xff} // titles and labels
	faint = color.RGBA{0x59, 0x59, 0x59, 0xff} // figures on the axes, axes, notes
	hint  = color.RGBA{0xe6, 0xe6, 0xe6, 0xff} // lines of the grid
)

// sans is the font of all text, in points.
func sans(size float64) font.Font {
	return font.From(font.Font{Typeface: "Liberation", Variant: "Sans"}, vg.Points(size))
}

// textStyle is text of a size in points.
func textStyle(size float64, c color.Color, x text.XAlignment, y text.YAlignment) text.Style {
	return text.Style{Color: c, Font: sans(size), XAlign: x, YAlign: y, Handler: gonum.DefaultTextHandler}
}

// newPlot is gonum's plot in the package's style.
func newPlot() *gonum.Plot {
	p := gonum.New()
	p.Title.TextStyle.Font, p.Title.TextStyle.Color = sans(11), ink
	p.Title.Padding = vg.Points(5)
	p.Legend.TextStyle.Font, p.Legend.TextStyle.Color = sans(9), ink
	for _, axis := range []*gonum.Axis{&p.X, &p.Y} {
		axis.Label.TextStyle.Font, axis.Label.TextStyle.Color = sans(10), ink
		axis.Label.Padding = vg.Points(3)
		axis.Tick.Label.Font, axis.Tick.Label.Color = sans(9), faint
		axis.Tick.LineStyle = draw.LineStyle{Color: faint, Width: vg.Points(0.5)}
		axis.Tick.Length = vg.Points(3)
		axis.LineStyle = draw.LineStyle{Color: faint, Width: vg.Points(0.5)}
		axis.Padding = 0
	}
	return p
}
