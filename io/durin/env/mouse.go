package env

import (
	"image/color"
	"math"
	"math/rand/v2"

	"github.com/livespike/livespike/io/internal/canvas"
)

var (
	floorColor  = color.NRGBA{247, 245, 240, 255}
	wallColor   = color.NRGBA{68, 64, 60, 255}
	inkColor    = color.NRGBA{87, 83, 78, 255}
	cheeseColor = color.NRGBA{236, 180, 40, 255}
	furColor    = color.NRGBA{120, 113, 108, 255}
	earColor    = color.NRGBA{225, 140, 150, 255}
	pathColor   = color.NRGBA{150, 170, 200, 255}
)

// mouse is an animal with two feet in a world of field x field units, y down, and what it eats.
type mouse struct {
	x, y    float64
	heading float64 // radians, counter-clockwise from the right, within ±π
	cheese  []canvas.Point
	path    []canvas.Point // where it has been
	random  *rand.Rand
}

const (
	field = side // the world's units are those of its picture
	// With its feet alone a mouse hardly gets anywhere: it also drifts on.
	driftLow, driftHigh = 0.2, 2.0
)

// walk is where the feet, 0 to 1 each, take it: forward by the slower one and a random drift, and round to the side of
// the slower one.
func (m *mouse) walk(left, right float32) (dx, dy float64) {
	forward := float64(min(left, right)) + driftLow + (driftHigh-driftLow)*m.random.Float64()
	m.heading = wrap(m.heading + float64(right-left)/(2*math.Pi))
	sin, cos := math.Sincos(m.heading)
	return forward * cos, -forward * sin
}

// move takes it somewhere.
func (m *mouse) move(x, y float64) {
	m.x, m.y = x, y
	m.path = append(m.path, canvas.At(x, y))
}

// eat takes away the nearest cheese, if it is within reach, and is its reward.
func (m *mouse) eat(reach float64) float64 {
	i, d := m.nearest()
	if i < 0 || d >= reach {
		return 0
	}
	m.cheese = append(m.cheese[:i], m.cheese[i+1:]...)
	return 1
}

// nearest is which cheese is the nearest, -1 without any, and its distance.
func (m *mouse) nearest() (index int, distance float64) {
	index, distance = -1, math.Inf(1)
	for i, c := range m.cheese {
		if d := math.Hypot(c.X-m.x, c.Y-m.y); d < distance {
			index, distance = i, d
		}
	}
	return index, distance
}

// smell is the angle between the nose and the nearest cheese, over 2π: to the left and to the right, one of them 0.
func (m *mouse) smell() (left, right float32) {
	i, _ := m.nearest()
	if i < 0 {
		return 0, 0
	}
	c := m.cheese[i]
	turn := wrap(math.Atan2(m.y-c.Y, c.X-m.x)-m.heading) / (2 * math.Pi)
	return float32(max(0, turn)), float32(max(0, -turn))
}

func wrap(angle float64) float64 { return math.Remainder(angle, 2*math.Pi) }

func (m *mouse) close() error { return nil }

// drawPath paints where it has been, and the cheese that is left.
func (m *mouse) drawPath(c canvas.Canvas) {
	c.Stroke(pathColor, 1.5, m.path...)
	for _, p := range m.cheese {
		c.Fill(cheeseColor, canvas.At(p.X-7, p.Y+5), canvas.At(p.X+7, p.Y+5), canvas.At(p.X+7, p.Y-1), canvas.At(p.X-3, p.Y-6))
		c.Disc(floorColor, canvas.At(p.X+3, p.Y+2), 1.5)
	}
}

// drawMouse paints the mouse, size units long.
func (m *mouse) drawMouse(c canvas.Canvas, size float64) {
	at := func(ahead, left float64) canvas.Point {
		sin, cos := math.Sincos(m.heading)
		return canvas.At(m.x+size*(ahead*cos-left*sin), m.y-size*(ahead*sin+left*cos))
	}
	c.Stroke(earColor, 2, at(-0.4, 0), at(-0.8, 0.1))
	c.Fill(furColor, at(-0.45, 0.1), at(-0.3, 0.28), at(0.1, 0.28), at(0.5, 0), at(0.1, -0.28), at(-0.3, -0.28), at(-0.45, -0.1))
	c.Disc(earColor, at(0.08, 0.26), 0.14*size)
	c.Disc(earColor, at(0.08, -0.26), 0.14*size)
	c.Disc(inkColor, at(0.5, 0), 0.06*size)
}

// square fills a square about a centre.
func square(c canvas.Canvas, paint color.NRGBA, x, y, size float64) {
	h := size / 2
	c.Fill(paint, canvas.At(x-h, y-h), canvas.At(x+h, y-h), canvas.At(x+h, y+h), canvas.At(x-h, y+h))
}
