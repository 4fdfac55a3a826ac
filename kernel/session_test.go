package kernel

import (
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/livespike/livespike/kernel/wire"
)

// recorder is an output that writes down what a cell shows, in order, one line an event.
type recorder struct {
	mu      sync.Mutex
	log     []string
	streams map[string]string
	results []wire.Bundle
	answers []string
	next    string
	paged   string
}

func (o *recorder) note(format string, values ...any) {
	o.log = append(o.log, fmt.Sprintf(format, values...))
}

func (o *recorder) Stream(name string, p []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.streams == nil {
		o.streams = map[string]string{}
	}
	o.streams[name] += string(p)
	o.note("%s %q", name, p)
}

func (o *recorder) Result(b wire.Bundle) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.results = append(o.results, b)
	o.note("result %v", b.Data["text/plain"])
}

func (o *recorder) Display(id string, b wire.Bundle) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.note("display %v", b.Data["text/plain"])
}

func (o *recorder) Update(id string, b wire.Bundle) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.note("update %v", b.Data["text/plain"])
}

func (o *recorder) Clear(wait bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.note("clear %v", wait)
}

func (o *recorder) Input(context.Context, string, bool) (string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.answers) == 0 {
		return "", wire.ErrNoStdin
	}
	answer := o.answers[0]
	o.answers = o.answers[1:]
	return answer, nil
}

func (o *recorder) Page(b wire.Bundle)            { o.paged, _ = b.Data["text/plain"].(string) }
func (o *recorder) NextInput(text string, _ bool) { o.next = text }

// text is what a cell echoed.
func (o *recorder) text() string {
	if len(o.results) != 1 {
		return fmt.Sprintf("%d results", len(o.results))
	}
	return o.results[0].Data["text/plain"].(string)
}

// testSession runs cells with numbers of their own.
type testSession struct {
	*Session
	n int
}

func newSession(t *testing.T) *testSession {
	t.Helper()
	s, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil { // the test's own has ended
			t.Error(err)
		}
	})
	return &testSession{Session: s}
}

func (s *testSession) run(t *testing.T, src string) (*recorder, wire.Outcome) {
	t.Helper()
	return s.runContext(t.Context(), src)
}

func (s *testSession) runContext(ctx context.Context, src string) (*recorder, wire.Outcome) {
	s.n++
	out := &recorder{}
	return out, s.Execute(ctx, wire.Cell{N: s.n, Src: src, StoreHistory: true}, out)
}

// must runs a cell that ends well and returns its echo.
func (s *testSession) must(t *testing.T, src string) string {
	t.Helper()
	out, outcome := s.run(t, src)
	if outcome.Err != nil {
		t.Fatalf("%s\n%s", src, traceback(outcome.Err))
	}
	if len(out.results) == 0 {
		return ""
	}
	return out.text()
}

var ansi = regexp.MustCompile("\x1b\\[[0-9;]*m")

func traceback(e *wire.CellError) string {
	return ansi.ReplaceAllString(strings.Join(e.Traceback, "\n"), "")
}

func TestEcho(t *testing.T) {
	s := newSession(t)
	for _, c := range []struct{ src, want string }{
		{"1 + 2", "3"},
		{"x := 4", ""},
		{"x * x", "16"},
		{"x * x;", ""},
		{`fmt.Println("a")`, ""},
		{"strings.Cut(\"a=b\", \"=\")", "\"a\"\n\"b\"\ntrue"},
	} {
		if got := s.must(t, c.src); got != c.want {
			t.Errorf("%s echoes %q, want %q", c.src, got, c.want)
		}
	}
}

