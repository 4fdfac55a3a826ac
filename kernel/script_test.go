package kernel

import (
	"fmt"
	"strings"
	"testing"
)

func TestParseScript(t *testing.T) {
	text := "#!/usr/bin/env -S snnrepl run\n// A header.\n\n// %% [markdown]\n// # Title\n//\n// Text.\n\n//%% first\nx := 1\n\n// %%\ny := 2\n"
	want := "markdown \"\" line 5 \"# Title\\n\\nText.\"; go \"first\" line 10 \"x := 1\\n\"; go \"\" line 13 \"y := 2\\n\""
	var got []string
	for _, c := range ParseScript(text) {
		kind := "go"
		if c.Markdown {
			kind = "markdown"
		}
		got = append(got, fmt.Sprintf("%s %q line %d %q", kind, c.Title, c.Line, c.Src))
	}
	if s := strings.Join(got, "; "); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
	if cells := ParseScript("\ufeffa\r\nb"); len(cells) != 1 || cells[0].Src != "a\nb" || cells[0].Line != 1 {
		t.Errorf("without a mark: %+v", cells)
	}
	if cells := ParseScript("// only a comment"); len(cells) != 0 {
		t.Errorf("a comment is a cell: %+v", cells)
	}
}

// TestProgram saves cells as a program; the expected text is what a person would write, less the order of main.
func TestProgram(t *testing.T) {
	s := newSession(t)
	for _, src := range []string{
		"x := 1\nvar s []string",
		"func twice(n int) int { return n }",
		"%time x++",
		"func twice(n int) int { return 2 * n }\ntype point struct{ X int }\nfunc (p point) Y() int { return p.X }",
		"p := point{twice(x)}\nfor i := range 3 {\n\tx += i\n}",
		"x",
		"fmt.Println(p.Y(), x, strings.ToUpper(\"a\"), len(s))",
		"len(s)",
	} {
		s.must(t, src)
	}
	if _, outcome := s.run(t, "x = nosuch"); outcome.Err == nil {
		t.Fatal("no error")
	}
	got, err := program(s.cells(), s.names(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	want := `package main

import (
	"fmt"
	"strings"
)

func twice(n int) int { return 2 * n }

type point struct{ X int }

func (p point) Y() int { return p.X }

var (
	p point
	s []string
	x int
)

func main() {
	x = 1
	s = nil
	// %time x++
	p = point{twice(x)}
	for i := range 3 {
		x += i
	}
	_ = x
	fmt.Println(p.Y(), x, strings.ToUpper("a"), len(s))
	_ = len(s)
}
`
	if got != want {
		t.Errorf("got\n%s", got)
	}
}
