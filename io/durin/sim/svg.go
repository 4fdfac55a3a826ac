package sim

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// ParseSVG makes a world of an SVG drawing. A unit of the drawing is 1 mm unless width is given in mm, cm, m or in,
// with a viewBox; y is turned up.
//
//	rect, line, polyline, polygon, path   walls; of paths the straight parts, curves as 16 lines each
//	circle                                a pillar
//	class="light", "beacon"               a light or a UWB node, at the centre of its circle or rect
//	class="start"                         a start: a line from the robot to where it looks, or a circle, which looks up
//	class="ignore"                        nothing, with all that is in it
//
// The class of a group holds for what is in it; transform works everywhere. Ellipses, text, images and <use> are
// errors, so that no wall is lost; so is a drawing without a start.
func ParseSVG(name, drawing string) (*World, error) {
	p := svgParser{world: &World{Name: name}, decoder: xml.NewDecoder(strings.NewReader(drawing))}
	if err := p.parse(); err != nil {
		line, _ := p.decoder.InputPos()
		return nil, fmt.Errorf("sim: world %s: line %d: %w", name, line, err)
	}
	if len(p.world.Starts) == 0 {
		return nil, fmt.Errorf(`sim: world %s: no start; draw a line with class="start"`, name)
	}
	return p.world, nil
}

// maxSegments is how many walls a drawing may have.
const maxSegments = 10000

type svgParser struct {
	decoder *xml.Decoder
	world   *World
	stack   []svgScope
}

// svgScope is what an element hands down to those in it.
type svgScope struct {
	m     matrix
	class string
}

func (p *svgParser) parse() error {
	for {
		token, err := p.decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			skip, err := p.open(t)
			if err != nil {
				return fmt.Errorf("<%s>: %w", t.Name.Local, err)
			}
			if skip {
				if err := p.decoder.Skip(); err != nil {
					return err
				}
				continue
			}
			if len(p.world.Walls)+len(p.world.Pillars)+len(p.world.Starts) > maxSegments {
				return fmt.Errorf("more than %d walls", maxSegments)
			}
		case xml.EndElement:
			p.stack = p.stack[:len(p.stack)-1]
		}
	}
}

// open handles an element; skip is to leave out all that is in it.
func (p *svgParser) open(t xml.StartElement) (skip bool, err error) {
	attr := map[string]string{}
	for _, a := range t.Attr {
		if a.Name.Space == "" {
			attr[a.Name.Local] = a.Value
		}
	}
	scope := svgScope{m: matrix{1, 0, 0, -1, 0, 0}}
	if len(p.stack) > 0 {
		scope = p.stack[len(p.stack)-1]
	} else if t.Name.Local != "svg" {
		return false, errors.New("the drawing does not begin with <svg>")
	}
	for _, c := range strings.Fields(attr["class"]) {
		switch c {
		case "light", "beacon", "start":
			scope.class = c
		case "ignore":
			return true, nil
		}
	}
	m, err := parseTransform(attr["transform"])
	if err != nil {
		return false, err
	}
	scope.m = scope.m.times(m)
	switch t.Name.Local {
	case "svg":
		if len(p.stack) == 0 {
			scale, err := unitScale(attr)
			if err != nil {
				return false, err
			}
			scope.m = matrix{scale, 0, 0, -scale, 0, 0}.times(m)
		}
	case "g", "a", "switch":
	case "defs", "title", "desc", "metadata", "style", "namedview", "clipPath", "mask", "marker", "symbol":
		return true, nil
	case "rect", "line", "polyline", "polygon", "path", "circle":
		if err := p.shape(t.Name.Local, attr, scope); err != nil {
			return false, err
		}
	default:
		if t.Name.Space != "" && t.Name.Space != "http://www.w3.org/2000/svg" {
			return true, nil // a drawing program's own
		}
		return false, errors.New(`not understood; there are rect, line, polyline, polygon, path and circle, or set class="ignore"`)
	}
	p.stack = append(p.stack, scope)
	return false, nil
}

