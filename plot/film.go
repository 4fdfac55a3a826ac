package plot

import (
	"cmp"
	"fmt"
	"image"
	"image/color"
	"slices"
)

// Film makes an animation of figures, such as a state that moves over time:
//
//	var steps []*plot.Figure
//	for t := 20; t <= v.Len(); t += 20 {
//		steps = append(steps, plot.Phase(v.Slice(0, 0, t), w.Slice(0, 0, t)))
//	}
//	plot.Film(steps...).Rate(10)
//
// All are drawn in the size of the first; set ranges of the axes that suit all, or they jump. A film shows 25 figures in
// a second, which Rate changes. It panics without a figure and for nil.
func Film(figures ...*Figure) *Animation {
	if len(figures) == 0 {
		panic("plot.Film: no figure")
	}
	for i, f := range figures {
		if f == nil {
			panic(fmt.Sprintf("plot.Film: figure %d is nil", i))
		}
	}
	s := figures[0].size()
	for _, f := range figures {
		f.Size(s.w, s.h)
	}
	return &Animation{figures: slices.Clone(figures), rate: 25, theme: light}
}

// length is the number of pictures.
func (a *Animation) length() int { return len(a.frames) + len(a.figures) }

// picture is the i-th picture. All have the same kind of pixels, as one file has one kind.
func (a *Animation) picture(i int) image.Image {
	if len(a.figures) > 0 {
		return a.figures[i].pixels()
	}
	return a.frame(i)
}

// reduced gives the figures with the 256 most frequent colours of all, as GIF has no more; others become the nearest.
func (a *Animation) reduced() func(i int) *image.Paletted {
	counts := map[color.RGBA]int{}
	images := make([]*image.RGBA, len(a.figures))
	for i, f := range a.figures {
		images[i] = f.pixels()
		eachPixel(images[i], func(_ int, c color.RGBA) { counts[c]++ })
	}
	colors := make([]color.RGBA, 0, len(counts))
	for c := range counts {
		colors = append(colors, c)
	}
	slices.SortFunc(colors, func(a, b color.RGBA) int { // by frequency, and always in the same order
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	palette := make(color.Palette, 0, 256)
	for _, c := range colors[:min(len(colors), 256)] {
		palette = append(palette, c)
	}
	numbers := map[color.RGBA]uint8{}
	for _, c := range colors {
		numbers[c] = uint8(palette.Index(c))
	}
	return func(i int) *image.Paletted {
		out := image.NewPaletted(images[i].Rect, palette)
		eachPixel(images[i], func(at int, c color.RGBA) { out.Pix[at] = numbers[c] })
		return out
	}
}

// eachPixel calls f with the number and the colour of every pixel.
func eachPixel(img *image.RGBA, f func(at int, c color.RGBA)) {
	for at := range len(img.Pix) / 4 {
		p := img.Pix[4*at : 4*at+4]
		f(at, color.RGBA{p[0], p[1], p[2], p[3]})
	}
}
