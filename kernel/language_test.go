package kernel

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/livespike/livespike/docs"
	"github.com/livespike/livespike/kernel/magic"
	"github.com/livespike/livespike/kernel/wire"
	"github.com/livespike/livespike/plot/display"
)

func TestQuestions(t *testing.T) {
	for src, want := range map[string]query{
		"?fmt.Println": {"fmt.Println", 0}, "x?": {"x", 0}, " ?? f\n": {"f", 1}, "f??": {"f", 1}, "?getting-started": {"getting-started", 0},
		"%time?": {"%time", 0}, "?%%bash": {"%%bash", 0}, "!?": {"!", 0}, "?events.md": {"events.md", 0},
		"tensor.Ones(2,3).Sum?": {"tensor.Ones(2,3).Sum", 0}, "?xs[0].A": {"xs[0].A", 0}, "(*x).Forward??": {"(*x).Forward", 1},
	} {
		if got, ok := question(src); !ok || got != want {
			t.Errorf("%q asks for %+v, %v", src, got, ok)
		}
	}
	for _, src := range []string{"x", "x // really?", "// what?", "!echo what?", "%run what?", "?", "x\ny?", `"a?"`, "%timeit f() // ?"} {
		if got, ok := question(src); ok {
			t.Errorf("%q asks for %+v", src, got)
		}
	}
}

// ?NAME shows the page of a topic as snnrepl help does, a name of the session's own before it, and the package by ??.
func TestHelp(t *testing.T) {
	s := newSession(t)
	for _, topic := range docs.Topics() {
		out, outcome := s.run(t, "?"+topic.Name)
		if outcome.Err != nil || out.paged != topic.Text {
			t.Errorf("?%s shows %.60q, %v", topic.Name, out.paged, outcome.Err)
		}
	}
	s.must(t, "neurons := 3")
	if out, _ := s.run(t, "?neurons"); out.paged != "var neurons int" {
		t.Errorf("a variable named like a topic shows %.60q", out.paged)
	}
	if out, _ := s.run(t, "??durin"); !strings.HasPrefix(out.paged, "package durin") {
		t.Errorf("??durin shows %.60q", out.paged)
	}
	for _, m := range magic.All() {
		for _, src := range []string{"?" + m.Name, m.Name + "?", "%help " + m.Name} {
			if m.Name == "%" {
				src = "%help %"
			}
			if out, outcome := s.run(t, src); outcome.Err != nil || strings.TrimSpace(out.paged) != m.String() {
				t.Errorf("%s shows %q, %v", src, out.paged, outcome.Err)
			}
		}
	}
}

// Inspection looks past magics, explains them, and gives each form that a front end may want.
func TestInspect(t *testing.T) {
	s := newSession(t)
	src := "!true\n%time fmt.Println(1)\nstrings.Cut"
	b, ok := s.Inspect(t.Context(), src, len(src), 0)
	for mime, want := range map[string]string{"text/plain": "func Cut(s, sep string)", "text/markdown": "```go\nfunc Cut", "text/html": "<pre>func Cut"} {
		if text, _ := b.Data[mime].(string); !ok || !strings.HasPrefix(text, want) {
			t.Errorf("%s is %.60q, want %q", mime, text, want)
		}
	}
	if b, ok := s.Inspect(t.Context(), src, strings.Index(src, "Println")+3, 0); !ok || !strings.Contains(b.Data["text/plain"].(string), "Println") {
		t.Errorf("behind a magic: %v", b)
	}
	if b, ok := s.Inspect(t.Context(), src, strings.Index(src, "time"), 0); !ok || !strings.HasPrefix(b.Data["text/plain"].(string), "%time STATEMENT") {
		t.Errorf("on a magic: %v", b)
	}
	if b, ok := s.Inspect(t.Context(), "nosuch", 3, 0); ok || len(b.Data) > 0 {
		t.Errorf("an unknown name: %v", b)
	}
}

