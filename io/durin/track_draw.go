package durin

import (
	"fmt"
	"image/color"
	"math"
	"time"

	"github.com/livespike/livespike/io/durin/sim"
	"github.com/livespike/livespike/io/internal/canvas"
)

// Sizes of the figure, in the units of the SVG; the PNG has two pixels for each.
const (
	figureSide  = 480 // of the longer side of the world
	margin      = 24
	legend      = 58 // below the picture
	pngScale    = 2
	legendWidth = 340
	robotSize   = 110 // mm, radius of the body
)

var (
	floorColor = color.NRGBA{247, 245, 240, 255}
	gridColor  = color.NRGBA{233, 229, 220, 255}
	wallColor  = color.NRGBA{68, 64, 60, 255}
	blockColor = color.NRGBA{214, 208, 198, 255}
	inkColor   = color.NRGBA{87, 83, 78, 255}
	touchColor = color.NRGBA{220, 60, 50, 255}
	lightColor = color.NRGBA{255, 214, 64, 255}
	lightEdge  = color.NRGBA{180, 120, 0, 255}
	startColor = color.NRGBA{255, 255, 255, 255} // and that of the paper
	wedgeColor = color.NRGBA{48, 45, 42, 255}    // where the robot looks
	// The path goes from the first of these to the last: a dark to light scale that also reads in grey.
	pathColors = []color.NRGBA{{68, 1, 84, 255}, {59, 82, 139, 255}, {33, 145, 140, 255}, {94, 201, 98, 255}, {240, 200, 40, 255}}
)

// darkColors are those of a dark track.
var darkColors = map[color.NRGBA]color.NRGBA{
	startColor: canvas.DarkPaper,
	floorColor: {34, 38, 44, 255},
	gridColor:  canvas.DarkFaint,
	wallColor:  {150, 154, 161, 255},
	blockColor: {60, 65, 73, 255},
	inkColor:   canvas.DarkInk,
	touchColor: {255, 110, 95, 255},
}

// Dark draws the track and its film for dark pages, and returns the track.
func (t *Track) Dark() *Track {
	t.dark = true
	return t
}

// tinted is a canvas in the track's colours.
func (t *Track) tinted(c canvas.Canvas) canvas.Canvas {
	if t.dark {
		return canvas.Tinted(c, darkColors)
	}
	return c
}

// PNG draws the arena and the path, coloured by time, with the robot at its end and red dots where it touched a wall.
func (t *Track) PNG() ([]byte, error) {
	v := t.view()
	c := canvas.NewPNG(v.width, v.height, pngScale)
	t.draw(t.tinted(c), v)
	return c.Encode()
}

// SVG is the same figure as PNG.
func (t *Track) SVG() (string, error) {
	v := t.view()
	c := canvas.NewSVG(v.width, v.height)
	t.draw(t.tinted(c), v)
	return c.String(), nil
}

// view maps mm to the figure.
type view struct {
	lo, hi        sim.Vec
	scale         float64 // units per mm
	width, height float64
}

func (v *view) at(p sim.Vec) canvas.Point {
	return canvas.At(margin+(p.X-v.lo.X)*v.scale, margin+(v.hi.Y-p.Y)*v.scale)
}

func (t *Track) view() *view {
	var lo, hi sim.Vec
	if t.World != nil && len(t.World.Walls)+len(t.World.Pillars) > 0 {
		lo, hi = t.World.Bounds()
	} else {
		lo, hi = sim.Vec{X: math.Inf(1), Y: math.Inf(1)}, sim.Vec{X: math.Inf(-1), Y: math.Inf(-1)}
		for _, s := range t.Samples {
			lo = sim.Vec{X: min(lo.X, s.Pose.At.X), Y: min(lo.Y, s.Pose.At.Y)}
			hi = sim.Vec{X: max(hi.X, s.Pose.At.X), Y: max(hi.Y, s.Pose.At.Y)}
		}
		if len(t.Samples) == 0 {
			lo, hi = sim.Vec{}, sim.Vec{}
		}
		const around = 600
		lo, hi = sim.Vec{X: lo.X - around, Y: lo.Y - around}, sim.Vec{X: hi.X + around, Y: hi.Y + around}
	}
	v := &view{lo: lo, hi: hi}
	v.scale = figureSide / math.Max(hi.X-lo.X, hi.Y-lo.Y)
	v.width = max((hi.X-lo.X)*v.scale, legendWidth) + 2*margin
	v.height = (hi.Y-lo.Y)*v.scale + margin + legend
	return v
}

