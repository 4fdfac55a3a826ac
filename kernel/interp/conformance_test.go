package interp_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/livespike/livespike/internal/fixture"
	"github.com/livespike/livespike/kernel/interp"
	"github.com/livespike/livespike/stdlib"
)

// probe is one line of a probes file: cells, and what must come of the last one. The oracle of each is in its checked
// field: the equivalent program under Go itself, or a rule for notebooks.
type probe struct {
	ID        string
	Cells     []string
	Want      want
	WantCells map[string]want `json:"want_cells"`
	Interrupt *struct {
		Cell    int
		AfterMS int `json:"after_ms"`
	}
}

type want struct {
	Echo, Types                 *[]string
	Stdout, Stderr, Note, Error *string
	At, Stage                   string
}

// outcome is what a worker says of one cell.
type outcome struct {
	Echo, Types, Notes []string
	Stdout, Stderr     string
	Error              *string
	At, Stage          string
}

const worker = "LIVESPIKE_PROBE_WORKER"

// TestMain runs this binary as a worker when the variable is set: a hang or a crash then fails one probe only.
func TestMain(m *testing.M) {
	if os.Getenv(worker) != "" {
		work(os.Stdin, os.Stdout)
		return
	}
	os.Exit(m.Run())
}

// automatic are the packages that probes use without an import.
var automatic = func() map[string]string {
	table := map[string]string{}
	for _, path := range []string{"fmt", "math", "strings", "sort", "errors", "time", "sync", "context", "strconv", "slices", "maps", "os", "cmp", "iter"} {
		table[path] = path
	}
	return table
}()

// work answers each probe on a line of in with its outcomes on a line of out.
func work(in io.Reader, out io.Writer) {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<22)
	for lines.Scan() {
		var p probe
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			panic(err)
		}
		answer, err := json.Marshal(runProbe(p))
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(out, "%s\n", answer)
	}
}

// buffer is a writer that may be read while goroutines of a script still write.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) take() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	text := b.b.String()
	b.b.Reset()
	return text
}

func runProbe(p probe) []outcome {
	var stdout, stderr buffer
	in := interp.New(interp.Options{
		Symbols: stdlib.Symbols, Generic: stdlib.Generic, Imports: automatic,
		Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr,
	})
	var list []outcome
	for i, src := range p.Cells {
		ctx, cancel := context.WithTimeout(context.Background(), cellLimit)
		if p.Interrupt != nil && p.Interrupt.Cell == i+1 {
			time.AfterFunc(time.Duration(p.Interrupt.AfterMS)*time.Millisecond, cancel)
		}
		r := in.Eval(ctx, interp.Cell{N: i + 1, Src: src})
		cancel()
		o := outcome{Notes: r.Notes, Stdout: stdout.take(), Stderr: stderr.take()}
		for _, v := range r.Values {
			o.Echo, o.Types = append(o.Echo, v.Text), append(o.Types, v.Type)
		}
		if r.Err != nil {
			o.Error, o.At, o.Stage = &r.Err.Msg, r.Err.Pos.String(), r.Err.Stage.String()
		}
		list = append(list, o)
	}
	return list
}

func TestConformanceProbes(t *testing.T) {
	check(t, "testdata/probes.jsonl")
	check(t, "testdata/probes_flow.jsonl")
	check(t, "testdata/probes_box.jsonl")
	check(t, "testdata/probes_generic.jsonl")
	check(t, "testdata/probes_operands.jsonl")
	check(t, "testdata/probes_wide.jsonl")
	check(t, "testdata/probes_declarations.jsonl")
	check(t, "testdata/probes_programs.jsonl")
	if outside := fixture.Path("LIVESPIKE_PROBES"); outside != "" {
		check(t, outside)
	}
}

// check runs the probes of a file, half on each of two workers.
func check(t *testing.T, file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	results := make([]string, len(lines))
	var group sync.WaitGroup
	next := make(chan int)
	for range 2 {
		group.Go(func() {
			w := &process{}
			defer w.stop()
			for i := range next {
				results[i] = w.judge(lines[i])
			}
		})
	}
	for i := range lines {
		next <- i
	}
	close(next)
	group.Wait()
	failed := 0
	for i, line := range lines {
		var p probe
		name := fmt.Sprint("line ", i+1)
		if json.Unmarshal([]byte(line), &p) == nil {
			name = p.ID
		}
		t.Run(name, func(t *testing.T) {
			if results[i] != "" {
				failed++
				t.Error(results[i])
			}
		})
	}
	t.Logf("conformance probes: %d cases, %d failed, 0 skipped", len(lines), failed)
}

