package event

import (
	"cmp"
	"math"
	"slices"
)

// pixel is one of a simulated sensor.
type pixel struct {
	light   float32 // natural logarithm of the light that falls on it
	level   float32 // that of its last event: the next comes at level+on or level-off
	on, off float32 // its own thresholds
	last    int64   // time of its last event, µs
}

// sensor turns light into events: a pixel tells each time that the logarithm of its light has moved on by a threshold.
// Within a step the logarithm moves in a straight line, which dates the events to the microsecond.
//
// Source: Rebecq, Gehrig and Scaramuzza, "ESIM: an open event camera simulator", CoRL 2018.
type sensor struct {
	width, height int
	pixels        []pixel
	lights        []float32 // logarithms from the ground to the shapes, over the width of an edge
	blur          float64   // that width in pixels
	perPixel      float64   // steps of lights per pixel of the edge
	reach         float64   // further from an outline than this, a step changes nothing
	refractory    int64     // µs
	readout       int64     // µs
	from, to      int64     // of the step, µs
	events        []Event   // of the step, in the order of the picture
	order         []Event   // the same by time
	starts        []int32   // how many events are earlier than each microsecond of the step
}

// lightSteps is fine enough that no step is near a threshold: a hundredth of the smallest at a contrast of 4.
const lightSteps = 4096

func newSensor(v simValues, width, height int, rnd *random) sensor {
	s := sensor{
		width: width, height: height, pixels: make([]pixel, width*height),
		refractory: int64(v["refractory"]), readout: int64(v["readout"]),
		blur: v["blur"], perPixel: lightSteps / v["blur"], lights: make([]float32, lightSteps+1),
	}
	if contrast := v["contrast"]; contrast > 0 {
		for i := range s.lights {
			s.lights[i] = float32(logarithm(1 + float64((contrast-1)*float64(i))/lightSteps))
		}
	}
	on, off, mismatch := v["on"], v["off"], v["mismatch"]
	for i := range s.pixels {
		p := &s.pixels[i]
		bell, even := rnd.bell()
		spread := 1 + float64(mismatch*bell)
		p.on, p.off = float32(on*spread), float32(off*spread)
		// Its last event was some time ago, anywhere between the thresholds.
		p.level = float32(float64(p.on+p.off)*even) - p.on
		p.last = -1 << 40
	}
	return s
}

// begin takes the first picture, to which the pixels are used already.
func (s *sensor) begin(of scene) {
	if of == nil {
		return
	}
	of.moveTo(0)
	for i := range s.pixels {
		p := &s.pixels[i]
		light := s.light(of.distance(float64(i%s.width), float64(i/s.width)))
		p.light = light
		p.level += light
	}
}

// open begins a step.
func (s *sensor) open(from, to int64) {
	s.from, s.to = from, to
	s.events = s.events[:0]
}

// light is the logarithm at a distance from an outline.
func (s *sensor) light(distance float64) float32 {
	i := (0.5*s.blur - distance) * s.perPixel
	switch {
	case i <= 0:
		return s.lights[0]
	case i >= lightSteps:
		return s.lights[lightSteps]
	}
	return s.lights[int(i)]
}

// leaf is the side of the squares whose pixels are all looked at.
const leaf = 4

// crowdSide is the side of the squares for which a crowd is narrowed.
const crowdSide = 64

// look exposes the pixels near an outline.
func (s *sensor) look(at scene) {
	side := leaf
	for side < s.width || side < s.height {
		side *= 2
	}
	s.square(at, 0, 0, side)
}

// square leaves out what is far from any outline, and divides the rest.
func (s *sensor) square(at scene, x, y, side int) {
	if x >= s.width || y >= s.height {
		return
	}
	half := float64(side-1) / 2
	if c, ok := at.(crowd); ok && side == crowdSide {
		c.narrow(float64(x)+half, float64(y)+half, float64(2*half*math.Sqrt2)+s.reach)
		defer c.widen()
	}
	d := at.distance(float64(x)+half, float64(y)+half)
	if math.Abs(d) > float64(half*math.Sqrt2)+s.reach {
		return
	}
	if side > leaf {
		side /= 2
		s.square(at, x, y, side)
		s.square(at, x+side, y, side)
		s.square(at, x, y+side, side)
		s.square(at, x+side, y+side, side)
		return
	}
	for row := y; row < min(y+leaf, s.height); row++ {
		for col := x; col < min(x+leaf, s.width); col++ {
			light := s.light(at.distance(float64(col), float64(row)))
			if p := &s.pixels[row*s.width+col]; light != p.light {
				s.expose(p, col, row, light)
			}
		}
	}
}

// expose changes the light on a pixel.
func (s *sensor) expose(p *pixel, x, y int, light float32) {
	before := p.light
	p.light = light
	for light >= p.level+p.on {
		p.level += p.on
		s.emit(p, x, y, 1, s.date(p.level-before, light-before))
	}
	for light <= p.level-p.off {
		p.level -= p.off
		s.emit(p, x, y, 0, s.date(p.level-before, light-before))
	}
}

// date is when the light had moved by part of what it moves by in the step.
func (s *sensor) date(part, whole float32) int64 {
	length := s.to - s.from
	return s.from + min(int64(float64(part)/float64(whole)*float64(length)), length-1)
}

// emit is one event, unless the pixel is still silent.
func (s *sensor) emit(p *pixel, x, y int, on uint8, t int64) {
	if t-p.last < s.refractory {
		return
	}
	p.last = t
	s.events = append(s.events, Event{T: t - t%s.readout, X: uint16(x), Y: uint16(y), On: on})
}

// sorted is the step's events by time, valid until the next step.
func (s *sensor) sorted() []Event {
	length := int(s.to - s.from)
	if cap(s.starts) < length+1 {
		s.starts = make([]int32, length+1)
	}
	if cap(s.order) < len(s.events) {
		s.order = make([]Event, 2*len(s.events))
	}
	starts := s.starts[:length+1]
	clear(starts)
	for i := range s.events {
		starts[s.events[i].T-s.from+1]++
	}
	for i := 1; i < len(starts); i++ {
		starts[i] += starts[i-1]
	}
	order := s.order[:len(s.events)]
	for i := range s.events {
		at := &starts[s.events[i].T-s.from]
		order[*at] = s.events[i]
		*at++
	}
	if s.readout > 1 {
		slices.SortFunc(order, func(a, b Event) int {
			return cmp.Or(cmp.Compare(a.T, b.T), cmp.Compare(a.Y, b.Y), cmp.Compare(a.X, b.X), cmp.Compare(a.On, b.On))
		})
	}
	return order
}
