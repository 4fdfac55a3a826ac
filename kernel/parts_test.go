package kernel

import (
	"strings"
	"testing"

	"github.com/livespike/livespike/kernel/interp"
)

// TestSplit: what is a magic and what is Go follows Go's own semicolon rule.
func TestSplit(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"", ""},
		{"x := 1", "go x := 1"},
		{"%who", "magic %who"},
		{"  %who", "magic   %who"},
		{"x := 1\n%who\ny := 2", "go x := 1\\n|magic %who\\n|go y := 2"},
		{"x := 7 %\n%who", "go x := 7 %\\n%who"},
		{"f(7,\n%3)", "go f(7,\\n%3)"},
		{"x := `\n%who\n`", "go x := `\\n%who\\n`"},
		{"/*\n%who\n*/", "go /*\\n%who\\n*/"},
		{"if !ok {\n}\n!ls", "go if !ok {\\n}\\n|magic !ls"},
		{"\n%%time\nx := 1\n%who", "magic %%time\\nx := 1\\n%who"},
		{"%%\nx := 1", "magic %%\\n|go x := 1"},
		{"func f() {}\n\n%% --k=1\nf()", "go func f() {}\\n\\n|magic %% --k=1\\n|go f()"},
		{"// only\n%who", "go // only\\n|magic %who"},
	} {
		var got []string
		for _, p := range split(c.src) {
			kind := "go "
			if p.magic {
				kind = "magic "
			}
			got = append(got, kind+strings.ReplaceAll(c.src[p.from:p.to], "\n", "\\n"))
			if want := 1 + strings.Count(c.src[:p.from], "\n"); p.line != want {
				t.Errorf("%q: part at line %d says line %d", c.src, want, p.line)
			}
		}
		if strings.Join(got, "|") != c.want {
			t.Errorf("%q splits into %q, want %q", c.src, strings.Join(got, "|"), c.want)
		}
	}
}

func TestOnly(t *testing.T) {
	src := "ab\n%x\ncd"
	if got := only(src, 6, 8); got != "  \n  \ncd" {
		t.Errorf("got %q", got)
	}
}

func TestChunks(t *testing.T) {
	src := "import \"os\"\nx := f(1,\n\t2); y++\nfunc f(a, b int) int { return a; }\nfunc (t T) M() {}\nfunc() { x++ }()\ntype T struct {\n\ta int\n}\nL:\nfor {\n\tbreak L\n}"
	want := []string{
		"import|import \"os\"", "ILLEGAL|x := f(1,\n\t2)", "ILLEGAL|y++", "func|func f(a, b int) int { return a; }", "func|func (t T) M() {}",
		"ILLEGAL|func() { x++ }()", "type|type T struct {\n\ta int\n}", "ILLEGAL|L:\nfor {\n\tbreak L\n}",
	}
	got := interp.Split(src)
	if len(got) != len(want) {
		t.Fatalf("%d chunks, want %d: %v", len(got), len(want), got)
	}
	for i, c := range got {
		if text := c.Kind.String() + "|" + c.Src; text != want[i] {
			t.Errorf("chunk %d is %q, want %q", i, text, want[i])
		}
	}
}

// FuzzSplit: the parts of a cell cover all of it that is not blank, in order, and nothing panics.
func FuzzSplit(f *testing.F) {
	for _, src := range []string{"x\n%who\n!ls", "%%time\nx", "`\n%", "f(\n!x)", "/*", "\"", "'%", "\r\n%who\r\n"} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		at := 0
		for _, p := range split(src) {
			if p.from < at || p.to <= p.from || p.to > len(src) || strings.TrimSpace(src[at:p.from]) != "" {
				t.Fatalf("%q: part from %d to %d after %d", src, p.from, p.to, at)
			}
			at = p.to
		}
		if strings.TrimSpace(src[at:]) != "" {
			t.Fatalf("%q: the end %q is in no part", src, src[at:])
		}
		interp.Split(src)
	})
}
