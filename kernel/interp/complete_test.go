package interp_test

import (
	"slices"
	"strings"
	"testing"
)

// The options that a model knows come before those of other models.
func TestCompleteOptionsFirst(t *testing.T) {
	in := session()
	for _, src := range []string{"snn.LIFCell(snn.", "snn.LIFCell("} {
		found := in.Complete(src, len(src))
		rank := map[string]int{}
		for i, m := range found.Matches {
			rank[strings.TrimPrefix(m.Text, "snn.")] = i + 1
		}
		for _, own := range []string{"TauMemInv", "VTh", "DT"} {
			for _, foreign := range []string{"RhoReset", "TonicSpiking", "LIFAdEx"} {
				if src == "snn.LIFCell(" && foreign == "LIFAdEx" {
					continue
				}
				if rank[own] == 0 || rank[own] >= rank[foreign] {
					t.Errorf("%q: %s is proposal %d, %s %d", src, own, rank[own], foreign, rank[foreign])
				}
			}
		}
	}
}

// The oracle is Go's scope rules and the packages' own exports; | marks the cursor.
func TestComplete(t *testing.T) {
	in := session()
	eval(t, in, 1, "import \"strings\"\ntype point struct {\n\tX, y int\n}\nfunc (p *point) Norm() int { return p.X }\nvalue := point{1, 2}\nlayer := snn.LIFCell()")
	for _, c := range []struct{ src, want, not string }{
		{"val|", "value", "layer"},
		{"value.|", "X y Norm", "value"},
		{"layer.Fo|", "Forward ForwardInto", "String"},
		{"snn.LIFC|", "LIFCell", "LICell"},
		{"snn.lifc|", "LIFCell", ""},
		{"strings.To|", "ToUpper ToLower ToTitle", "Trim"},
		{"local := 1\nloc|", "local", ""},
		{"for i, item := range []string{\"a\"} {\n\titem.|", "", "value"},
		{"func f(argument int) int {\n\treturn arg|", "argument", ""},
		{"func (p *point) Twice() int {\n\treturn p.No|", "Norm", ""},
		{"point{|", "X y value", ""},
		{"snn.LIFCell(|", "snn.TauMemInv snn.VTh snn.Delayed", "snn.LIFCell"},
		{"snn.LIFCell(snn.VTh(1), |", "snn.DT", ""},
		{"fmt.Println(snn.LICell().|", "Forward", ""},
		{"import \"stri|", "strings", "fmt"},
		{"ran|", "", "random"},
		{"mak|", "make", ""},
	} {
		at := strings.Index(c.src, "|")
		src := c.src[:at] + c.src[at+1:]
		found := in.Complete(src, at)
		var got []string
		for _, m := range found.Matches {
			got = append(got, m.Text)
		}
		for _, want := range strings.Fields(c.want) {
			if !slices.Contains(got, want) {
				t.Errorf("%q: %q is not among %q", c.src, want, got)
			}
		}
		if c.not != "" && slices.Contains(got, c.not) {
			t.Errorf("%q: %q should not be among the proposals", c.src, c.not)
		}
	}
	eval(t, in, 2, "value.X + value.y") // completion has left nothing behind
}

func TestInspect(t *testing.T) {
	in := session()
	eval(t, in, 1, "// Twice doubles.\nfunc Twice(n int) int { return 2 * n }\nlayer := snn.LIFCell()\nm := 3")
	for _, c := range []struct{ src, want string }{
		{"snn.LICe|ll", "func LICell(opts ...Option) *Cell"},
		{"snn.LICell|", "leaky integrator"},
		{"layer.Forw|ard(x, nil)", "Forward advances"},
		{"layer|", "var layer *snn.Cell"},
		{"Twice|", "func Twice(n int) int"},
		{"Twice(|", "func Twice(n int) int"},
		{"snn.LICell(|)", "func LICell(opts ...Option) *Cell"},
		{"snn|", "package snn"},
		{"m|", "var m int"},
	} {
		at := strings.Index(c.src, "|")
		doc, ok := in.Inspect(c.src[:at]+c.src[at+1:], at, 0)
		if !ok || !strings.Contains(doc.Text, c.want) {
			t.Errorf("%q: %v %q, want %q in it", c.src, ok, doc.Text, c.want)
		}
	}
	if doc, _ := in.Inspect("Twice", 2, 1); !strings.Contains(doc.Text, "return 2 * n") {
		t.Errorf("??Twice: %q lacks the source", doc.Text)
	}
	if _, ok := in.Inspect("nothing", 3, 0); ok {
		t.Error("an unknown name has a page")
	}
}

// FuzzComplete: no prefix of anything panics.
func FuzzComplete(f *testing.F) {
	in := session()
	for _, src := range []string{"x.", "func (", "func (p P", "type T struct{", "snn.LIF(", "\"abc", "`a\n", "a[b.", "import \"", "//", "func f(a int) {\n a."} {
		f.Add(src)
	}
	f.Fuzz(func(_ *testing.T, src string) {
		in.Complete(src, len(src))
		in.Inspect(src, len(src)/2, 1)
	})
}

func BenchmarkComplete(b *testing.B) {
	in := session()
	for b.Loop() {
		in.Complete("snn.LIFCell(snn.", len("snn.LIFCell(snn."))
	}
}