// process is a worker, started when it is needed and again after it died.
type process struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	answers *bufio.Reader
	log     *buffer
}

func (w *process) start() error {
	w.cmd = exec.Command(os.Args[0])
	w.cmd.Env = append(os.Environ(), worker+"=1")
	w.log = &buffer{}
	w.cmd.Stderr = w.log
	in, err := w.cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := w.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	w.in, w.answers = in, bufio.NewReader(out)
	return w.cmd.Start()
}

func (w *process) stop() {
	if w.cmd != nil {
		w.in.Close()
		_ = w.cmd.Wait() // its end was ours to order
		w.cmd = nil
	}
}

// judge says what is wrong with a probe's outcomes, or nothing.
func (w *process) judge(line string) string {
	var p probe
	if err := json.Unmarshal([]byte(line), &p); err != nil {
		return "cannot read the probe: " + err.Error()
	}
	if w.cmd == nil {
		if err := w.start(); err != nil {
			return err.Error()
		}
	}
	fmt.Fprintln(w.in, line)
	limit := time.AfterFunc(time.Duration(len(p.Cells)+1)*cellLimit, func() { w.cmd.Process.Kill() })
	answer, err := w.answers.ReadBytes('\n')
	limit.Stop()
	if err != nil {
		_ = w.cmd.Wait()
		w.cmd = nil
		text := w.log.take()
		return "the session died or hung: " + text[:min(len(text), 600)]
	}
	var list []outcome
	if err := json.Unmarshal(answer, &list); err != nil {
		return err.Error()
	}
	for i, o := range list {
		expected, ok := p.WantCells[fmt.Sprint(i+1)]
		if i == len(list)-1 {
			expected, ok = p.Want, true
		}
		if !ok {
			expected = want{}
		}
		if bad := o.differs(expected); bad != "" {
			return fmt.Sprintf("cell %d: %s\nwhole outcome: %s", i+1, bad, answer)
		}
	}
	return ""
}

// differs compares an outcome with what is wanted; a field that is absent there is not compared.
func (o outcome) differs(w want) string {
	list := func(s []string) string { return fmt.Sprintf("%q", append([]string{}, s...)) }
	switch {
	case w.Error == nil && o.Error != nil:
		return fmt.Sprintf("failed: %s: %s", o.At, *o.Error)
	case w.Error != nil && o.Error == nil:
		return fmt.Sprintf("succeeded, want an error with %q", *w.Error)
	case w.Error != nil && !strings.Contains(*o.Error, *w.Error):
		return fmt.Sprintf("error %q, want %q", *o.Error, *w.Error)
	case w.Error != nil && w.At != "" && !strings.HasPrefix(o.At, w.At):
		return fmt.Sprintf("error at %s, want %s", o.At, w.At)
	case w.Error != nil && w.Stage != "" && o.Stage != w.Stage:
		return fmt.Sprintf("stage %s, want %s", o.Stage, w.Stage)
	case w.Echo != nil && list(o.Echo) != list(*w.Echo):
		return fmt.Sprintf("echo %s, want %s", list(o.Echo), list(*w.Echo))
	case w.Types != nil && list(o.Types) != list(*w.Types):
		return fmt.Sprintf("types %s, want %s", list(o.Types), list(*w.Types))
	case w.Stdout != nil && o.Stdout != *w.Stdout:
		return fmt.Sprintf("stdout %q, want %q", o.Stdout, *w.Stdout)
	case w.Stderr != nil && !strings.Contains(o.Stderr, *w.Stderr):
		return fmt.Sprintf("stderr %q, want %q in it", o.Stderr, *w.Stderr)
	case w.Note != nil && !strings.Contains(strings.Join(o.Notes, "\n"), *w.Note):
		return fmt.Sprintf("notes %q, want %q", o.Notes, *w.Note)
	}
	return ""
}
