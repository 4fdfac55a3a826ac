// Package kernel is the session that the terminal, the script runner, the notebook runner and Jupyter share: it numbers
// cells, runs their code and magics, captures what they print, shows their values and remembers them.
//
//	s, err := kernel.New(kernel.Options{})
//	…
//	outcome := s.Execute(ctx, wire.Cell{N: 1, Src: "snn.LICell()"}, output)
//	…
//	s.Close(ctx)
//
// There is one session in a process: it is the host that package display shows on.
//
// LIVESPIKE_DEBUG=1 adds the Go stack to the message of an error inside the session itself.
package kernel

import (
	"context"
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/livespike/livespike/internal/interrupt"
	"github.com/livespike/livespike/kernel/interp"
	"github.com/livespike/livespike/kernel/magic"
	"github.com/livespike/livespike/kernel/wire"
	"github.com/livespike/livespike/plot/display"
	"github.com/livespike/livespike/stdlib"
)

// Version is the release; the Makefile of a release sets it.
var Version = "0.1.0-dev"

// Options is how a session starts. The zero value is a session that keeps no history beyond its end.
type Options struct {
	HistoryFile string // see HistoryFile; "" keeps none
	NoPrelude   bool   // only the standard library imports by itself

	Devices func() []string // what tensors can be on, for the banner; nil says nothing of it
}

// Session runs cells one after the other. Execute must not be called again before it returned; Complete, Inspect,
// IsComplete and History may run beside it.
type Session struct {
	options Options
	capture *capture
	stdin   *stdin
	history history
	restore func()        // of the display sink
	devices func() string // waits for those of Options
	warm    sync.Once

	mu          sync.Mutex
	interp      func() *interp.Interp // waits for the one of now
	current     *run                  // the cell that runs, or ran last
	displays    map[string]*run       // by display id, the cell that showed it
	outputs     outputs               // of the executor's goroutine
	figures     []magic.Figure
	figureBytes int
	sources     []numbered   // the cells that ran, for messages and %save
	exitStatus  *stdlib.Exit // of a cell that called os.Exit
}

// numbered is a cell that ran, with the place where it stands in a file, if it does.
type numbered struct {
	n    int
	text string
	file string
	line int
	ok   bool // it ended without an error
	// types are those of the variables that it defined.
	types map[string]string
}

var _ wire.Executor = (*Session)(nil)

// New starts a session.
func New(o Options) (*Session, error) {
	c, err := newCapture()
	if err != nil {
		return nil, fmt.Errorf("kernel: %w", err)
	}
	s := &Session{options: o, capture: c, history: history{file: o.HistoryFile}, displays: map[string]*run{}}
	s.stdin = &stdin{session: s}
	s.interp = begin(s.newInterp)
	if o.Devices == nil {
		o.Devices = func() []string { return nil }
	}
	asked := sync.OnceValue(func() func() []string { return beginWithin(deviceTime, o.Devices) })
	s.devices = func() string {
		list := asked()()
		if len(list) == 0 {
			return ""
		}
		return ", " + strings.Join(list, ", ")
	}
	s.restore = display.SetSink(sink{s})
	return s, nil
}

// begin calls f on a goroutine of its own and returns what waits for its value: a front end that only asks who we are has its
// answer before the interpreter is there.
func begin[T any](f func() T) func() T {
	var value T
	done := make(chan struct{})
	go func() {
		value = f()
		close(done)
	}()
	return func() T {
		<-done
		return value
	}
}

// deviceTime is how long the banner waits for the names of devices: a driver may take seconds to wake, and a front end that
// asks who we are shall not.
const deviceTime = 20 * time.Millisecond

// beginWithin is begin, but what waits gives up after a while, with nothing.
func beginWithin[T any](limit time.Duration, f func() T) func() T {
	var value T
	done := make(chan struct{})
	go func() {
		value = f()
		close(done)
	}()
	return func() (none T) {
		select {
		case <-done:
			return value
		case <-time.After(limit):
			return none
		}
	}
}

func (s *Session) newInterp() *interp.Interp {
	return interp.New(interp.Options{
		Symbols: stdlib.Symbols,
		Imports: prelude(s.options.NoPrelude),
		Generic: stdlib.Generic,
		Args:    os.Args,
		Stdout:  s.capture.stdout,
		Stderr:  s.capture.stderr,
		Stdin:   s.stdin,

		MemoryLimit: MemoryLimit(),
	})
}

// engine is the interpreter of now; Reset puts another in its place.
func (s *Session) engine() *interp.Interp {
	s.mu.Lock()
	wait := s.interp
	s.mu.Unlock()
	return wait()
}

