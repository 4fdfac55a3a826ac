//go:build ignore

// Command generate draws the kernel's logo, a membrane potential that reaches its threshold and is reset, as SVG and as
// the two PNGs that front ends want.
package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"log"
	"math"
	"os"

	"golang.org/x/image/vector"
)

const (
	size   = 64.0 // the drawing's square
	corner = 13.0
	stroke = 4.5
)

var (
	back  = color.RGBA{0x12, 0x23, 0x3d, 0xff}
	level = color.RGBA{0x5b, 0x79, 0x9c, 0xff}
	trace = color.RGBA{0x3d, 0xdc, 0xb4, 0xff}
	spike = color.RGBA{0xff, 0xc2, 0x4b, 0xff}
)

type point struct{ x, y float64 }

func main() {
	log.SetFlags(0)
	for name, content := range map[string][]byte{
		"logo-svg.svg": svg(), "logo-64x64.png": raster(64), "logo-32x32.png": raster(32),
	} {
		if err := os.WriteFile("logo/"+name, content, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

// potential charges from x to x+width, and is reset.
func potential(x, width float64) []point {
	const rest, threshold = 50, 27
	var line []point
	for i := range 13 {
		u := float64(i) / 12
		line = append(line, point{x + u*width, rest - (rest-threshold)*(1-math.Exp(-2*u))/(1-math.Exp(-2))})
	}
	return append(line, point{x + width, rest})
}

// strokes are the lines of the drawing, from back to front.
func strokes() []struct {
	line  []point
	width float64
	color color.RGBA
} {
	type s = struct {
		line  []point
		width float64
		color color.RGBA
	}
	curve := append(potential(9, 20), potential(29, 20)...)
	return []s{
		{[]point{{7, 25}, {57, 25}}, 1.5, level},
		{append(curve, point{56, 46}), stroke, trace},
		{[]point{{29, 26}, {29, 10}}, stroke, spike},
		{[]point{{49, 26}, {49, 10}}, stroke, spike},
	}
}

func svg() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g">`+"\n", size, size)
	fmt.Fprintf(&b, `<rect width="%g" height="%g" rx="%g" fill="%s"/>`+"\n", size, size, corner, hex(back))
	for _, s := range strokes() {
		fmt.Fprintf(&b, `<polyline fill="none" stroke="%s" stroke-width="%g" stroke-linecap="round" stroke-linejoin="round" points="`, hex(s.color), s.width)
		for i, p := range s.line {
			if i > 0 {
				b.WriteByte(' ')
			}
			fmt.Fprintf(&b, "%.2f,%.2f", p.x, p.y)
		}
		b.WriteString(`"/>` + "\n")
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

func hex(c color.RGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

func raster(pixels int) []byte {
	img := image.NewRGBA(image.Rect(0, 0, pixels, pixels))
	scale := float64(pixels) / size
	fill(img, back, func(r *vector.Rasterizer) {
		const c = corner
		outline(r, scale, append(append(append(
			arc(point{c, c}, c, math.Pi, 1.5*math.Pi), arc(point{size - c, c}, c, 1.5*math.Pi, 2*math.Pi)...),
			arc(point{size - c, size - c}, c, 0, 0.5*math.Pi)...), arc(point{c, size - c}, c, 0.5*math.Pi, math.Pi)...))
	})
	for _, s := range strokes() {
		fill(img, s.color, func(r *vector.Rasterizer) { // round joins and caps: a disc at every point
			for i, p := range s.line {
				outline(r, scale, arc(p, s.width/2, 0, 2*math.Pi))
				if i > 0 {
					outline(r, scale, bar(s.line[i-1], p, s.width/2))
				}
			}
		})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		log.Fatal(err)
	}
	return b.Bytes()
}

func fill(img *image.RGBA, c color.Color, shape func(*vector.Rasterizer)) {
	r := vector.NewRasterizer(img.Rect.Dx(), img.Rect.Dy())
	r.DrawOp = draw.Over
	shape(r)
	r.Draw(img, img.Rect, image.NewUniform(c), image.Point{})
}

func arc(center point, radius, from, to float64) []point {
	var line []point
	for i := range 25 {
		angle := from + (to-from)*float64(i)/24
		line = append(line, point{center.x + radius*math.Cos(angle), center.y + radius*math.Sin(angle)})
	}
	return line
}

// bar is the rectangle along a line, turning as the discs do so that overlaps add up.
func bar(a, b point, half float64) []point {
	length := math.Hypot(b.x-a.x, b.y-a.y)
	dx, dy := (b.x-a.x)/length*half, (b.y-a.y)/length*half
	return []point{{a.x + dy, a.y - dx}, {b.x + dy, b.y - dx}, {b.x - dy, b.y + dx}, {a.x - dy, a.y + dx}}
}

func outline(r *vector.Rasterizer, scale float64, line []point) {
	for i, p := range line {
		x, y := float32(p.x*scale), float32(p.y*scale)
		if i == 0 {
			r.MoveTo(x, y)
		} else {
			r.LineTo(x, y)
		}
	}
	r.ClosePath()
}
