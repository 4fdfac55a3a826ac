package sim

import (
	"fmt"
	"math"
	"sort"
	"strings"
	"unicode/utf8"
)

// Vec is a point or a vector, in mm.
type Vec struct{ X, Y float64 }

// String is the vector in mm.
func (v Vec) String() string { return fmt.Sprintf("(%.0f, %.0f)", v.X, v.Y) }

func (v Vec) add(w Vec) Vec           { return Vec{v.X + w.X, v.Y + w.Y} }
func (v Vec) sub(w Vec) Vec           { return Vec{v.X - w.X, v.Y - w.Y} }
func (v Vec) scale(f float64) Vec     { return Vec{v.X * f, v.Y * f} }
func (v Vec) dot(w Vec) float64       { return v.X*w.X + v.Y*w.Y }
func (v Vec) length() float64         { return math.Hypot(v.X, v.Y) }
func direction(angle float64) Vec     { sin, cos := math.Sincos(angle); return Vec{cos, sin} }
func degrees(d float64) float64       { return d * math.Pi / 180 }
func clamp(x, lo, hi float64) float64 { return max(lo, min(hi, x)) }

// Toward is the point at a distance from v, at an angle in radians counter-clockwise from x.
func (v Vec) Toward(angle, distance float64) Vec { return v.add(direction(angle).scale(distance)) }

// Segment is a straight wall between two points.
type Segment struct{ A, B Vec }

// String is the wall's ends.
func (s Segment) String() string { return fmt.Sprintf("%v-%v", s.A, s.B) }

// nearest is the point of the segment that is nearest to p.
func (s Segment) nearest(p Vec) Vec {
	d := s.B.sub(s.A)
	t := clamp(p.sub(s.A).dot(d)/d.dot(d), 0, 1)
	return s.A.add(d.scale(t))
}

// Circle is a round pillar.
type Circle struct {
	Center Vec
	Radius float64
}

// String is the pillar's place and size.
func (c Circle) String() string { return fmt.Sprintf("circle(%v, %.0f)", c.Center, c.Radius) }

// Pose is where a robot is and where it looks.
type Pose struct {
	At      Vec
	Heading float64 // radians, counter-clockwise from x
}

// String is the pose in mm and degrees.
func (p Pose) String() string { return fmt.Sprintf("%v at %.0f°", p.At, p.Heading*180/math.Pi) }

// Distance is how far another pose is away, in mm.
func (p Pose) Distance(q Pose) float64 { return q.At.sub(p.At).length() }

// World is what a robot lives in. Walls and pillars stop it and are seen by its sensors.
type World struct {
	Name       string
	Walls      []Segment
	Pillars    []Circle
	WallHeight float64 // mm; 0 is 300
	Starts     []Pose  // chosen by the seed
	Beacons    []Vec   // UWB nodes
	Lights     []Vec
	// Order is the order of the sensors' ids that robots in this world have unless asked otherwise.
	Order Order
}

// String is the world's name and size.
func (w *World) String() string {
	lo, hi := w.Bounds()
	return fmt.Sprintf("%s (%.1f x %.1f m, %d walls)", w.Name, (hi.X-lo.X)/1000, (hi.Y-lo.Y)/1000, len(w.Walls))
}

// Bounds is the smallest box that holds all walls, as its low and high corner. An empty world has 2 m about the start.
func (w *World) Bounds() (lo, hi Vec) {
	lo, hi = Vec{math.Inf(1), math.Inf(1)}, Vec{math.Inf(-1), math.Inf(-1)}
	grow := func(p Vec, r float64) {
		lo = Vec{math.Min(lo.X, p.X-r), math.Min(lo.Y, p.Y-r)}
		hi = Vec{math.Max(hi.X, p.X+r), math.Max(hi.Y, p.Y+r)}
	}
	for _, s := range w.Walls {
		grow(s.A, 0)
		grow(s.B, 0)
	}
	for _, c := range w.Pillars {
		grow(c.Center, c.Radius)
	}
	if len(w.Walls)+len(w.Pillars) == 0 {
		for _, p := range w.Starts {
			grow(p.At, 2000)
		}
	}
	return lo, hi
}

