package magic

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fake is a session that writes down what magics ask of it.
type fake struct {
	log     []string
	out     strings.Builder
	value   func(Code) (any, error)
	names   []Name
	history []Entry
	figures []Figure
}

func (s *fake) note(format string, values ...any) {
	s.log = append(s.log, fmt.Sprintf(format, values...))
}

func (s *fake) Run(_ context.Context, c Code) error {
	s.note("run %q at %d:%d", c.Src, c.Line, c.Col)
	return nil
}

func (s *fake) Value(_ context.Context, c Code) (any, error) {
	s.note("value %q at %d:%d", c.Src, c.Line, c.Col)
	return s.value(c)
}

func (s *fake) Script(_ context.Context, name, text string) error {
	s.note("script %s %q", filepath.Base(name), text)
	return nil
}
func (s *fake) Print(text string)         { s.out.WriteString(text) }
func (s *fake) Warn(text string)          { s.note("warn %q", text) }
func (s *fake) Page(text string)          { s.out.WriteString(text) }
func (s *fake) Display(mime, text string) { s.note("display %s %q", mime, text) }
func (s *fake) Capture(run func() error) (string, error) {
	s.note("capture")
	return "a\nb", run()
}
func (s *fake) NextInput(text string)       { s.note("next %q", text) }
func (s *fake) Names() []Name               { return s.names }
func (s *fake) Reset(context.Context) error { s.note("reset"); return nil }
func (s *fake) History(earlier bool) []Entry {
	s.note("history %v", earlier)
	return s.history
}
func (s *fake) Figures() []Figure { return s.figures }
func (s *fake) Program(cells []int) (string, error) {
	s.note("program %v", cells)
	return "package main\n", nil
}
func (s *fake) Exit() { s.note("exit") }

// use runs one magic line, or a cell, as a session does.
func (s *fake) use(ctx context.Context, text string) error {
	head, body, _ := strings.Cut(text, "\n")
	m, args, col, err := Parse(head)
	if err != nil {
		return err
	}
	return m.Run(ctx, &Call{Session: s, Args: args, Body: body, Line: 1, Col: col})
}

