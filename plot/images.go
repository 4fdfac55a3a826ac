package plot

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/livespike/livespike/snn/tensor"
)

// Images draws images side by side, each as Image does and with a scale of its own, in rows of up to four; wide ones have
// rows of fewer. A tensor of shape (C, H, W) with C other than 1 and 3 gives a panel for each channel. The panels are
// titled by number and size, as in "1: 480×640"; Titles names them:
//
//	plot.Images(frame, edges).Titles("events", "vertical", "horizontal")
//
// It panics without an image, for nil and for shapes that Image does not take.
func Images(ts ...*tensor.Tensor) *Figure {
	var images []*tensor.Tensor
	for i, t := range ts {
		given("plot.Images", fmt.Sprintf("tensor %d", i), t)
		images = append(images, channels(t)...)
	}
	if len(images) == 0 {
		panic("plot.Images: no image")
	}
	f := &Figure{cols: columns(len(images), widest(images))}
	side := rowWidth/float64(f.cols) - barRoom
	texts := make([]string, len(images))
	for i, t := range images {
		tall := max(1, 1/widest([]*tensor.Tensor{t})) // the side is that of the width
		p, c := imagePanel("plot.Images", t, min(side*tall, imageSide), min(side*tall, largestSide))
		p.Title.Text, p.hung = fmt.Sprintf("%d: %d×%d", i+1, p.rows, p.cols), true
		texts[i] = fmt.Sprintf("%s %v", p.Title.Text, c)
		f.panels = append(f.panels, p)
	}
	f.countsAlike()
	if len(images) == 1 {
		f.Plot = f.panels[0].Plot
	} else {
		f.Plot = newPlot()
		f.Plot.HideAxes()
		f.Plot.Title.Padding = vg.Points(8)
	}
	f.text = "Images: " + strings.Join(texts, "; ")
	return f
}

// countsAlike gives whole numbers beside counts of events the colours of these, also where there are so many that they
// are not mostly zero.
func (f *Figure) countsAlike() {
	apart := func(p *panel) bool { return p.image.scale.apart }
	if !slices.ContainsFunc(f.panels, apart) {
		return
	}
	for _, p := range f.panels {
		if p.image.values != nil && wholes(p.image.values) {
			p.image.scale = p.image.scale.zeroApart()
			p.side.(*colorBar).scale = p.image.scale
		}
	}
}

const (
	rowWidth = 960 // of a row of panels in CSS pixels
	barRoom  = 100 // of it, what a panel's axis and colour bar need
	gutter   = 18 * cssPixel
)

// channels splits a stack of images that are no colours.
func channels(t *tensor.Tensor) []*tensor.Tensor {
	for t.Dim() > 3 && t.Shape()[0] == 1 {
		t = t.Index(0)
	}
	if t.Dim() != 3 || t.Shape()[0] == 1 || t.Shape()[0] == 3 {
		return []*tensor.Tensor{t}
	}
	var out []*tensor.Tensor
	for i := range t.Shape()[0] {
		out = append(out, t.Index(i))
	}
	return out
}

// widest is the largest ratio of width to height.
func widest(images []*tensor.Tensor) float64 {
	ratio := 0.0
	for _, t := range images {
		if s := t.Shape(); len(s) >= 2 {
			ratio = max(ratio, float64(s[len(s)-1])/float64(max(1, s[len(s)-2])))
		}
	}
	return ratio
}

// columns is the number of panels in a row: up to four, fewer for images that many times as wide as high, and rows as
// even as can be.
func columns(n int, ratio float64) int {
	most := 4
	switch {
	case ratio > 8:
		most = 1
	case ratio > 3:
		most = 2
	}
	rows := (n + most - 1) / most
	return (n + rows - 1) / rows
}

// letter names the i-th of several tensors as papers do; behind z come numbers.
func letter(i int) string {
	if i < 26 {
		return string(rune('a' + i))
	}
	return fmt.Sprint(i)
}

// tracks are the widths of the columns and the heights of the rows, as the largest panel in each needs.
func (f *Figure) tracks() (widths, heights []vg.Length) {
	widths = make([]vg.Length, f.cols)
	heights = make([]vg.Length, (len(f.panels)+f.cols-1)/f.cols)
	for i, p := range f.panels {
		w, h := p.natural()
		widths[i%f.cols], heights[i/f.cols] = max(widths[i%f.cols], w), max(heights[i/f.cols], h)
	}
	return widths, heights
}

// gridSize is the natural size of all panels and the title.
func (f *Figure) gridSize() (w, h vg.Length) {
	widths, heights := f.tracks()
	w = gutter * vg.Length(len(widths)-1)
	for _, v := range widths {
		w += v
	}
	h = gutter * vg.Length(len(heights)-1)
	for _, v := range heights {
		h += v
	}
	if f.Title.Text != "" {
		w = max(w, f.Title.TextStyle.Width(f.Title.Text))
		h += f.Title.TextStyle.Rectangle(f.Title.Text).Size().Y + f.Title.Padding
	}
	return w, h
}

// grid draws the panels in rows, with room in proportion to what each needs.
func (f *Figure) grid(c draw.Canvas) {
	widths, heights := f.tracks()
	share := func(lengths []vg.Length, have vg.Length) {
		var sum vg.Length
		for _, v := range lengths {
			sum += v
		}
		have -= gutter * vg.Length(len(lengths)-1)
		for i := range lengths {
			lengths[i] *= max(0, have/sum)
		}
	}
	share(widths, c.Size().X)
	share(heights, c.Size().Y)
	y := c.Max.Y
	for row, height := range heights {
		x := c.Min.X
		for col, width := range widths {
			if i := row*f.cols + col; i < len(f.panels) {
				cell := draw.Canvas{Canvas: c, Rectangle: vg.Rectangle{
					Min: vg.Point{X: x, Y: y - height}, Max: vg.Point{X: x + width, Y: y},
				}}
				f.panels[i].draw(cell)
			}
			x += width + gutter
		}
		y -= height + gutter
	}
}

// whole is the smallest whole number of CSS pixels that holds a length.
func whole(v vg.Length) float64 { return math.Ceil(float64(v/cssPixel) - 1e-6) }
