package kernel

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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
	got, err := program(s.cells())
	if err != nil {
		t.Fatal(err)
	}
	want := `package main

import (
	"fmt"
	"strings"
)

type point struct{ X int }

func (p point) Y() int { return p.X }

var (
	p     point
	s     []string
	twice func(int) int
	x     int
)

func main() {
	x = 1
	s = nil
	twice = func(n int) int { return n }
	// %time x++
	x++
	twice = func(n int) int { return 2 * n }
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

// TestProgramPrintsTheSame runs a session, saves it, builds it with the compiler and compares what both print.
func TestProgramPrintsTheSame(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no Go command here")
	}
	s := newSession(t)
	printed := ""
	for _, src := range []string{
		"import str \"strings\"\nfmt.Println(str.ToUpper(\"a\"))",
		"x := 1\nvar m map[string]int\nvar pair [2]int",
		"fmt.Println(x, m, pair, len(m))\nx",
		"func show() { fmt.Println(\"show\", x) }\nshow()",
		"x = 2\nshow()",
		"old := func() int { return x }",
		"x := \"now a string\"\nshow()\nfmt.Println(x, old())",
		"length := len(x)",
		"x := 4\nfmt.Println(x, length)",
		"x, y := 3.5, 'r'\nfmt.Println(x, y)",
		"func f(n int) int { return n + 1 }\nfunc g(n int) int { return f(n) * 10 }",
		"fmt.Println(f(1), g(1))",
		"func f(k int) int { return k + 100 }",
		"fmt.Println(f(1), g(1))",
		"func f(s string) string { return s + \"!\" }\nfmt.Println(f(\"s\"), g(1))",
		"type point struct{ X, Y int }\nfunc (p point) Sum() int { return p.X + p.Y }",
		"X := 7\np := point{X: X, Y: 1}\nfmt.Println(p, p.Sum())",
		"key := \"k\"\nm = map[string]int{key: 1}",
		"key := 5\nm2 := map[int]string{key: \"five\"}\nfmt.Println(m, m2, point{X: key})",
		"for i, v := range []int{4, 5} {\n\tunused := v\n\tif z := i; i > 0 {\n\t\tfmt.Println(i)\n\t}\n}",
		"func lazy() int {\n\tvar never string\n\tfor i := range 3 {\n\t}\n\treturn 1\n}\nlazy()",
		"point{1, 2}\n",
		"time.Duration(x)",
		"append([]int{1}, 2)",
		"defer fmt.Println(\"end of the cell\")\nfmt.Println(\"before\")",
		"fmt.Println(\"after\")",
		"%time fmt.Println(\"timed\")",
		"%who x",
		"outer:\nfor i := range 3 {\n\tfor {\n\t\tif i == 1 {\n\t\t\tbreak outer\n\t\t}\n\t\tcontinue outer\n\t}\n}\nfmt.Println(\"labels\")",
		"ch := make(chan int, 1)\nch <- 1\n<-ch",
		"cell := snn.LICell()\nvar out, state = cell.Forward(tensor.Ones(2), nil)\nfmt.Println(out, state)",
		"const big = 1 << 40\nvar e error\nfmt.Println(big, e == nil)",
		"func generic[T any](v T) []T { return []T{v} }\nfmt.Println(generic(3))",
	} {
		out, outcome := s.run(t, src)
		if outcome.Err != nil {
			t.Fatalf("%s\n%s", src, traceback(outcome.Err))
		}
		if !strings.HasPrefix(src, "%who") {
			text, _, _ := strings.Cut(out.streams["stdout"], "CPU times: ")
			printed += text
		}
	}
	saved, err := program(s.cells())
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "saved.go")
	if err := os.WriteFile(file, []byte(saved), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.Command("go", "run", file)
	c.Dir = ".." // the module's
	got, err := c.CombinedOutput()
	if err != nil || string(got) != printed {
		t.Errorf("%v\nthe program prints\n%s\nthe session printed\n%s\n%s", err, got, printed, saved)
	}
}