// TestOrder holds the order that jupyter.md §3 asks for: prints, displays between the prints around them, the result last.
func TestOrder(t *testing.T) {
	s := newSession(t)
	out, outcome := s.run(t, "fmt.Println(\"one\")\nh := display.Show(7)\nfmt.Println(\"two\")\nh.Update(8)\n9")
	if outcome.Err != nil {
		t.Fatal(traceback(outcome.Err))
	}
	want := []string{`stdout "one\n"`, "display 7", `stdout "two\n"`, "update 8", "result 9"}
	if got := strings.Join(out.log, "; "); got != strings.Join(want, "; ") {
		t.Errorf("got %s", got)
	}
}

func TestErrors(t *testing.T) {
	s := newSession(t)
	s.must(t, "offset, x := 1, 7")
	s.must(t, "func at(s []int, i int) int {\n\treturn s[i]\n}")
	for _, c := range []struct{ name, src, kind, first, want string }{
		{
			"unknown name", "x := 3\nx + offst", "CompileError", "In[N]:2:5: undefined: offst",
			"    2 | x + offst\n            ^~~~~",
		},
		{"hint", "offst", "CompileError", "In[N]:1:1: undefined: offst", "did you mean offset?"},
		{"hint: half a word", "snn.TauMem(1)", "CompileError", "In[N]:1:5: undefined: snn.TauMem", "did you mean TauMemInv?"},
		{"hint: another package", "snn.PoissonEncoder(10)", "CompileError", "In[N]:1:5: undefined: snn.PoissonEncoder", "did you mean encode.PoissonEncoder?"},
		{"hint: no package", "LIFCell()", "CompileError", "In[N]:1:1: undefined: LIFCell", "did you mean snn.LIFCell?"},
		{"hint: Norse", "norse.LIFCell()", "CompileError", "In[N]:1:1: undefined: norse", "norse.LIFCell() is snn.LIFCell()"},
		{"hint: Norse's parameters", "snn.LIFParameters(1)", "CompileError", "In[N]:1:5: undefined: snn.LIFParameters", "snn.LIFCell(snn.TauMemInv(100), …)"},
		{"hint: Norse's plots", "plot.plot_spikes_2d(1)", "CompileError", "In[N]:1:6: undefined: plot.plot_spikes_2d", "?plot_spikes_2d says"},
		{"hint: a call of a module", "snn.LIF()(tensor.Ones(1))", "CompileError", "In[N]:1:1: ", "model.Forward(x, state)"},
		{"hint: a member of PyTorch's", "snn.LIF().state_dict()", "CompileError", "In[N]:1:11: ", "snn.Save(file, model)"},
		{"hint: an option without its name", "snn.LIF(3, 5)", "CompileError", "In[N]:1:9: ", "options have names, such as snn.DT(0.001); ?snn.LIF tells more"},
		{"hint: an option that is not called", "snn.Izhikevich(snn.TonicSpiking)", "CompileError", "In[N]:1:16: ", "write it with (…)"},
		{"hint: an index", "tensor.Ones(3)[0]", "CompileError", "In[N]:1:1: ", "x[0] is x.Index(0)"},
		{"hint: a slice", "tensor.Ones(3)[0:2]", "CompileError", "In[N]:1:1: ", "x[2:5] is x.Slice(0, 2, 5)"},
		{"hint: an operator", "2 * tensor.Ones(3)", "CompileError", "In[N]:1:1: ", "x.Mul(y)"},
		{"hint: an operator between two", "tensor.Ones(3) * tensor.Ones(3)", "CompileError", "In[N]:1:1: ", "x.Mul(y)"},
		{"hint: one letter short", "fmt.Printl()", "CompileError", "In[N]:1:5: undefined: fmt.Printl", "did you mean Println?"},
		{"hint: method", "tensor.Ones(1).MatMull(nil)", "CompileError", "In[N]:1:16: ", "did you mean MatMul?"},
		{"hint: field", "type P struct{ Height int }; P{}.Heigt", "CompileError", "In[N]:1:34: ", "did you mean Height?"},
		{"run time", "at([]int{1}, 5)", "Panic", "In[2]:2", "index out of range"},
		{"trace", "at([]int{1}, 5)", "Panic", "In[2]:2", "    from In[N]:1"},
		{"own statement", "[]int{1}[x]", "Panic", "In[N]:1", ": runtime error: index out of range\n    1 | []int{1}[x]"},
		{"panic with a number", "panic(7)", "Panic", "In[N]:1", ": panic: 7"},
		{"panic with an error", "panic(os.ErrNotExist)", "Panic", "In[N]:1", ": file does not exist"},
		{"magic", "%nosuch", "CompileError", "In[N]:1:1: no magic %nosuch", "    1 | %nosuch"},
		{"usage", "\n%timeit -n x 1", "CompileError", "In[N]:2:1: %timeit: -n wants a number", "usage: %timeit"},
		{"inside a magic", "1\n%timeit 1 + nosuch", "CompileError", "In[N]:2:13: undefined: nosuch", "    2 | %timeit 1 + nosuch\n                    ^~~~~~"},
		{"inside %time", "%time  nosuch()", "CompileError", "In[N]:1:8: undefined: nosuch", "^~~~~~"},
		{"below %%time", "%%time\nx := 1\n  nosuch(x)", "CompileError", "In[N]:3:3: undefined: nosuch", "^~~~~~"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, outcome := s.run(t, c.src)
			if outcome.Err == nil {
				t.Fatalf("no error; showed %v", out.log)
			}
			got := traceback(outcome.Err)
			first := strings.ReplaceAll(c.first, "In[N]", fmt.Sprintf("In[%d]", s.n))
			want := strings.ReplaceAll(c.want, "[N]", fmt.Sprintf("[%d]", s.n))
			if !strings.HasPrefix(got, first) || !strings.Contains(got, want) || outcome.Err.Name != c.kind {
				t.Errorf("got %s\n%s\nwant %s with %s", outcome.Err.Name, got, first, want)
			}
		})
	}
}

