package plot

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	stddraw "image/draw"
	"io"
	"math"
	"path/filepath"
	"strings"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	// The formats that Save and WriterTo know beside PNG and SVG.
	_ "gonum.org/v1/plot/vg/vgpdf"
)

// Figure is a picture with one or several panels. It embeds gonum's plot: of the panel if there is one, else of the
// whole, which has a title but no axes; Panel reaches the single plots then.
type Figure struct {
	*gonum.Plot
	panels []*panel
	cols   int    // panels in a row
	theme  *theme // light, or nil for it, or dark
	lines  lines  // of a Trace
	curves curves // of figures with two axes
	asked  size   // by Size, or zero
	text   string // what String returns
}

// look is the figure's theme.
func (f *Figure) look() *theme {
	if f.theme == nil {
		return light
	}
	return f.theme
}

// margin is around everything.
const margin = 8 * cssPixel

// single is the figure of one panel.
func single(p *panel, text string) *Figure {
	return &Figure{Plot: p.Plot, panels: []*panel{p}, cols: 1, text: text}
}

// Size sets the figure's width and height in CSS pixels (1/96 inch; pictures have twice as many device pixels) and
// returns the figure. Without it a figure has the size that suits its data. It panics unless both are positive.
func (f *Figure) Size(w, h float64) *Figure {
	if !(w > 0 && h > 0) || math.IsInf(w+h, 0) {
		panic(fmt.Sprintf("plot: a figure of size %v by %v", w, h))
	}
	f.asked = size{w, h}
	return f
}

// Panel is the plot of the i-th panel, from 0. It panics if there is none.
func (f *Figure) Panel(i int) *gonum.Plot {
	if i < 0 || i >= len(f.panels) {
		panic(fmt.Sprintf("plot: panel %d of a figure with %d", i, len(f.panels)))
	}
	return f.panels[i].Plot
}

// Titles sets the titles of the panels in their order and returns the figure. It panics if there are more titles than
// panels.
func (f *Figure) Titles(titles ...string) *Figure {
	if len(titles) > len(f.panels) {
		panic(fmt.Sprintf("plot: %d titles for %d panels", len(titles), len(f.panels)))
	}
	for i, title := range titles {
		if before, _, _ := strings.Cut(f.panels[i].Title.Text, ": "); before != "" { // the text names the panels, too
			f.text = strings.Replace(f.text, before+": ", title+": ", 1)
		}
		f.panels[i].Title.Text = title
	}
	return f
}

// String says what the figure shows, in one line.
func (f *Figure) String() string { return f.text }

// Draw draws the figure to a canvas. It hides gonum's method, which knows neither several panels nor colour bars.
func (f *Figure) Draw(c draw.Canvas) {
	if look := f.look(); themeOf(c) != look { // a canvas of the caller's
		c.Canvas = tinted{c.Canvas, look}
	}
	background(c, f.BackgroundColor)
	c = draw.Crop(c, margin, -margin, margin, -margin)
	if len(f.panels) == 1 {
		f.panels[0].draw(c)
		return
	}
	if f.Title.Text != "" {
		f.Plot.Draw(c) // nothing but the title
		c.Max.Y = f.DataCanvas(c).Max.Y
	}
	f.grid(c)
}

// background fills a canvas with a colour, if there is one.
func background(c draw.Canvas, fill color.Color) {
	switch px := pixelsOf(c); {
	case fill == nil:
	case px != nil: // much faster than a polygon
		stddraw.Draw(px.image(), px.rect(c.Rectangle), image.NewUniform(px.theme.of(fill)), image.Point{}, stddraw.Over)
	default:
		c.SetColor(fill)
		c.Fill(c.Rectangle.Path())
	}
}

// size is the size asked for, else the natural one, in CSS pixels.
func (f *Figure) size() size {
	if f.asked.w > 0 {
		return f.asked
	}
	var w, h vg.Length
	if len(f.panels) == 1 {
		w, h = f.panels[0].natural()
	} else {
		w, h = f.gridSize()
	}
	return size{whole(w + 2*margin), whole(h + 2*margin)}
}

