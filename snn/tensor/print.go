package tensor

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// PyTorch's print options: torch/_tensor_str.py.
const (
	printPrecision = 4    // digits after the point
	printThreshold = 1000 // more elements than these are summarised
	printEdge      = 3    // entries shown at each end of a summarised axis
	printWidth     = 80   // characters in a line
)

// String is the text that PyTorch prints for a float32 tensor: aligned columns, at most four digits after the point,
// "..." in the middle of more than 1000 elements, requires_grad=True for a leaf. Results of operations show no grad_fn.
// A tensor on a GPU is copied to be printed and says device='cuda:0'.
func (t *Tensor) String() string {
	const prefix = "tensor("
	if t.gpu != nil {
		text := strings.TrimSuffix(t.CPU().String(), ")")
		return withSuffix(text, "device='"+t.gpu.Device.String()+"'", len(prefix)) + ")"
	}
	if len(t.elems()) == 0 {
		text := prefix + "[]"
		if len(t.shape) != 1 {
			text += ", size=" + tuple(t.shape)
		}
		return t.leafSuffix(text, len(prefix)) + ")"
	}
	p := printer{t: t, summarise: len(t.elems()) > printThreshold, edge: printEdge}
	p.measure(t.shape, t.elems())
	p.b.WriteString(prefix)
	p.print(t.shape, t.elems(), len(prefix))
	return t.leafSuffix(p.b.String(), len(prefix)) + ")"
}

// leafSuffix adds PyTorch's word for a leaf that records gradients, on a line of its own where it does not fit.
func (t *Tensor) leafSuffix(text string, indent int) string {
	if t.grad == nil || t.grad.node != nil {
		return text
	}
	return withSuffix(text, "requires_grad=True", indent)
}

func withSuffix(text, suffix string, indent int) string {
	line := len(text) - strings.LastIndexByte(text, '\n') + 1
	if line+len(suffix)+2 > printWidth {
		return text + ",\n" + strings.Repeat(" ", indent) + suffix
	}
	return text + ", " + suffix
}

// tuple is a shape as Python writes it.
func tuple(shape []int) string {
	text := strings.ReplaceAll(strings.Trim(fmt.Sprint(shape), "[]"), " ", ", ")
	if len(shape) == 1 {
		text += ","
	}
	return "(" + text + ")"
}

// printer holds the format that all elements share.
type printer struct {
	t         *Tensor
	b         strings.Builder
	summarise bool
	edge      int     // entries shown at each end of a summarised axis
	fraction  bool    // some element is no integer
	any       bool    // some element is neither 0 nor infinite nor NaN
	min, max  float64 // smallest and largest magnitude of those
	width     int
}

// measure finds the format: first the range of what will be printed, then its width.
func (p *printer) measure(shape []int, data []float32) {
	p.visit(shape, data, func(v float64) {
		if v == 0 || math.IsInf(v, 0) || math.IsNaN(v) {
			return
		}
		a := math.Abs(v)
		if !p.any || a < p.min {
			p.min = a
		}
		p.max = math.Max(p.max, a)
		p.any = true
		p.fraction = p.fraction || v != math.Ceil(v)
	})
	p.width = 1
	p.visit(shape, data, func(v float64) {
		if v != 0 && !math.IsInf(v, 0) && !math.IsNaN(v) {
			p.width = max(p.width, len(p.number(v)))
		}
	})
}

// visit calls f with every element that is printed.
func (p *printer) visit(shape []int, data []float32, f func(float64)) {
	if len(shape) == 0 {
		f(float64(data[0]))
		return
	}
	n := len(data) / shape[0]
	for i := 0; i < shape[0]; i++ {
		if p.summarise && shape[0] > 2*p.edge && i == p.edge {
			i = shape[0] - p.edge
		}
		p.visit(shape[1:], data[i*n:(i+1)*n], f)
	}
}

// scientific reports whether the range asks for exponents.
func (p *printer) scientific() bool {
	return p.any && (p.max/p.min > 1000 || p.max > 1e8 || p.fraction && p.min < 1e-4)
}

// number is one element without alignment.
func (p *printer) number(v float64) string {
	switch {
	case math.IsNaN(v):
		return "nan"
	case math.IsInf(v, 1):
		return "inf"
	case math.IsInf(v, -1):
		return "-inf"
	case p.scientific():
		return strconv.FormatFloat(v, 'e', printPrecision, 64)
	case p.fraction:
		return strconv.FormatFloat(v, 'f', printPrecision, 64)
	}
	return strconv.FormatFloat(v, 'f', 0, 64) + "."
}

func (p *printer) print(shape []int, data []float32, indent int) {
	switch len(shape) {
	case 0:
		p.element(float64(data[0]))
	case 1:
		p.vector(data, indent)
	default:
		p.b.WriteByte('[')
		n := len(data) / shape[0]
		for i := 0; i < shape[0]; i++ {
			if i > 0 {
				p.separate(len(shape)-1, indent)
			}
			if p.summarise && shape[0] > 2*p.edge && i == p.edge {
				p.b.WriteString("...")
				p.separate(len(shape)-1, indent)
				i = shape[0] - p.edge
			}
			p.print(shape[1:], data[i*n:(i+1)*n], indent+1)
		}
		p.b.WriteByte(']')
	}
}

// separate ends an entry and begins the next one so many lines below.
func (p *printer) separate(lines, indent int) {
	p.b.WriteByte(',')
	for range lines {
		p.b.WriteByte('\n')
	}
	p.pad(indent + 1)
}

func (p *printer) pad(n int) {
	for range n {
		p.b.WriteByte(' ')
	}
}

func (p *printer) element(v float64) {
	text := p.number(v)
	p.pad(p.width - len(text))
	p.b.WriteString(text)
}

// vector writes the last axis, as many elements in a line as fit.
func (p *printer) vector(data []float32, indent int) {
	perLine := max(1, (printWidth-indent)/(p.width+2))
	p.b.WriteByte('[')
	column := 0
	next := func() {
		switch {
		case column == 0:
		case column%perLine == 0:
			p.separate(1, indent)
		default:
			p.b.WriteString(", ")
		}
		column++
	}
	for i := 0; i < len(data); i++ {
		if p.summarise && len(data) > 2*p.edge && i == p.edge {
			next()
			p.b.WriteString(" ...")
			i = len(data) - p.edge
		}
		next()
		p.element(float64(data[i]))
	}
	p.b.WriteByte(']')
}