func (t *Track) draw(c canvas.Canvas, v *view) {
	t.drawFloor(c, v)
	t.drawPath(c, v)
	t.drawWalls(c, v)
	t.drawRobot(c, v)
	t.drawLegend(c, v)
}

// drawLegend says below the picture what was driven, and how long lines, colours and red are.
func (t *Track) drawLegend(c canvas.Canvas, v *view) {
	const size = 12
	row := v.height - legend + 24
	c.Text(inkColor, canvas.At(margin, row), size, t.String())
	row += 20
	meter, x := t.ruler(v), float64(margin)
	c.Stroke(inkColor, 2, canvas.At(x, row-4), canvas.At(x+meter*v.scale, row-4))
	x += meter*v.scale + 8
	c.Text(inkColor, canvas.At(x, row), size, fmt.Sprintf("%g m", meter/1000))
	x += 52
	const bar, steps = 64.0, 32
	for i := range steps {
		from := x + bar*float64(i)/steps
		c.Stroke(t.shade(float64(i)/(steps-1)), 3, canvas.At(from, row-4), canvas.At(from+bar/steps, row-4))
	}
	x += bar + 8
	digits := 0
	if t.Duration() < 10*time.Second {
		digits = 1
	}
	c.Text(inkColor, canvas.At(x, row), size, fmt.Sprintf("0 to %.*f s", digits, t.Duration().Seconds()))
	if t.World != nil {
		x += 76
		c.Disc(touchColor, canvas.At(x, row-4), 3)
		c.Text(inkColor, canvas.At(x+8, row), size, "contact")
	}
}

// ruler is the length of the scale bar: a round number of mm that fits.
func (t *Track) ruler(v *view) float64 {
	for _, mm := range []float64{1000, 500, 200, 100} {
		if mm*v.scale <= 0.25*figureSide {
			return mm
		}
	}
	return 50
}

func (t *Track) drawFloor(c canvas.Canvas, v *view) {
	canvas.Paper(c, startColor, v.width, v.height)
	loops, _ := t.loops()
	if len(loops) > 0 {
		c.Fill(floorColor, v.all(loops[0])...)
	} else {
		c.Fill(floorColor, v.at(v.lo), v.at(sim.Vec{X: v.hi.X, Y: v.lo.Y}), v.at(v.hi), v.at(sim.Vec{X: v.lo.X, Y: v.hi.Y}))
	}
	if t.World == nil || len(t.World.Walls) == 0 {
		for x := math.Ceil(v.lo.X/500) * 500; x < v.hi.X; x += 500 {
			c.Stroke(gridColor, 1, v.at(sim.Vec{X: x, Y: v.lo.Y}), v.at(sim.Vec{X: x, Y: v.hi.Y}))
		}
		for y := math.Ceil(v.lo.Y/500) * 500; y < v.hi.Y; y += 500 {
			c.Stroke(gridColor, 1, v.at(sim.Vec{X: v.lo.X, Y: y}), v.at(sim.Vec{X: v.hi.X, Y: y}))
		}
	}
}

func (v *view) all(points []sim.Vec) []canvas.Point {
	out := make([]canvas.Point, len(points))
	for i, p := range points {
		out[i] = v.at(p)
	}
	return out
}

