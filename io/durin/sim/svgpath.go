package sim

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

// matrix is SVG's: x' = a x + c y + e, y' = b x + d y + f.
type matrix [6]float64

func (m matrix) times(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[2]*n[1], m[1]*n[0] + m[3]*n[1], m[0]*n[2] + m[2]*n[3], m[1]*n[2] + m[3]*n[3],
		m[0]*n[4] + m[2]*n[5] + m[4], m[1]*n[4] + m[3]*n[5] + m[5],
	}
}

func (m matrix) apply(v Vec) Vec { return Vec{m[0]*v.X + m[2]*v.Y + m[4], m[1]*v.X + m[3]*v.Y + m[5]} }

func (m matrix) determinant() float64 { return m[0]*m[3] - m[1]*m[2] }

// parseTransform reads the transform attribute.
func parseTransform(text string) (matrix, error) {
	m := matrix{1, 0, 0, 1, 0, 0}
	for rest := strings.TrimLeft(text, " ,\t\r\n"); rest != ""; rest = strings.TrimLeft(rest, " ,\t\r\n") {
		name, tail, ok := strings.Cut(rest, "(")
		args, tail, closed := strings.Cut(tail, ")")
		v, err := parseNumbers(args)
		if !ok || !closed || err != nil || len(v) == 0 {
			return m, fmt.Errorf("transform %q", text)
		}
		rest = tail
		at := func(i int, otherwise float64) float64 {
			if i < len(v) {
				return v[i]
			}
			return otherwise
		}
		sin, cos := math.Sincos(degrees(v[0]))
		switch name = strings.TrimSpace(name); {
		case name == "matrix" && len(v) == 6:
			m = m.times(matrix(v))
		case name == "translate":
			m = m.times(matrix{1, 0, 0, 1, v[0], at(1, 0)})
		case name == "scale":
			m = m.times(matrix{v[0], 0, 0, at(1, v[0]), 0, 0})
		case name == "rotate":
			x, y := at(1, 0), at(2, 0)
			m = m.times(matrix{1, 0, 0, 1, x, y}).times(matrix{cos, sin, -sin, cos, 0, 0}).times(matrix{1, 0, 0, 1, -x, -y})
		case name == "skewX":
			m = m.times(matrix{1, 0, math.Tan(degrees(v[0])), 1, 0, 0})
		case name == "skewY":
			m = m.times(matrix{1, math.Tan(degrees(v[0])), 0, 1, 0, 0})
		default:
			return m, fmt.Errorf("transform %q", text)
		}
	}
	return m, nil
}

// parseNumbers reads numbers as SVG writes them: separated by spaces, commas, or nothing where a sign or a second
// point begins the next.
func parseNumbers(text string) ([]float64, error) {
	var list []float64
	for rest := strings.TrimLeft(text, " ,\t\r\n"); rest != ""; rest = strings.TrimLeft(rest, " ,\t\r\n") {
		n := numberLength(rest)
		f, err := number(rest[:n])
		if n == 0 || err != nil {
			return nil, fmt.Errorf("%q is not a list of numbers", text)
		}
		list, rest = append(list, f), rest[n:]
	}
	return list, nil
}

// numberLength is how many bytes belong to the number at the beginning.
func numberLength(s string) int {
	dot, exponent := false, false
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
		case (c == '-' || c == '+') && (i == 0 || s[i-1] == 'e' || s[i-1] == 'E'):
		case c == '.' && !dot && !exponent:
			dot = true
		case (c == 'e' || c == 'E') && !exponent && i > 0:
			exponent = true
		default:
			return i
		}
	}
	return len(s)
}

// curveSteps is how many lines stand for a curve.
const curveSteps = 16

// pathParser follows a path's pen.
type pathParser struct {
	lines     [][]Vec
	at, begin Vec
	control   Vec  // the last one of a curve, for S and T
	last      byte // the last command
}

