package plot

import (
	"image/color"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// theme is how a figure's colours look on paper of one brightness. Figures are made in the colours of the light theme;
// the canvas turns those into the figure's own when it is drawn, so that no kind of figure has to know of it.
type theme struct {
	paper   color.RGBA
	colors  map[color.RGBA]color.RGBA // from those of the light theme
	signed  colormap                  // values around zero
	counts  colormap                  // counts that are mostly zero
	changes colormap                  // signed counts that are mostly zero
}

var light = &theme{
	paper:   color.RGBA{0xff, 0xff, 0xff, 0xff},
	signed:  redBlue,
	counts:  counts,
	changes: changes,
}

// dark has the light theme's colours of lines, brighter, in the same order.
var dark = &theme{
	paper: color.RGBA{0x17, 0x1a, 0x1f, 0xff},
	colors: pairs(
		append(colormap{light.paper, ink, faint, hint}, lineColors...),
		fromHex("171a1f"+"e8e8e8"+"b0b4ba"+"363b43"+"4aa3e8"+"f27f33"+"1fc18f"+"e39ac6"+"f0b63c"+"a9dcfb"+"ffffff"),
	),
	signed:  darkRedBlue,
	counts:  darkCounts,
	changes: darkChanges,
}

func pairs(from, to colormap) map[color.RGBA]color.RGBA {
	m := make(map[color.RGBA]color.RGBA, len(from))
	for i, c := range from {
		m[c] = to[i]
	}
	return m
}

// of is the theme's colour for one of the light theme. Colours that are not the package's own stay as they are.
func (t *theme) of(c color.Color) color.Color {
	if t == light || c == nil {
		return c
	}
	alpha := uint8(0xff)
	if n, translucent := c.(color.NRGBA); translucent {
		alpha, n.A = n.A, 0xff
		c = n
	}
	if own, ok := t.colors[color.RGBAModel.Convert(c).(color.RGBA)]; ok {
		c = own
	}
	if alpha != 0xff {
		return faded(c, alpha)
	}
	return c
}

// rgba is of for the package's own colours.
func (t *theme) rgba(c color.RGBA) color.RGBA { return t.of(c).(color.RGBA) }

// ofMap is the theme's map of colours for one of the light theme.
func (t *theme) ofMap(m colormap) colormap {
	for _, pair := range [][2]colormap{{redBlue, t.signed}, {counts, t.counts}, {changes, t.changes}} {
		if &m[0] == &pair[0][0] {
			return pair[1]
		}
	}
	return m
}

// Dark gives the figure a dark background, with colours to match, and returns the figure. Colours that were set to
// anything but the package's own stay.
func (f *Figure) Dark() *Figure {
	f.theme = dark
	return f
}

// themed is a canvas with a theme.
type themed interface{ themeOf() *theme }

// themeOf is the theme that a canvas draws in.
func themeOf(c vg.Canvas) *theme {
	for {
		switch under := c.(type) {
		case draw.Canvas:
			c = under.Canvas
		case themed:
			return under.themeOf()
		default:
			return light
		}
	}
}

// tinted is a canvas of gonum's in a theme.
type tinted struct {
	vg.Canvas
	theme *theme
}

func (t tinted) themeOf() *theme { return t.theme }

// SetColor implements vg.Canvas.
func (t tinted) SetColor(c color.Color) { t.Canvas.SetColor(t.theme.of(c)) }
