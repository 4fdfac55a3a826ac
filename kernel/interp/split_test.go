package interp

import (
	"go/token"
	"strings"
	"testing"
)

// The oracle is Go's grammar: where a declaration begins and where a statement ends.
func TestSplit(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"", ""},
		{"// nothing", ""},
		{"x := 1", "stmt x := 1"},
		{"a := 5; b := 2", "stmt a := 5|stmt b := 2"},
		{"x := 1\nfunc f() {}\ny", "stmt x := 1|func func f() {}|stmt y"},
		{"func() { f() }()", "stmt func() { f() }()"},
		{"func (p P) M() {}", "func func (p P) M() {}"},
		{"func (p P) int { return 1 }(p)", "stmt func (p P) int { return 1 }(p)"},
		{"func Map[T any](x T) {}", "func func Map[T any](x T) {}"},
		{"type T struct {\n\ta int\n}\nvar t T", "type type T struct {\n\ta int\n}|stmt var t T"},
		{"import \"fmt\"\nconst c = 1", "import import \"fmt\"|const const c = 1"},
		{"s := `a\nfunc b() {}`", "stmt s := `a\nfunc b() {}`"},
		{"x := []int{\n\t1,\n}", "stmt x := []int{\n\t1,\n}"},
		{"y := (2 +\nz", "stmt y := (2 +\nz"},
		{"loop:\nfor {\n}", "stmt loop:\nfor {\n}"},
		{"if err := f(); err != nil {\n\tg()\n}\nx", "stmt if err := f(); err != nil {\n\tg()\n}|stmt x"},
		{"for i := 0; i < 3; i++ {}; y", "stmt for i := 0; i < 3; i++ {}|stmt y"},
		{"for ; ; {}", "stmt for ; ; {}"},
		{"switch x := 1; x {\n}", "stmt switch x := 1; x {\n}"},
		{"if a {} else if b := 1; b > 0 {}", "stmt if a {} else if b := 1; b > 0 {}"},
	} {
		var got []string
		for _, p := range split(c.src) {
			kind := "stmt"
			if !p.statement() {
				kind = p.kind.String()
			}
			got = append(got, kind+" "+strings.TrimSpace(c.src[p.from:p.to]))
		}
		if text := strings.Join(got, "|"); text != c.want {
			t.Errorf("split(%q) = %q, want %q", c.src, text, c.want)
		}
	}
}

func TestSplitSilenced(t *testing.T) {
	for src, want := range map[string]bool{"x": false, "x;": true, "x // c": false, "x; // c": true} {
		if p := split(src); p[len(p)-1].silenced != want {
			t.Errorf("split(%q): silenced is %v, want %v", src, !want, want)
		}
	}
}

// FuzzSplit checks that pieces are in order, do not overlap, and hold every token of the cell.
func FuzzSplit(f *testing.F) {
	for _, src := range []string{"x := 1; y", "func f() {", "type T struct{}\n)", "import (\n\"fmt\"\n)", "`", "'", "/*"} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		pieces := split(src)
		at := 0
		for _, p := range pieces {
			if p.from < at || p.to < p.from || p.to > len(src) {
				t.Fatalf("pieces of %q overlap: %+v", src, pieces)
			}
			at = p.to
		}
		for _, l := range lex(src) {
			if l.tok == token.EOF || l.tok == token.SEMICOLON || l.offset >= len(src) {
				continue
			}
			inside := false
			for _, p := range pieces {
				inside = inside || p.from <= l.offset && l.offset < p.to
			}
			if !inside {
				t.Fatalf("%q: the token at %d is in no piece", src, l.offset)
			}
		}
	})
}