// TestCompileErrorRunsNothing is the rule of interpreter.md §5.6.
func TestCompileErrorRunsNothing(t *testing.T) {
	s := newSession(t)
	s.must(t, "x := 1")
	out, outcome := s.run(t, "x = 2\nfmt.Println(x)\nvar y string = x")
	if outcome.Err == nil || len(out.log) > 0 {
		t.Fatalf("error %v, output %v", outcome.Err, out.log)
	}
	if got := s.must(t, "x"); got != "1" {
		t.Errorf("x is %s", got)
	}
}

func TestInterrupt(t *testing.T) {
	if racing {
		t.Skip("yaegi's ExecuteWithContext writes its results twice when cancelled")
	}
	s := newSession(t)
	s.must(t, "x := 5")
	for _, src := range []string{"for {\n}", "time.Sleep(time.Hour)", "<-make(chan int)", "!sleep 1000"} {
		t.Run(src, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(50*time.Millisecond, cancel)
			done := make(chan wire.Outcome, 1)
			go func() {
				_, outcome := s.runContext(ctx, src)
				done <- outcome
			}()
			select {
			case outcome := <-done:
				if outcome.Err == nil || outcome.Err.Name != "Interrupted" {
					t.Errorf("got %+v", outcome.Err)
				}
			case <-time.After(10 * time.Second):
				t.Fatal("the cell goes on")
			}
		})
	}
	if got := s.must(t, "x"); got != "5" {
		t.Errorf("x is %s after the interrupts", got)
	}
}

func TestInput(t *testing.T) {
	s := newSession(t)
	out := &recorder{answers: []string{"12 ab", "Ada"}}
	src := "var n int\nvar w string\nfmt.Scan(&n, &w)\nname, err := display.Input(\"name? \")\nfmt.Println(n, w, name, err)"
	outcome := s.Execute(t.Context(), wire.Cell{N: 1, Src: src, AllowStdin: true}, out)
	if outcome.Err != nil {
		t.Fatal(traceback(outcome.Err))
	}
	if got := out.streams["stdout"]; got != "12 ab Ada <nil>\n" {
		t.Errorf("printed %q", got)
	}
	without, outcome := s.run(t, "_, err = fmt.Scan(&n)\nerr")
	if outcome.Err != nil || without.text() != "EOF" {
		t.Errorf("without anybody to ask: %v, %v", without.log, outcome.Err)
	}
}

