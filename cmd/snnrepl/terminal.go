package main

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"io"
	"os"
	"regexp"
	"strings"
	"sync"

	"golang.org/x/term"

	"github.com/livespike/livespike/kernel/wire"
	picture "github.com/livespike/livespike/plot/term"
)

// terminal shows what cells print and display: in colour and with pictures on a terminal, as text elsewhere, and with
// a folder for figures as PNG files in it.
type terminal struct {
	out, err io.Writer
	input    *lineReader // nil: nobody can answer
	figures  *figures    // nil: none are written
	screen   *os.File    // standard output when it is a terminal, else nil
	protocol picture.Protocol

	mu       sync.Mutex
	open     bool // the last line printed has no end yet
	types    []string
	next     string // the text a magic proposes for the next cell
	drawn    string // id of the display that was printed last, if nothing followed it
	drawnRow int    // how many lines it took
	problem  error  // of a figure that could not be written
}

// newTerminal looks at what the streams are.
func newTerminal(s streams, figures *figures) *terminal {
	t := &terminal{out: s.out, err: s.err, figures: figures}
	if s.in != nil {
		t.input = newLineReader(s.in)
	}
	if f, ok := s.out.(*os.File); ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb" {
		t.screen = f
		t.protocol = picture.Detect(f)
	}
	return t
}

func (t *terminal) colour() bool { return t.screen != nil && os.Getenv("NO_COLOR") == "" }

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
		t.err.Write(p)
		return
	}
	t.out.Write(p)
	t.open = len(p) > 0 && p[len(p)-1] != '\n'
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
	switch {
	case t.screen == nil && isPicture(b):
		t.keep(id, b) // the figure's file is replaced
	case t.drawn == id && t.drawnRow > 0:
		fmt.Fprintf(t.out, "\x1b[%dA\r\x1b[J", t.drawnRow)
		t.show(id, b, nil)
	default:
		t.show(id, b, nil)
	}
}

// show prints one bundle; the caller holds the lock.
func (t *terminal) show(id string, b wire.Bundle, types []string) {
	if t.open {
		fmt.Fprintln(t.out)
		t.open = false
	}
	text, _ := b.Data["text/plain"].(string)
	var drawn bytes.Buffer
	if drawing, ok := b.Data["image/png"].([]byte); ok && t.screen != nil {
		if err := t.draw(&drawn, drawing); err != nil {
			fmt.Fprintf(t.err, "snnrepl: picture: %v\n", err)
		}
	}
	if drawn.Len() == 0 || !picturesOnly(text) {
		drawn.WriteString(text)
		if len(types) == 1 && t.colour() && !strings.Contains(text, "\n") {
			drawn.WriteString("  \x1b[2m" + types[0] + "\x1b[0m")
		}
		if text != "" || types != nil {
			drawn.WriteByte('\n')
		}
	}
	t.out.Write(drawn.Bytes())
	t.drawn, t.drawnRow = id, bytes.Count(drawn.Bytes(), []byte{'\n'})
	t.keep(id, b)
}

func isPicture(b wire.Bundle) bool {
	return b.Data["image/png"] != nil || b.Data["image/svg+xml"] != nil
}

// picturesOnly reports whether a text only stands for the picture: one line says no more than the picture itself.
func picturesOnly(text string) bool { return !strings.Contains(text, "\n") }

// draw writes a PNG in the terminal's own way.
func (t *terminal) draw(w io.Writer, data []byte) error {
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return err
	}
	cols := 80
	if wide, _, err := term.GetSize(int(t.screen.Fd())); err == nil {
		cols = min(wide, 100)
	}
	return picture.Write(w, img, t.protocol, cols)
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
		fmt.Fprintf(t.out, "figure: %s\n", file)
	}
}

// Err is the first figure that could not be written.
func (t *terminal) Err() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.problem
}

// Clear clears nothing: what is on a terminal stays, for scrolling back.
func (t *terminal) Clear(bool) {}

// Input reads a line from standard input.
func (t *terminal) Input(ctx context.Context, prompt string, password bool) (string, error) {
	if t.input == nil {
		return "", wire.ErrNoStdin
	}
	t.mu.Lock()
	t.out.Write([]byte(prompt))
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
		fmt.Fprintln(t.out)
		t.open = false
	}
	t.drawn = ""
	text := strings.Join(e.Traceback, "\n") + "\n"
	if !t.colour() {
		text = colours.ReplaceAllString(text, "")
	}
	io.WriteString(t.err, text)
}
