package snn

import (
	"fmt"
	"html"
	"strings"

	"github.com/livespike/livespike/snn/tensor"
)

// Table is what Summary says about a model. It prints as text and shows as a table in a notebook.
type Table struct {
	Rows       []TableRow
	Parameters int // numbers that training changes
	Fixed      int // numbers that it does not
	SynOps     int // per step, if every input spikes
}

// TableRow is one module of a model.
type TableRow struct {
	Path       string // 0.lifted_module
	Module     string // Conv2d(1, 2, 9)
	Output     []int  // the shape
	Parameters int
	SynOps     int
}

// Summary lists the modules of a model for an input of that shape: their output shapes, numbers of parameters, and
// synaptic operations per step. One synaptic operation is one spike that reaches one neuron; the figure counts every
// synapse of every sample once, so multiply it by the share of inputs that spike. If the model has a module over time (a layer, or
// Lift), axis 0 of the shape is time.
//
//	fmt.Println(snn.Summary(model, 100, 1, 1, 28, 28))
//
// It panics if the shape does not fit. Modules of your own are run on zeros to see their output's shape.
func Summary(m Module, shape ...int) *Table {
	t := &Table{}
	steps := 1
	if overTime(m) && len(shape) > 0 {
		steps = max(shape[0], 1)
	}
	t.add("", m, append([]int(nil), shape...))
	for k := range t.Rows {
		t.Rows[k].SynOps /= steps
		t.SynOps += t.Rows[k].SynOps
	}
	for _, p := range tensors(m, true) {
		t.Fixed += p.Value.Numel()
	}
	for _, p := range Parameters(m) {
		t.Parameters += p.Value.Numel()
	}
	t.Fixed -= t.Parameters
	return t
}

func overTime(m Module) bool {
	found := false
	walkModules(m, func(_ string, m Module) {
		switch m.(type) {
		case *Layer, *Recurrent, *Lifted, *Filter:
			found = true
		}
	})
	return found
}

// add appends the rows of m and what is inside it, and is the shape of its output.
func (t *Table) add(path string, m Module, in []int) []int {
	dot := path
	if dot != "" {
		dot += "."
	}
	switch c := m.(type) {
	case *Chain:
		for k, p := range c.Parts() {
			in = t.at(c.label(), k, dot+p.Name, p.Module, in)
		}
		return in
	case *RecurrentChain:
		return t.add(path, c.chain, in)
	case *Regularized:
		return t.add(dot+"module", c.m, in)
	case *Lifted:
		c.needSteps(in)
		first := len(t.Rows)
		out := t.at("Lift", -1, dot+"lifted_module", c.m, in[1:])
		for k := first; k < len(t.Rows); k++ {
			t.Rows[k].Output = append([]int{in[0]}, t.Rows[k].Output...)
			t.Rows[k].SynOps *= in[0]
		}
		return append([]int{in[0]}, out...)
	case *Branches:
		return t.addBranches(dot, c, in)
	}
	row := TableRow{Path: path, Module: label(m)}
	if a, ok := m.(applier); ok {
		row.Output = append([]int(nil), a.outputShape(in)...)
	} else {
		tensor.NoGrad(func() {
			y, _ := m.Forward(tensor.Zeros(in...), nil)
			row.Output = y.Shape()
		})
	}
	for _, p := range Parameters(m) {
		row.Parameters += p.Value.Numel()
	}
	if c, ok := m.(interface{ synapses(in, out []int) int }); ok {
		row.SynOps = c.synapses(in, row.Output)
	}
	t.Rows = append(t.Rows, row)
	return row.Output
}

// at is add that puts the place in front of a panic about shapes.
func (t *Table) at(container string, k int, path string, m Module, in []int) []int {
	defer atPlace(container, k, m)
	return t.add(path, m, in)
}

func (t *Table) addBranches(dot string, b *Branches, in []int) []int {
	var out []int
	for k, p := range b.Parts() {
		o := t.at(b.label(), k, dot+p.Name, p.Module, in)
		switch axis := b.axis; {
		case k == 0:
			out = append([]int(nil), o...)
		case b.join:
			if axis < 0 {
				axis += len(out)
			}
			out[axis] += o[axis]
		}
	}
	return out
}

// synapses are the operations of one pass.
func (l *Dense) synapses(_, out []int) int { return size(out) * l.in }

func (c *Conv) synapses(_, out []int) int { return size(out) * c.in / c.groups * c.kh * c.kw }

func (f *Filter) synapses(in, out []int) int { return f.linear.synapses(in, out) }

func (r *recurrence) synapses(_, out []int) int {
	per := r.in
	if r.wrec != nil {
		per += r.hidden
	}
	return size(out) * per
}

// cells are the table's texts, the heading first, the sums last.
func (t *Table) cells() [][]string {
	rows := [][]string{{"path", "module", "output", "parameters", "SynOps/step"}}
	for _, r := range t.Rows {
		rows = append(rows, []string{r.Path, r.Module, fmt.Sprint(r.Output), grouped(r.Parameters), grouped(r.SynOps)})
	}
	return append(rows, []string{"", "total", "", grouped(t.Parameters), grouped(t.SynOps)})
}

// grouped is a number with its digits in groups of three; nothing for 0.
func grouped(n int) string {
	if n == 0 {
		return ""
	}
	s := fmt.Sprint(n)
	for k := len(s) - 3; k > 0; k -= 3 {
		s = s[:k] + " " + s[k:]
	}
	return s
}

// String is the table as aligned text.
func (t *Table) String() string {
	rows := t.cells()
	width := make([]int, len(rows[0]))
	for _, r := range rows {
		for k, c := range r {
			width[k] = max(width[k], len([]rune(c)))
		}
	}
	var b strings.Builder
	for n, r := range rows {
		line := ""
		for k, c := range r {
			pad := strings.Repeat(" ", width[k]-len([]rune(c)))
			if k >= 3 {
				line += pad + c + "  "
			} else {
				line += c + pad + "  "
			}
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
		if n == 0 || n == len(rows)-2 {
			total := 0
			for _, w := range width {
				total += w + 2
			}
			b.WriteString(strings.Repeat("─", total-2) + "\n")
		}
	}
	if t.Fixed > 0 {
		fmt.Fprintf(&b, "and %s numbers that are not trained\n", grouped(t.Fixed))
	}
	return strings.TrimRight(b.String(), "\n")
}

// HTML is the table for a notebook.
func (t *Table) HTML() (string, error) {
	var b strings.Builder
	b.WriteString("<table>")
	for n, r := range t.cells() {
		tag := "td"
		if n == 0 {
			tag = "th"
		}
		b.WriteString("<tr>")
		for k, c := range r {
			align := "left"
			if k >= 3 {
				align = "right"
			}
			fmt.Fprintf(&b, `<%s style="text-align:%s">%s</%s>`, tag, align, html.EscapeString(c), tag)
		}
		b.WriteString("</tr>")
	}
	b.WriteString("</table>")
	return b.String(), nil
}