// wallHeight is how high the walls are, in mm.
func (w *World) wallHeight() float64 {
	if w.WallHeight > 0 {
		return w.WallHeight
	}
	return 300
}

// box is four walls around a rectangle.
func box(x0, y0, x1, y1 float64) []Segment {
	a, b, c, d := Vec{x0, y0}, Vec{x1, y0}, Vec{x1, y1}, Vec{x0, y1}
	return []Segment{{a, b}, {b, c}, {c, d}, {d, a}}
}

// tile is the size of a character of a map, in mm.
const tile = 100

// ParseMap makes a world of a drawing: each character is a tile of 100 x 100 mm, the first line is the far side.
//
//	#  wall          o  pillar, radius 50 mm     *  light     b  UWB beacon
//	^ v < >  start, looking up, down, left, right; S is the same as ^
//
// Everything else is floor. It is an error when there is no start, or when it is no text.
func ParseMap(name, drawing string) (*World, error) {
	if !utf8.ValidString(drawing) || strings.ContainsRune(drawing, 0) {
		return nil, fmt.Errorf("sim: world %s: neither a drawing of characters nor an SVG", name)
	}
	rows := strings.Split(strings.Trim(drawing, "\n"), "\n")
	w := &World{Name: name}
	solid := func(col, row int) bool {
		return row >= 0 && row < len(rows) && col >= 0 && col < len(rows[row]) && rows[row][col] == '#'
	}
	headings := map[byte]float64{'>': 0, '^': 90, 'S': 90, '<': 180, 'v': 270}
	for row, line := range rows {
		for col := range len(line) {
			at := Vec{(float64(col) + 0.5) * tile, (float64(len(rows)-row) - 0.5) * tile}
			switch c := line[col]; c {
			case 'o':
				w.Pillars = append(w.Pillars, Circle{at, tile / 2})
			case '*':
				w.Lights = append(w.Lights, at)
			case 'b':
				w.Beacons = append(w.Beacons, at)
			case '>', '^', 'S', '<', 'v':
				w.Starts = append(w.Starts, Pose{at, degrees(headings[c])})
			}
		}
	}
	if len(w.Starts) == 0 {
		return nil, fmt.Errorf("sim: world %s: no start; draw one of ^ v < > S", name)
	}
	w.Walls = edges(rows, solid)
	return w, nil
}

// edges are the borders between wall and floor tiles, joined to the longest straight walls.
func edges(rows []string, solid func(col, row int) bool) []Segment {
	width := 0
	for _, line := range rows {
		width = max(width, len(line))
	}
	var walls []Segment
	run := func(n, lines int, border func(i, line int) bool, at func(i, line int) Vec) {
		for line := range lines + 1 {
			for i := 0; i < n; i++ {
				from := i
				for i < n && border(i, line) {
					i++
				}
				if i > from {
					walls = append(walls, Segment{at(from, line), at(i, line)})
				}
			}
		}
	}
	height := len(rows)
	run(width, height, func(col, row int) bool { return solid(col, row) != solid(col, row-1) },
		func(col, row int) Vec { return Vec{float64(col) * tile, float64(height-row) * tile} })
	run(height, width, func(row, col int) bool { return solid(col, row) != solid(col-1, row) },
		func(row, col int) Vec { return Vec{float64(col) * tile, float64(height-row) * tile} })
	return walls
}

// builtin are the worlds that have a name.
var builtin = map[string]func() *World{}

func registerWorld(name string, make func() *World) bool {
	builtin[name] = make
	return true
}

// Worlds are the names of the built-in worlds, sorted.
func Worlds() []string {
	names := make([]string, 0, len(builtin))
	for name := range builtin {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// NamedWorld is a built-in world.
func NamedWorld(name string) (*World, error) {
	make, ok := builtin[name]
	if !ok {
		return nil, fmt.Errorf("sim: no world %q; there are %s", name, strings.Join(Worlds(), ", "))
	}
	return make(), nil
}