func TestExpressions(t *testing.T) {
	s := newSession(t)
	outcome := s.Execute(t.Context(), wire.Cell{N: 1, Src: "x := 2", Expressions: map[string]string{"a": "x + 1", "b": "nosuch"}}, &recorder{})
	if outcome.Err != nil {
		t.Fatal(traceback(outcome.Err))
	}
	if got := outcome.Expressions["a"].Bundle.Data["text/plain"]; got != "3" {
		t.Errorf("a is %v", got)
	}
	if e := outcome.Expressions["b"].Err; e == nil || !strings.Contains(e.Value, "undefined: nosuch") {
		t.Errorf("b gives %+v", e)
	}
}

func TestExit(t *testing.T) {
	s := newSession(t)
	_, outcome := s.run(t, "os.Exit(3)")
	status, exited := s.ExitStatus()
	if outcome.Err == nil || outcome.Err.Value != "exit status 3" || !exited || status != 3 {
		t.Errorf("got %+v, status %d %v", outcome.Err, status, exited)
	}
	s.must(t, "1")
	if _, exited := s.ExitStatus(); exited {
		t.Error("the next cell still exits")
	}
	if _, outcome := s.run(t, "%quit"); !outcome.Exit {
		t.Error("quit does not leave")
	}
}

func TestCaptureMagic(t *testing.T) {
	s := newSession(t)
	out, outcome := s.run(t, "%%capture kept\nfmt.Print(1)\ndisplay.Show(2)\nfmt.Fprint(os.Stderr, 3)\n4")
	if outcome.Err != nil || len(out.log) > 0 {
		t.Errorf("showed %v, %v", out.log, outcome.Err)
	}
	if got := s.must(t, "kept"); got != `"13"` {
		t.Errorf("kept %s", got)
	}
	out, _ = s.run(t, "%%html\n<b>x</b>")
	if got := strings.Join(out.log, "; "); got != "display x" {
		t.Errorf("showed %s", got)
	}
}

// TestClose counts the Close of a value that a cell left open, through a type of the standard library.
func TestClose(t *testing.T) {
	file := filepath.Join(t.TempDir(), "open")
	for _, end := range []string{"%reset", "close"} {
		s, err := New(Options{})
		if err != nil {
			t.Fatal(err)
		}
		cells := &testSession{Session: s}
		cells.must(t, fmt.Sprintf("f, err := os.Create(%q)", file))
		r := &run{Session: s, cell: wire.Cell{N: 1}, out: &recorder{}}
		values, evalErr := r.eval(t.Context(), "f", source{})
		if evalErr != nil || len(values) != 1 {
			t.Fatal(values, evalErr)
		}
		f := values[0].V
		if end == "%reset" {
			cells.must(t, end)
			if _, outcome := cells.run(t, "f"); outcome.Err == nil {
				t.Error("%reset keeps f")
			}
		}
		if err := s.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if file, ok := f.(interface{ Sync() error }); !ok || file.Sync() == nil {
			t.Errorf("after %s the file is open: %T", end, f)
		}
	}
}

// A source line in a message holds nothing that steers a terminal, and keeps its columns.
func TestPrintable(t *testing.T) {
	for line, want := range map[string]string{
		"x := 1\t+ y":      "x := 1\t+ y",
		"\x1b[31m\x07red":  "?[31m?red",
		"é größe 漢 \u0085": "é größe 漢 ·",
		"\xff\xfe":         "??",
	} {
		if got := printable(line); got != want {
			t.Errorf("%q is shown as %q, want %q", line, got, want)
		}
	}
}
