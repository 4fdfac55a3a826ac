package interp_test

import "testing"

// The signature of a call, with the parameter that is being typed: the rules of an editor's parameter hints.
func TestSignature(t *testing.T) {
	in := session()
	eval(t, in, 1, "import (\"strings\"; \"sort\")\nfunc area(w, h float64, names ...string) float64 { return w * h }\ntype P struct{}\nfunc (p P) Move(dx int, dy string) {}\np := P{}\ndouble := func(n int) int { return 2 * n }")
	for _, c := range []struct{ src, text, active string }{
		{"strings.Repeat(", "func Repeat(s string, count int) string", "s string"},
		{`strings.Repeat("a,b", `, "func Repeat(s string, count int) string", "count int"},
		{`strings.Repeat(fmt.Sprint(1, 2), `, "func Repeat(s string, count int) string", "count int"},
		{`x := []int{1, 2}; strings.Repeat("a", len([]int{1, `, "", ""},
		{"tensor.Of(1).Add(", "func (t *Tensor) Add(x any) *Tensor", "x any"},
		{`strings.Join([]string{"a", `, "func Join(elems []string, sep string) string", "elems []string"},
		{"area(1, ", "func area(w float64, h float64, names ...string) float64", "h float64"},
		{`area(1, 2, "a", "b", `, "func area(w float64, h float64, names ...string) float64", "names ...string"},
		{"p.Move(1, ", "func (P) Move(dx int, dy string)", "dy string"},
		{"double(", "func double(n int) int", "n int"},
		{"sort.Slice(x, func(i, j int) bool { ", "", ""},
		{"if (1 + ", "", ""},
		{"strings.Repeat(\"a\", 3)", "", ""},
		{"nosuch(", "", ""},
	} {
		got, ok := in.Signature(c.src, len(c.src))
		if ok != (c.text != "") || got.Text != c.text || got.Text[got.From:got.To] != c.active {
			t.Errorf("%s: %q with %q, want %q with %q", c.src, got.Text, got.Text[got.From:got.To], c.text, c.active)
		}
	}
}
