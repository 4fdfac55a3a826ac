package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"sync"

	"golang.org/x/term"

	"github.com/livespike/livespike/kernel/wire"
	"github.com/livespike/livespike/plot/display"
)

// terminal shows what cells print and display: in colour and with pictures on a terminal, as text elsewhere, and with
// a folder for figures as PNG files in it.
type terminal struct {
	out, err io.Writer
	input    *lineReader // nil: nobody can answer
	figures  *figures    // nil: none are written
	screen   *os.File    // standard output when it is a terminal, else nil
	colour   bool
	drawer   func() display.Sink // draws on the screen; nil where it cannot

	mu      sync.Mutex
	open    bool // the last line printed has no end yet
	types   []string
	next    string // the text a magic proposes for the next cell
	drawn   string // id of the display that nothing was printed after
	problem error  // of a figure or an output that could not be written
}

// newTerminal looks at what the streams are. A plain one treats a terminal like a pipe.
func newTerminal(s streams, figures *figures, plain bool) *terminal {
	t := &terminal{out: s.out, err: s.err, figures: figures, drawer: func() display.Sink { return nil }}
	if s.in != nil {
		t.input = newLineReader(s.in)
	}
	f, ok := s.out.(*os.File)
	if plain || !ok || !term.IsTerminal(int(f.Fd())) && os.Getenv("LIVESPIKE_GRAPHICS") == "" {
		return t
	}
	t.screen = f
	t.colour = os.Getenv("TERM") != "dumb" && os.Getenv("NO_COLOR") == ""
	t.drawer = sync.OnceValue(func() display.Sink { // the terminal may be asked what it can: not before the first picture
		if sink, ok := display.Terminal(f); ok {
			return sink
		}
		return nil
	})
	return t
}

// TextOnly reports that pictures would be drawn for nobody.
func (t *terminal) TextOnly() bool { return t.screen == nil && t.figures == nil }

// ResultTypes takes the static types of the result that follows.
func (t *terminal) ResultTypes(types []string) { t.types = types }

// Stream prints what a cell writes.
func (t *terminal) Stream(name string, p []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.drawn = ""
	if name == "stderr" {
		t.err.Write(p) // nobody is left to tell
		return
	}
	t.print(string(p))
	t.open = len(p) > 0 && p[len(p)-1] != '\n'
}

// print writes to standard output. That it is full or closed ends a script.
func (t *terminal) print(text string) {
	if err := written(io.WriteString(t.out, text)); err != nil && t.problem == nil {
		t.problem = err
	}
}

// Result prints a cell's value.
func (t *terminal) Result(b wire.Bundle) {
	t.mu.Lock()
	defer t.mu.Unlock()
	kinds := t.types
	t.types = nil
	t.show("", b, kinds)
}

// Display prints a picture or what stands for it.
func (t *terminal) Display(id string, b wire.Bundle) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.show(id, b, nil)
}

// Update draws over a display that is still the last thing on the terminal, and prints another one elsewhere.
func (t *terminal) Update(id string, b wire.Bundle) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch drawer := t.drawerFor(b); {
	case t.screen == nil && isPicture(b):
		t.keep(id, b) // the figure's file is replaced
	case drawer != nil && t.drawn == id:
		t.report(drawer.Update(display.Bundle(b), id))
		t.keep(id, b)
	default:
		t.show(id, b, nil)
	}
}

// show prints one bundle; the caller holds the lock.
func (t *terminal) show(id string, b wire.Bundle, types []string) {
	if t.open {
		t.print("\n")
		t.open = false
	}
	t.drawn = ""
	text, _ := b.Data["text/plain"].(string)
	if drawer := t.drawerFor(b); drawer != nil {
		t.report(drawer.Display(display.Bundle(b), id))
		t.drawn = id
	} else if text != "" || types != nil {
		if len(types) == 1 && t.colour && !strings.Contains(text, "\n") {
			text += "  \x1b[2m" + types[0] + "\x1b[0m"
		}
		t.print(text + "\n")
	}
	t.keep(id, b)
}

// drawerFor is what draws a bundle that has a picture, or nil.
func (t *terminal) drawerFor(b wire.Bundle) display.Sink {
	if b.Data["image/png"] == nil {
		return nil
	}
	return t.drawer()
}

func (t *terminal) report(err error) {
	if err != nil {
		fmt.Fprintf(t.err, "snnrepl: picture: %v\n", err)
	}
}

func isPicture(b wire.Bundle) bool {
	return b.Data["image/png"] != nil || b.Data["image/svg+xml"] != nil
}

// keep writes a figure into its folder. The first problem stays, for the runner to report.
func (t *terminal) keep(id string, b wire.Bundle) {
	if t.figures == nil {
		return
	}
	file, err := t.figures.add(id, b)
	switch {
	case err != nil && t.problem == nil:
		t.problem = err
	case err == nil && file != "":
		t.print("figure: " + file + "\n")
	}
}

// Err is the first thing that could not be written.
func (t *terminal) Err() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.problem
}

// Clear removes the picture that was drawn last. Text stays, for scrolling back.
func (t *terminal) Clear(wait bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.drawn == "" {
		return
	}
	if drawer := t.drawer(); drawer != nil {
		t.report(drawer.Clear(wait))
	}
}

// Input reads a line from standard input.
func (t *terminal) Input(ctx context.Context, prompt string, password bool) (string, error) {
	if t.input == nil {
		return "", wire.ErrNoStdin
	}
	t.mu.Lock()
	t.print(prompt)
	t.open, t.drawn = false, ""
	t.mu.Unlock()
	return t.input.line(ctx, password)
}

// Page prints help.
func (t *terminal) Page(b wire.Bundle) {
	text, _ := b.Data["text/plain"].(string)
	t.Stream("stdout", []byte(strings.TrimRight(text, "\n")+"\n"))
}

// NextInput keeps the text for the next prompt.
func (t *terminal) NextInput(text string, _ bool) {
	t.mu.Lock()
	t.next = text
	t.mu.Unlock()
}

// proposed is the text for the next prompt, once.
func (t *terminal) proposed() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := t.next
	t.next = ""
	return text
}

var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

// fail prints a cell's error.
func (t *terminal) fail(e *wire.CellError) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.open {
		t.print("\n")
		t.open = false
	}
	t.drawn = ""
	text := strings.Join(e.Traceback, "\n") + "\n"
	if !t.colour {
		text = colours.ReplaceAllString(text, "")
	}
	io.WriteString(t.err, text)
}
