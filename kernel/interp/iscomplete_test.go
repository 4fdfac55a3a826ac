package interp

import "testing"

// The oracle of the indents is gofmt's layout of the finished text.
func TestIsComplete(t *testing.T) {
	tests := []struct {
		src    string
		status Status
		indent string
	}{
		{"", Complete, ""},
		{"x := 1", Complete, ""},
		{"x := 1\n", Complete, ""},
		{"x := 1;", Complete, ""},
		{"fmt.Println(", Incomplete, "\t"},
		{"for i := range 3 {", Incomplete, "\t"},
		{"for i := range 3 {\n\tfmt.Println(i)\n", Incomplete, "\t"},
		{"for i := range 3 {\n\tif i > 1 {\n", Incomplete, "\t\t"},
		{"for i := range 3 {\n\tfmt.Println(i)\n}", Complete, ""},
		{"wg.Go(func() {\n", Incomplete, "\t"},
		{"switch x {\n", Incomplete, ""},
		{"switch x {\ncase 1:\n", Incomplete, "\t"},
		{"func f() {\n\tselect {\n", Incomplete, "\t"},
		{"x := a +\n", Incomplete, "\t"},
		{"x := a +", Incomplete, "\t"},
		{"b.\n", Incomplete, "\t"},
		{"outer:\n", Incomplete, ""},
		{"p := point{\n\tx: 1,\n", Incomplete, "\t"},
		{"s := `one\ntwo", Incomplete, ""},
		{"/* one\n", Incomplete, ""},
		{"// one", Complete, ""},
		{"for i := 0;", Incomplete, ""},
		{"type p struct {", Incomplete, "\t"},
		{"type (\n\ta int\n", Incomplete, "\t"},
		{"func f(a int,", Incomplete, "\t"},
		{"import (\n\t\"fmt\"\n", Incomplete, "\t"},
		{"package main\nfunc main() {}\n", Complete, ""},
		{"x := \"a", Invalid, ""},
		{"x := )", Invalid, ""},
		{"f(]", Invalid, ""},
		{"x := 1 2", Invalid, ""},
		{"if x\n", Invalid, ""},
		{"a b c\nfor {\n", Invalid, ""},
		{"func f() {\n\tx := := 2\n", Invalid, ""},
		{"x := [1, 2\n", Invalid, ""},
	}
	in := &Interp{}
	for _, test := range tests {
		if got := in.IsComplete(test.src); got != (Completeness{test.status, test.indent}) {
			t.Errorf("%q: %v %q, want %v %q", test.src, got.Status, got.Indent, test.status, test.indent)
		}
	}
}