// parsePath turns a path into lines. Elliptic arcs are an error.
func parsePath(d string) ([][]Vec, error) {
	var p pathParser
	rest := strings.TrimLeft(d, " ,\t\r\n")
	for rest != "" {
		c := rest[0]
		end := 1 + strings.IndexFunc(rest[1:], func(r rune) bool {
			return r != 'e' && r != 'E' && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
		})
		if end == 0 {
			end = len(rest)
		}
		args, err := parseNumbers(rest[1:end])
		if err != nil {
			return nil, err
		}
		if err := p.command(c, args); err != nil {
			return nil, fmt.Errorf("path %q: %w", rest[:end], err)
		}
		rest = rest[end:]
	}
	return p.lines, nil
}

func (p *pathParser) to(v Vec) {
	if len(p.lines) == 0 {
		p.lines = append(p.lines, []Vec{p.at})
	}
	i := len(p.lines) - 1
	p.lines[i], p.at = append(p.lines[i], v), v
}

func (p *pathParser) move(v Vec) {
	p.at, p.begin = v, v
	p.lines = append(p.lines, []Vec{v})
}

// arity is how many numbers a command takes.
var arity = map[byte]int{'M': 2, 'L': 2, 'H': 1, 'V': 1, 'C': 6, 'S': 4, 'Q': 4, 'T': 2, 'Z': 0}

func (p *pathParser) command(c byte, args []float64) error {
	upper := c &^ 0x20
	relative := c != upper
	n, ok := arity[upper]
	switch {
	case upper == 'A':
		return errors.New("elliptic arcs are not understood; draw a circle or lines")
	case !ok:
		return errors.New("not a path command")
	case p.last == 0 && upper != 'M':
		return errors.New("a path begins with M")
	case n == 0 && len(args) > 0 || n > 0 && (len(args) == 0 || len(args)%n != 0):
		return fmt.Errorf("%d numbers", len(args))
	case n == 0:
		p.to(p.begin)
		p.lines = append(p.lines, []Vec{p.at})
	}
	for i := 0; n > 0 && i < len(args); i += n {
		a := args[i : i+n]
		var base Vec
		if relative {
			base = p.at
		}
		point := func(k int) Vec { return base.add(Vec{a[k], a[k+1]}) }
		mirrored := p.at // of the last control point, when the last command was of the same kind
		if (p.last == 'C' || p.last == 'S') && upper == 'S' || (p.last == 'Q' || p.last == 'T') && upper == 'T' {
			mirrored = p.at.scale(2).sub(p.control)
		}
		switch upper {
		case 'M':
			if i == 0 {
				p.move(point(0))
			} else {
				p.to(point(0)) // further pairs are lines
			}
		case 'L':
			p.to(point(0))
		case 'H':
			p.to(Vec{base.X + a[0], p.at.Y})
		case 'V':
			p.to(Vec{p.at.X, base.Y + a[0]})
		case 'C':
			p.curve(point(0), point(2), point(4))
		case 'S':
			p.curve(mirrored, point(0), point(2))
		case 'Q':
			p.quadratic(point(0), point(2))
		case 'T':
			p.quadratic(mirrored, point(0))
		}
		p.last = upper
	}
	p.last = upper
	return nil
}

func (p *pathParser) quadratic(control, end Vec) {
	a, b := p.at.add(control.sub(p.at).scale(2./3)), end.add(control.sub(end).scale(2./3))
	p.curve(a, b, end)
	p.control = control
}

func (p *pathParser) curve(c1, c2, end Vec) {
	from := p.at
	for i := 1; i < curveSteps; i++ {
		t := float64(i) / curveSteps
		u := 1 - t
		p.to(from.scale(u * u * u).add(c1.scale(3 * u * u * t)).add(c2.scale(3 * u * t * t)).add(end.scale(t * t * t)))
	}
	p.to(end)
	p.control = c2
}