// loops are the walls that follow each other and come back to where they began, and the walls that do not.
func (t *Track) loops() (loops [][]sim.Vec, open []sim.Segment) {
	if t.World == nil {
		return nil, nil
	}
	walls := t.World.Walls
	for i := 0; i < len(walls); {
		first, corners := i, []sim.Vec{walls[i].A}
		for i+1 < len(walls) && walls[i+1].A == walls[i].B && walls[i].B != walls[first].A {
			i++
			corners = append(corners, walls[i].A)
		}
		if walls[i].B == walls[first].A && len(corners) > 2 {
			loops = append(loops, corners)
		} else {
			open = append(open, walls[first:i+1]...)
		}
		i++
	}
	return loops, open
}

func (t *Track) drawWalls(c canvas.Canvas, v *view) {
	loops, open := t.loops()
	for i, l := range loops {
		corners := v.all(l)
		if i > 0 { // what is in the room is massive
			c.Fill(blockColor, corners...)
		}
		c.Stroke(wallColor, 4, append(corners, corners[0])...)
	}
	for _, s := range open {
		c.Stroke(wallColor, 4, v.at(s.A), v.at(s.B))
	}
	if t.World != nil {
		for _, p := range t.World.Pillars {
			c.Disc(wallColor, v.at(p.Center), p.Radius*v.scale)
		}
		for _, l := range t.World.Lights {
			c.Disc(lightEdge, v.at(l), 7)
			c.Disc(lightColor, v.at(l), 5)
		}
	}
}

func (t *Track) drawPath(c canvas.Canvas, v *view) {
	const colors = 64 // more cannot be told apart
	steps := len(t.Samples) - 1
	pieces := min(steps, colors)
	for k := range pieces {
		from, to := k*steps/pieces, (k+1)*steps/pieces
		along := make([]canvas.Point, 0, to-from+1)
		for _, s := range t.Samples[from : to+1] {
			along = append(along, v.at(s.Pose.At))
		}
		c.Stroke(t.shade(float64(k+1)/float64(pieces)), 3, along...)
	}
	for _, s := range t.Samples {
		if s.Contact {
			c.Disc(touchColor, v.at(s.Pose.At), 2)
		}
	}
}

// shade is the path's colour at a moment, 0 to 1: on dark paper without the darkest.
func (t *Track) shade(at float64) color.NRGBA {
	if t.dark {
		at = 0.4 + 0.6*at
	}
	return pathColor(at)
}

// pathColor is a colour of the scale, from 0 to 1.
func pathColor(at float64) color.NRGBA {
	at *= float64(len(pathColors) - 1)
	i := min(int(at), len(pathColors)-2)
	a, b, f := pathColors[i], pathColors[i+1], at-float64(i)
	mix := func(a, b uint8) uint8 { return uint8(math.Round(float64(a) + f*(float64(b)-float64(a)))) }
	return color.NRGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 255}
}

func (t *Track) drawRobot(c canvas.Canvas, v *view) {
	if len(t.Samples) == 0 {
		return
	}
	first, last := t.Samples[0].Pose, t.Samples[len(t.Samples)-1].Pose
	c.Disc(t.shade(0), v.at(first.At), 7)
	c.Disc(startColor, v.at(first.At), 4)
	drawBody(c, v, last, pathColor(1))
}

// drawBody is the robot, with a wedge to where it looks.
func drawBody(c canvas.Canvas, v *view, p sim.Pose, paint color.NRGBA) {
	body := v.at(p.At)
	radius := math.Max(robotSize*v.scale, 6)
	c.Disc(wallColor, body, radius)
	c.Disc(paint, body, radius-2)
	corner := func(angle, reach float64) canvas.Point {
		sin, cos := math.Sincos(p.Heading + angle)
		return canvas.At(body.X+reach*radius*cos, body.Y-reach*radius*sin)
	}
	c.Fill(wedgeColor, corner(0, 0.75), corner(2.4, 0.55), corner(math.Pi, 0.15), corner(-2.4, 0.55))
}