func TestCompleteMagics(t *testing.T) {
	s := newSession(t)
	t.Chdir(t.TempDir())
	for _, name := range []string{"arena.go", "arms.go"} {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir("art", 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("LIVESPIKE_TEST_VARIABLE", "x")
	for src, want := range map[string]string{
		"%timei":                   "%timeit",
		"x := 1\n  %%capt":         "%%capture",
		"%%who":                    "",
		"%run ar":                  "arena.go arms.go art/",
		"%load art":                "art/",
		"!cat ./aren":              "./arena.go",
		"!!cat arm":                "arms.go",
		"%help timei":              "timeit",
		"%env LIVESPIKE_TEST":      "LIVESPIKE_TEST_VARIABLE",
		"%time fmt.Fprintl":        "Fprintln",
		"%timeit -n 3 fmt.Fprintl": "Fprintln",
		"%%time\nfmt.Fprintl":      "Fprintln",
		"f(\n%run ar":              "",
		"nosuch.":                  "",
	} {
		c := s.Complete(t.Context(), src, len(src))
		var got []string
		for _, m := range c.Matches {
			got = append(got, m.Text)
		}
		slices.Sort(got)
		if strings.Join(got, " ") != want || c.End != len(src) || want == "" && c.Start != c.End {
			t.Errorf("%q completes to %q from %d to %d, want %q", src, got, c.Start, c.End, want)
		}
	}
}

func TestInfo(t *testing.T) {
	s, err := New(Options{Devices: func() []string { return []string{"cpu", "a GPU"} }})
	if err != nil {
		t.Fatal(err)
	}
	info := s.Info()
	if lines := strings.Split(info.Banner, "\n"); len(lines) != 2 || !strings.HasPrefix(lines[0], "Livespike "+Version+", Go ") ||
		!strings.HasSuffix(lines[0], ", cpu, a GPU") || !strings.Contains(lines[1], "%help") {
		t.Errorf("banner %q", info.Banner)
	}
	if len(info.HelpLinks) != 3 {
		t.Errorf("links %v", info.HelpLinks)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// A call that returns no error has nothing to show; an error that is asked for is shown.
func TestNilErrors(t *testing.T) {
	s := newSession(t)
	file := filepath.ToSlash(filepath.Join(t.TempDir(), "f"))
	for _, c := range []struct{ src, want string }{
		{"f, err := os.Create(\"" + file + "\")", ""},
		{"f.Close()", ""},
		{"func fails() error { return os.ErrClosed }", ""},
		{"fails()", "file already closed"},
		{"func closes() error { return nil }", ""},
		{"(closes())", ""},
		{"err", "<nil>"},
		{"error(nil)", "<nil>"},
		{"((error)(err))", "<nil>"},
		{"error(closes())", "<nil>"},
		{"f.WriteString(\"\")", "0\nwrite " + file + ": file already closed"},
	} {
		if got := s.must(t, c.src); got != c.want {
			t.Errorf("%s echoes %q, want %q", c.src, got, c.want)
		}
	}
	out, _ := s.run(t, "closes()")
	if len(out.log) > 0 {
		t.Errorf("it shows %v", out.log)
	}
}

// A panic on another goroutine is told with the line that it happened at.
func TestGoroutinePanics(t *testing.T) {
	s := newSession(t)
	for src, want := range map[string]string{
		"done := make(chan bool)\ngo func() {\n\tdefer close(done)\n\tx := []int{1}\n\tn := 5\n\t_ = x[n]\n}()\n<-done":                               "index out of range [5] with length 1 (In[N]:6 in cell)",
		"func worker(stop chan bool) {\n\tdefer close(stop)\n\ta := 0\n\ta++\n\tpanic(\"boom\")\n}\nstop := make(chan bool)\ngo worker(stop)\n<-stop": "boom (In[N]:5 in worker)",
		"var wg sync.WaitGroup\nwg.Go(func() {\n\tfor i := range 3 {\n\t\tif i == 2 {\n\t\t\tpanic(i)\n\t\t}\n\t}\n})\nwg.Wait()":                     "2 (In[N]:5 in cell)",
	} {
		out, outcome := s.run(t, src)
		if outcome.Err != nil {
			t.Fatal(traceback(outcome.Err))
		}
		told := ""
		for range 100_000 { // the goroutine reports after it has let the cell end
			if s.capture.flush(); told != "" {
				break
			}
			out.mu.Lock()
			told = out.streams["stderr"]
			out.mu.Unlock()
		}
		if n := strings.ReplaceAll(want, "[N]", "["+strconv.Itoa(s.n)+"]"); !strings.Contains(told, "goroutine panic: ") || !strings.Contains(told, n) {
			t.Errorf("%s\ntells %q, want %q", src, told, n)
		}
	}
}

// What a front end asks silently takes no cell's place.
func TestSilentCells(t *testing.T) {
	s := newSession(t)
	s.must(t, "func at(s []int, i int) int {\n\treturn s[i]\n}")
	s.Execute(t.Context(), wire.Cell{N: s.n, Src: "1 + 1", Silent: true}, &recorder{})
	_, outcome := s.run(t, "at(nil, 3)")
	if outcome.Err == nil || !strings.Contains(traceback(outcome.Err), "return s[i]") {
		t.Errorf("got %+v", outcome.Err)
	}
	if text, err := (&run{Session: s.Session, cell: wire.Cell{N: 99}}).Program(nil); err != nil || strings.Contains(text, "1 + 1") {
		t.Errorf("%%save writes %s, %v", text, err)
	}
}

// An update of what was never shown is shown.
func TestUpdateOfTheUnknown(t *testing.T) {
	s := newSession(t)
	out, _ := s.run(t, "1")
	if err := (sink{s.Session}).Update(display.Bundle{Data: map[string]any{"text/plain": "late"}}, "never"); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(out.log, "; "); got != "result 1; display late" {
		t.Errorf("showed %s", got)
	}
}

// Values that were shown are Out[n], and _n with their type.
func TestOutputs(t *testing.T) {
	s := newSession(t)
	for _, c := range []struct{ src, want string }{
		{"6 * 7", "42"},
		{"type P struct{ X int }\nfunc (p P) Twice() int { return 2 * p.X }\nP{4}", "{X:4}"},
		{"_1 + 1", "43"},
		{"_2.Twice()", "8"},
		{"Out[1].(int) + Out[2].(P).Twice()", "50"},
		{"tensor.Of(1, 2)", "tensor([1., 2.])"},
		{"_6.Sum()", "tensor(3.)"},
		{`strings.Cut("a=b", "=")`, "\"a\"\n\"b\"\ntrue"},
		{"Out[8]", `["a" "b" true]`},
		{"Out[99]", "<nil>"},
		{"fmt.Errorf(\"e%d\", 1)", "e1"},
		{"_11.Error()", `"e1"`},
		{"_1 = 5; _1", "5"},
	} {
		if got := s.must(t, c.src); got != c.want {
			t.Errorf("%s echoes %q, want %q", c.src, got, c.want)
		}
	}
	s.must(t, "type Q struct{ Out int }; q := Q{}; q.Out++")
	if _, outcome := s.run(t, "_99"); outcome.Err == nil || outcome.Err.Value != "undefined: _99" {
		t.Errorf("_99: %+v", outcome.Err)
	}
	s.must(t, "%reset")
	s.must(t, "Out := 3")
	if got := s.must(t, "Out"); got != "3" {
		t.Errorf("a name of the user's own is %s", got)
	}
	for range outputLimit + 5 {
		s.must(t, "7")
	}
	if n := len(s.outputs.values); n != outputLimit {
		t.Errorf("%d cells are kept", n)
	}
}

// ?NAME knows a name without its package, where it is in several, and what another library's is called here.
func TestExplain(t *testing.T) {
	s := newSession(t)
	for name, want := range map[string]string{
		"snn.LIFCell":               "func LIFCell(opts ...Option) *Cell",
		"LIFCell":                   "func LIFCell(opts ...Option) *Cell",
		"Seed":                      "see ?tensor.Seed",
		"SequentialState":           "SequentialState: snn.Sequential",
		"norse.torch.LIFParameters": "options of snn.LIFCell",
		"plot_spikes_2d":            "plot.Raster(spikes)",
		"UDPInput":                  `event.MustOpen("udp://`,
	} {
		b, ok := s.Explain(t.Context(), name, 0)
		if text, _ := b.Data["text/plain"].(string); !ok || !strings.Contains(text, want) {
			t.Errorf("?%s shows %q", name, text)
		}
	}
	if b, ok := s.Explain(t.Context(), "nosuch", 0); ok {
		t.Errorf("?nosuch shows %v", b)
	}
}