func TestMagics(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "f.go")
	if err := os.WriteFile(file, []byte("x := 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("LIVESPIKE_TEST", "old")
	for _, c := range []struct{ line, log, out, err string }{
		{"%time  f(x)", `run "f(x)" at 1:8`, "Wall time: ", ""},
		{"%%time\na\nb", `run "a\nb" at 2:1`, "CPU times: ", ""},
		{"%time", "", "", "%time: nothing to time; usage: %time STATEMENT"},
		{"%who", "", "x  int     3\ny  string  \"a b\"\n", ""},
		{"%who y", "", "y  string  \"a b\"\n", ""},
		{"%who z", "", "no names\n", ""},
		{"%history", "history false", "1: a\n2: b\n   c\n", ""},
		{"%history -a b", "history true", "3/2: b\n     c\n", ""},
		{"%hist -n -l 1", "history false", "2: b\n   c\n", ""},
		{"%hist -g b*c", "history true", "3/2: b\n     c\n", ""},
		{"%history 1", "history false", "1: a\n", ""},
		{"%history 3-5", "history false", "", ""},
		{"%history 1-9999999999999", "history false", "", ""},
		{"%history \xff", "history false", "", ""},
		{"%history -l 0", "", "", "-l wants a number"},
		{"%history -x", "", "", "there is no option -x"},
		{"%whos y", "", "y  string  \"a b\"\n", ""},
		{"%lsmagic", "", "%timeit", ""},
		{"%edit", "", "", "Ctrl-X Ctrl-E"},
		{"%load " + file, `next "x := 1\n"`, "", ""},
		{"%load", "", "", "which file?"},
		{"%load " + dir + "/nosuch", "", "", "no such file"},
		{"%run " + file, `script f.go "x := 1\n"`, "", ""},
		{"%save " + dir + "/p.go 3 5-7", "program [3 5 6 7]", "wrote " + dir + "/p.go, 1 line\n", ""},
		{"%save " + dir + "/p.go 7-5", "", "", `"7-5" is no range of cells`},
		{"%reset", "reset", "all names forgotten\n", ""},
		{"%quit", "exit", "", ""},
		{"%env LIVESPIKE_TEST", "", "old\n", ""},
		{"%env LIVESPIKE_TEST = new", "", "", ""},
		{"%env LIVESPIKE_NOSUCH", "", "", "LIVESPIKE_NOSUCH is not set"},
		{"%figures", "", "  1  In[4]  a line\n", ""},
		{"%figures " + dir + "/figs", "", "1 figure in " + dir + "/figs\n", ""},
		{"%help time", "", "%time STATEMENT\n", ""},
		{"%help nosuch", "", "", "no magic nosuch"},
		{"!echo a; echo b >&2", `warn "b\n"`, "a\n", ""},
		{"!x := echo a; echo b", `run "x := []string{\"a\", \"b\", }" at 1:2`, "", ""},
		{"!!true", `run "[]string{}" at 1:3`, "", ""},
		{"!exit 3", "", "", "exit 3: exit status 3"},
		{"%%bash x y\necho $2 $0\nexit 4", "", "y bash\n", "bash: exit status 4"},
		{"%bash", "", "", "the script stands below"},
		{"%%writefile " + dir + "/w\na\nb\n", "", "wrote " + dir + "/w, 2 lines\n", ""},
		{"%%writefile -a " + dir + "/w\nc", "", "added to " + dir + "/w, 1 line\n", ""},
		{"%%writefile\nx", "", "", "into which file?"},
		{"%%html\n<b>x</b>", `display text/html "<b>x</b>"`, "", ""},
		{"%%markdown\n# x", `display text/markdown "# x"`, "", ""},
		{"%%svg\n<svg/>", `display image/svg+xml "<svg/>"`, "", ""},
		{"%%capture out\nf()", `capture; run "f()" at 2:1; run "out := \"a\\nb\"" at 1:11`, "", ""},
		{"%%capture\nf()", `capture; run "f()" at 2:1`, "", ""},
		{"%%capture 1x\nf()", "", "", `"1x" is no name`},
		{"%%", "", "", ""},
		{"%% --k=7", "", "", ""},
		{"% x", "", "", "no magic %;"},
		{"%ls", `warn "note: %ls is GoNB's name of %who\n"`, "x  int     3\n", ""},
		{"%rm x", `warn "note: %rm is GoNB's; here a name is declared anew without it, and %reset forgets all\n"`, "", ""},
		{"!*go work use .", `warn "note: !* runs a command in GoNB's module; here there is none, and the packages are there\n"`, "", ""},
		{"%nosuch", "", "", "no magic %nosuch"},
		{"%timei x", "", "", "no magic %timei; did you mean"},
		{"%%who", "", "", "%who takes a line, not a cell"},
	} {
		t.Run(c.line, func(t *testing.T) {
			s := &fake{
				names:   []Name{{"x", "var", "int", "3"}, {"y", "var", "string", "\"a\nb\""}},
				history: []Entry{{3, 1, "a"}, {3, 2, "b\nc"}},
				figures: []Figure{{4, []byte("png"), "a\nline"}},
			}
			err := s.use(t.Context(), c.line)
			if c.err == "" && err != nil || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) {
				t.Errorf("error %v, want %q", err, c.err)
			}
			if got := strings.Join(s.log, "; "); got != c.log {
				t.Errorf("asked for %s, want %s", got, c.log)
			}
			if !strings.Contains(s.out.String(), c.out) || c.out == "" && s.out.Len() > 0 {
				t.Errorf("printed %q, want %q", s.out.String(), c.out)
			}
		})
	}
	if got := os.Getenv("LIVESPIKE_TEST"); got != "new" {
		t.Errorf("%%env left %q", got)
	}
	for name, want := range map[string]string{"p.go": "package main\n", "figs/figure-001.png": "png", "w": "a\nb\nc\n"} {
		if text, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(text) != want {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
}

// TestHelpIsWhole: each magic is in the overview, and its usage begins with its name.
func TestHelpIsWhole(t *testing.T) {
	s := &fake{}
	if err := s.use(t.Context(), "%help"); err != nil {
		t.Fatal(err)
	}
	for _, m := range All() {
		if !strings.Contains(s.out.String(), m.Usage) || !strings.HasPrefix(strings.Replace(m.Usage, "%%", "%", 1), m.Name) {
			t.Errorf("%s: usage %q", m.Name, m.Usage)
		}
	}
}

// TestTimeit gives the loops times and looks at the figures: 1000 loops, runs of 2, 4 and 9 ms, an empty loop of 1 ms.
func TestTimeit(t *testing.T) {
	var codes []Code
	s := &fake{value: func(c Code) (any, error) {
		codes = append(codes, c)
		switch len(codes) {
		case 1:
			return []int64{1000, 2e6, 1e6, 9e6, 1e6, 4e6, 1e6}, nil
		case 2:
			return []int64{1000}, nil
		}
		return []int64{1000, 1, 1}, nil
	}}
	if err := s.use(t.Context(), "%timeit -r 3  f(x)"); err != nil {
		t.Fatal(err)
	}
	// 1, 8 and 3 µs: mean 4, deviation sqrt(26/3) = 2.94.
	want := "4 µs ± 2.94 µs per loop (mean ± std. dev. of 3 runs, 1,000 loops each)\nbest 1 µs, median 3 µs; "
	if !strings.HasPrefix(s.out.String(), want) {
		t.Errorf("printed %q, want %q", s.out.String(), want)
	}
	for _, c := range codes {
		if c.Src != "f(x)" || c.Line != 1 || c.Col != 15 {
			t.Errorf("timed %q at %d:%d", c.Src, c.Line, c.Col)
		}
	}
	unused := &fake{value: func(c Code) (any, error) {
		if !strings.HasSuffix(c.Before, "_ = (") {
			return nil, errors.New("x + 1 is not used")
		}
		return nil, errors.New("as a value")
	}}
	if err := unused.use(t.Context(), "%timeit x + 1"); err == nil || err.Error() != "as a value" {
		t.Errorf("an expression that is no statement: %v", err)
	}
	for line, reason := range map[string]string{
		"%timeit -n 0 x": "-n wants a number of at least 1", "%timeit -r x": "-r wants", "%timeit": "nothing to time",
	} {
		if err := unused.use(t.Context(), line); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: %v", line, err)
		}
	}
}

// TestFormatTime compares with IPython 8's _format_time for the same numbers.
func TestFormatTime(t *testing.T) {
	for seconds, want := range map[float64]string{
		0: "0 ns", 1.2345e-9: "1.23 ns", 999e-9: "999 ns", 1e-6: "1 µs", 0.0123456: "12.3 ms", 1: "1 s", 59.94: "59.9 s",
		61.5: "1min 1s", 3725: "1h 2min 5s", 90061: "1d 1h 1min 1s",
	} {
		if got := formatTime(seconds); got != want {
			t.Errorf("%v s is %q, want %q", seconds, got, want)
		}
	}
}

func TestShellStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := &fake{}
	done := make(chan error, 1)
	go func() { done <- s.use(ctx, "!sleep 1000") }()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestProf(t *testing.T) {
	s := &fake{}
	file := filepath.Join(t.TempDir(), "cpu.prof")
	if err := s.use(t.Context(), "%prof -o "+file+" f()"); err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(s.log, ""), fmt.Sprintf("run %q at 1:%d", "f()", len("%prof -o "+file+" ")+1); got != want {
		t.Errorf("asked for %s, want %s", got, want)
	}
	if data, err := os.ReadFile(file); err != nil || len(data) == 0 || string(data[:2]) != "\x1f\x8b" {
		t.Errorf("the profile is no gzip file: %v", err)
	}
}