// Info says what the kernel is. Whoever asks is about to type: it makes the first completion ready meanwhile.
func (s *Session) Info() wire.Info {
	s.warm.Do(func() { go func() { s.engine().Prepare() }() })
	version := strings.TrimPrefix(runtime.Version(), "go")
	if parts := strings.SplitN(version, ".", 3); len(parts) > 2 {
		version = parts[0] + "." + parts[1]
	}
	return wire.Info{
		Implementation: "livespike", Version: Version, GoVersion: version,
		Banner: fmt.Sprintf("Livespike %s, Go %s%s\nA cell is Go; its last value is shown. ?name tells about a name, %%help about the magics.",
			Version, version, s.devices()),
		HelpLinks: []wire.HelpLink{
			{Text: "Livespike", URL: "https://github.com/livespike/livespike/tree/main/docs"},
			{Text: "Go", URL: "https://go.dev/ref/spec"},
			{Text: "Norse", URL: "https://norse.github.io/norse/"},
		},
	}
}

// Execute runs a cell.
func (s *Session) Execute(ctx context.Context, c wire.Cell, out wire.Output) wire.Outcome {
	return s.ExecuteAt(ctx, c, out, "", 0)
}

// ExecuteAt runs a cell that begins at a line, from 1, of a file; messages say so.
func (s *Session) ExecuteAt(ctx context.Context, c wire.Cell, out wire.Output, file string, line int) (outcome wire.Outcome) {
	r := &run{Session: s, cell: c, out: out, file: file, fileLine: line}
	defer func() {
		if p := recover(); p != nil {
			outcome.Err = internalError(p)
		}
	}()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r.ctx = ctx
	restore := interrupt.Set(ctx)
	defer restore()
	// What a front end asks silently has no number of its own: the cell that has it stays.
	kept := !c.Silent && strings.TrimSpace(c.Src) != ""
	s.mu.Lock()
	s.current, s.exitStatus = r, nil
	if kept {
		s.sources = append(s.sources, numbered{n: c.N, text: c.Src, file: file, line: line})
	}
	s.mu.Unlock()
	s.capture.attach(out)
	if c.StoreHistory && kept {
		if err := s.history.add(c.N, c.Src); err != nil {
			r.Warn("history: " + err.Error() + "\n")
		}
	}
	err := r.cellText(ctx, c.Src)
	s.capture.flush()
	r.finish(err == nil)
	outcome.Exit = r.exit
	if kept {
		s.ended(c.Src, err == nil)
	}
	if err != nil {
		outcome.Err = r.cellError(err)
		return outcome
	}
	outcome.Expressions = r.expressions(ctx)
	return outcome
}

// ended notes how the newest cell ended, and for %save the types of what it defined: a later cell may change them.
func (s *Session) ended(src string, well bool) {
	var types map[string]string
	if well && (strings.Contains(src, ":=") || strings.Contains(src, "var")) {
		types = map[string]string{}
		code, _ := goCode(src)
		for _, c := range interp.Split(code) {
			if t, err := parseChunk(c); err == nil && t.body {
				for _, id := range definitions(t) {
					types[id.Name] = ""
				}
			}
		}
		for _, n := range s.engine().Names() {
			if _, defined := types[n.Name]; defined && n.Kind == "var" {
				types[n.Name] = n.Type
			}
		}
		maps.DeleteFunc(types, func(_, typ string) bool { return typ == "" })
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	newest := &s.sources[len(s.sources)-1]
	newest.ok, newest.types = well, types
}

// text is the newest cell of a number.
func (s *Session) text(n int) numbered {
	for _, c := range slices.Backward(s.cells()) {
		if c.n == n {
			return c
		}
	}
	return numbered{}
}

// cells are those that ran, oldest first.
func (s *Session) cells() []numbered {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.sources)
}

// History answers a front end.
func (s *Session) History(q wire.HistoryQuery) []wire.HistoryEntry { return s.history.query(q) }

// Close closes what cells have opened and not closed, and ends the capture.
func (s *Session) Close(ctx context.Context) error {
	err := s.closeOpen(ctx)
	s.restore()
	s.capture.close()
	return err
}

// shown keeps a picture for %figures.
func (s *Session) shown(cell int, b wire.Bundle) {
	picture, ok := b.Data["image/png"].([]byte)
	if !ok {
		return
	}
	text, _ := b.Data["text/plain"].(string)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.figures = append(s.figures, magic.Figure{Cell: cell, PNG: picture, Text: text})
	s.figureBytes += len(picture)
	for s.figureBytes > figureLimit {
		s.figureBytes -= len(s.figures[0].PNG)
		s.figures = s.figures[1:]
	}
}

// figureLimit is how many bytes of pictures %figures remembers: a live loop shows many.
const figureLimit = 32 << 20