// dpi is the resolution of pictures.
const dpi = 96 * density

// pixels draws the figure. The picture is opaque.
func (f *Figure) pixels() *image.RGBA {
	s := f.size()
	c := &pixels{Canvas: vgimg.NewWith(vgimg.UseWH(vg.Length(s.w)*cssPixel, vg.Length(s.h)*cssPixel), vgimg.UseDPI(dpi)), dpi: dpi, theme: f.look()}
	f.Draw(draw.New(c))
	return c.image()
}

// PNG is the figure as a PNG picture with two device pixels for each CSS pixel. Its resolution is in the file, so
// notebooks show it in the figure's size.
func (f *Figure) PNG() ([]byte, error) {
	file, err := encode(f.pixels(), dpi)
	if err != nil {
		return nil, fmt.Errorf("plot: %w", err)
	}
	return file, nil
}

// SVG is the figure as an SVG document.
func (f *Figure) SVG() (string, error) {
	s := f.size()
	c := &vectors{Canvas: vgsvg.New(vg.Length(s.w)*cssPixel, vg.Length(s.h)*cssPixel), theme: f.look()}
	f.Draw(draw.New(c))
	var b strings.Builder
	if _, err := c.WriteTo(&b); err != nil {
		return "", fmt.Errorf("plot: %w", err)
	}
	return c.polish(b.String()), nil
}

// polish adds what gonum's writer leaves out: fonts to fall back on, which are made as wide as the one measured, and
// sharp cells where images are enlarged.
func (v *vectors) polish(doc string) string {
	doc = strings.ReplaceAll(doc, "font-family:Liberation Sans;", "font-family:Liberation Sans,Arial,Helvetica,sans-serif;")
	doc = strings.ReplaceAll(doc, `xlink:href="data:image/jpg;`, `xlink:href="data:image/png;`)
	doc = insert(doc, "<text ", len(v.widths), func(i int) string {
		if v.widths[i] <= 0 {
			return ""
		}
		return fmt.Sprintf(`textLength="%.5g" lengthAdjust="spacingAndGlyphs" `, v.widths[i].Points())
	})
	return insert(doc, "<image ", len(v.smooth), func(i int) string {
		if v.smooth[i] {
			return `preserveAspectRatio="none" `
		}
		return `preserveAspectRatio="none" style="image-rendering:pixelated" `
	})
}

// insert puts a text behind each of the n places where the document has tag. In texts, a tag would be escaped.
func insert(doc, tag string, n int, text func(i int) string) string {
	parts := strings.Split(doc, tag)
	for i := range min(n, len(parts)-1) {
		parts[i+1] = text(i) + parts[i+1]
	}
	return strings.Join(parts, tag)
}

// WriterTo prepares the figure in a format that gonum knows: eps, jpg, jpeg, pdf, png, svg, tex, tif, tiff.
func (f *Figure) WriterTo(w, h vg.Length, format string) (io.WriterTo, error) {
	c, err := draw.NewFormattedCanvas(w, h, format)
	if err != nil {
		return nil, fmt.Errorf("plot: %w", err)
	}
	f.Draw(draw.New(c))
	return c, nil
}

// Save writes the figure to a file whose name ends in .png, .svg, .pdf, .jpg or .tif. It is written to a temporary file
// first, so that an error leaves no half of it.
func (f *Figure) Save(name string) (err error) {
	var content []byte
	switch ext := strings.ToLower(filepath.Ext(name)); ext {
	case ".png":
		content, err = f.PNG()
	case ".svg":
		var doc string
		doc, err = f.SVG()
		content = []byte(doc)
	default:
		content, err = f.encodeAs(strings.TrimPrefix(ext, "."))
	}
	if err != nil {
		return err
	}
	return writeFile(name, content)
}

// encodeAs draws the figure in its size with one of gonum's formats.
func (f *Figure) encodeAs(format string) ([]byte, error) {
	s := f.size()
	w, err := f.WriterTo(vg.Length(s.w)*cssPixel, vg.Length(s.h)*cssPixel, format)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if _, err := w.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("plot: %w", err)
	}
	return b.Bytes(), nil
}
