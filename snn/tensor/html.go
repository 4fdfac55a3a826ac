package tensor

import (
	"fmt"
	"html"
	"math"
	"strings"
)

const (
	htmlEdge   = 6 // rows and columns shown at each end of a long axis
	htmlBlocks = 2 // matrices shown at each end of a long axis in front of the last two
)

// HTML is the tensor as tables of its last two axes, shaded by size: blue above zero, orange below, grey without a
// number. The shades are translucent and the text has the page's colour, so they suit light and dark pages. Of long
// axes it shows the ends.
func (t *Tensor) HTML() (string, error) {
	if len(t.elems()) == 0 || len(t.shape) == 0 {
		return "<code>" + html.EscapeString(t.String()) + "</code>", nil
	}
	t = t.Detach()
	w := htmlWriter{printer: printer{t: t, summarise: true, edge: htmlEdge}}
	w.measure(t.shape, t.elems())
	low, mean, high := t.Min().Item(), t.Mean().Item(), t.Max().Item()
	fmt.Fprintf(&w.b, `<div><div style="opacity:.7"><code>tensor %s</code> min %.4g, mean %.4g, max %.4g</div>`,
		tuple(t.shape), low, mean, high)
	w.blocks(t.shape, t.elems(), nil)
	w.b.WriteString("</div>")
	return w.b.String(), nil
}

type htmlWriter struct{ printer }

// blocks writes the matrices of the last two axes; index is where they lie in the axes before.
func (w *htmlWriter) blocks(shape []int, data []float32, index []string) {
	switch len(shape) {
	case 1:
		w.table(1, shape[0], data, false)
		return
	case 2:
		if len(index) > 0 {
			fmt.Fprintf(&w.b, `<div style="margin-top:.5em;opacity:.7"><code>[%s]</code></div>`, strings.Join(index, ", "))
		}
		w.table(shape[0], shape[1], data, true)
		return
	}
	n := len(data) / shape[0]
	ends(shape[0], htmlBlocks, func(i int) {
		if i < 0 {
			w.b.WriteString("<div>…</div>")
			return
		}
		w.blocks(shape[1:], data[i*n:(i+1)*n], append(index, fmt.Sprint(i)))
	})
}

// ends calls f with the first and last numbers below n, and between them with -1 if it leaves some out.
func ends(n, edge int, f func(i int)) {
	for i := 0; i < n; i++ {
		if n > 2*edge && i == edge {
			f(-1)
			i = n - edge
		}
		f(i)
	}
}

func (w *htmlWriter) table(rows, columns int, data []float32, numbered bool) {
	const head = `<th style="font-weight:normal;opacity:.5;padding:1px 5px;text-align:right">%s</th>`
	heading := func(i int) {
		text := "…"
		if i >= 0 {
			text = fmt.Sprint(i)
		}
		fmt.Fprintf(&w.b, head, text)
	}
	w.b.WriteString(`<table style="border-collapse:collapse;white-space:nowrap;color:inherit;font-family:monospace;font-size:90%"><thead><tr>`)
	if numbered {
		fmt.Fprintf(&w.b, head, "")
	}
	ends(columns, htmlEdge, heading)
	w.b.WriteString("</tr></thead><tbody>")
	ends(rows, htmlEdge, func(i int) {
		w.b.WriteString("<tr>")
		if numbered {
			heading(i)
		}
		ends(columns, htmlEdge, func(j int) {
			if i < 0 || j < 0 {
				w.b.WriteString(`<td style="text-align:center">…</td>`)
				return
			}
			w.cell(float64(data[i*columns+j]))
		})
		w.b.WriteString("</tr>")
	})
	w.b.WriteString("</tbody></table>")
}

// cell writes an element; its shade is its part of the largest one shown.
func (w *htmlWriter) cell(v float64) {
	part, colour := 1.0, "66,133,244"
	switch {
	case math.IsNaN(v):
		colour = "128,128,128"
	case v < 0:
		colour = "245,124,0"
	}
	if a := math.Abs(v); v == 0 {
		part = 0
	} else if a <= w.max {
		part = a / w.max
	}
	fmt.Fprintf(&w.b, `<td style="padding:1px 5px;text-align:right;background:rgba(%s,%.2f)">%s</td>`,
		colour, 0.6*part, w.number(v))
}