// shape adds a drawn thing to the world.
func (p *svgParser) shape(kind string, attr map[string]string, scope svgScope) error {
	n := numbers{attr: attr}
	var lines [][]Vec
	switch kind {
	case "rect":
		x, y, w, h := n.get("x"), n.get("y"), n.get("width"), n.get("height")
		lines = [][]Vec{{{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}, {x, y}}}
	case "line":
		lines = [][]Vec{{{n.get("x1"), n.get("y1")}, {n.get("x2"), n.get("y2")}}}
	case "circle":
		p.circle(Vec{n.get("cx"), n.get("cy")}, n.get("r"), scope)
		return n.err
	case "path":
		var err error
		if lines, err = parsePath(attr["d"]); err != nil {
			return err
		}
	default:
		list, err := parseNumbers(attr["points"])
		if err != nil || len(list)%2 != 0 {
			return fmt.Errorf("points %q are not pairs of numbers", attr["points"])
		}
		var line []Vec
		for i := 0; i < len(list); i += 2 {
			line = append(line, Vec{list[i], list[i+1]})
		}
		if kind == "polygon" && len(line) > 0 {
			line = append(line, line[0])
		}
		lines = [][]Vec{line}
	}
	if n.err != nil {
		return n.err
	}
	for _, line := range lines {
		for i := range line {
			line[i] = scope.m.apply(line[i])
		}
		p.line(line, scope.class)
	}
	return nil
}

func (p *svgParser) line(line []Vec, class string) {
	if len(line) < 2 {
		return
	}
	var sum Vec
	for _, v := range line[1:] {
		sum = sum.add(v)
	}
	middle := sum.scale(1 / float64(len(line)-1))
	switch class {
	case "light":
		p.world.Lights = append(p.world.Lights, middle)
	case "beacon":
		p.world.Beacons = append(p.world.Beacons, middle)
	case "start":
		ahead := line[len(line)-1].sub(line[0])
		p.world.Starts = append(p.world.Starts, Pose{line[0], math.Atan2(ahead.Y, ahead.X)})
	default:
		for i := 1; i < len(line); i++ {
			if line[i] != line[i-1] {
				p.world.Walls = append(p.world.Walls, Segment{line[i-1], line[i]})
			}
		}
	}
}

func (p *svgParser) circle(center Vec, radius float64, scope svgScope) {
	at := scope.m.apply(center)
	switch scope.class {
	case "light":
		p.world.Lights = append(p.world.Lights, at)
	case "beacon":
		p.world.Beacons = append(p.world.Beacons, at)
	case "start":
		up := scope.m.apply(center.add(Vec{0, -1})).sub(at)
		p.world.Starts = append(p.world.Starts, Pose{at, math.Atan2(up.Y, up.X)})
	default:
		p.world.Pillars = append(p.world.Pillars, Circle{at, radius * math.Sqrt(math.Abs(scope.m.determinant()))})
	}
}

// numbers reads attributes and keeps the first error.
type numbers struct {
	attr map[string]string
	err  error
}

func (n *numbers) get(key string) float64 {
	text, ok := n.attr[key]
	if !ok {
		return 0
	}
	f, err := number(text)
	if err != nil && n.err == nil {
		n.err = fmt.Errorf("%s=%q is not a number in the drawing's units", key, text)
	}
	return f
}

func number(text string) (float64, error) {
	f, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(text), "px"), 64)
	if err == nil && (math.IsNaN(f) || math.Abs(f) > 1e7) {
		err = errors.New("out of range")
	}
	return f, err
}

// unitScale is the mm of a unit.
func unitScale(attr map[string]string) (float64, error) {
	view, err := parseNumbers(attr["viewBox"])
	if err != nil || len(view) != 0 && (len(view) != 4 || !(view[2] > 0)) {
		return 0, fmt.Errorf("viewBox %q", attr["viewBox"])
	}
	width := strings.TrimSpace(attr["width"])
	for _, u := range []struct {
		name string
		mm   float64
	}{{"mm", 1}, {"cm", 10}, {"in", 25.4}, {"m", 1000}} {
		text, ok := strings.CutSuffix(width, u.name)
		if !ok || len(view) == 0 {
			continue
		}
		f, err := number(text)
		if err != nil || !(f > 0) {
			return 0, fmt.Errorf("width %q", width)
		}
		return f * u.mm / view[2], nil
	}
	return 1, nil
}
