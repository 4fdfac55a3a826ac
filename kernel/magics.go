package kernel

import (
	"context"
	"fmt"
	"strings"

	"github.com/livespike/livespike/kernel/interp"
	"github.com/livespike/livespike/kernel/magic"
	"github.com/livespike/livespike/kernel/wire"
	"github.com/livespike/livespike/plot/display"
)

var _ magic.Session = (*run)(nil)

// Run runs code of a magic and shows its values.
func (r *run) Run(ctx context.Context, code magic.Code) error {
	values, err := r.code(ctx, code)
	r.show(values)
	return err
}

// Value runs code of a magic and returns its last value.
func (r *run) Value(ctx context.Context, code magic.Code) (any, error) {
	values, err := r.code(ctx, code)
	if err != nil || len(values) == 0 {
		return nil, err
	}
	return values[len(values)-1].V, nil
}

// code evaluates code at its place in the cell. Without generated text around it, it is moved there with blanks, so that
// every later message about it is right, too.
func (r *run) code(ctx context.Context, c magic.Code) ([]interp.Value, error) {
	if c.Before == "" && c.After == "" {
		at := strings.Repeat("\n", max(0, c.Line-1)) + strings.Repeat(" ", max(0, c.Col-1))
		return r.eval(ctx, at+c.Src, source{text: r.cell.Src})
	}
	return r.eval(ctx, c.Before+c.Src+c.After, source{text: r.cell.Src, place: func(p interp.Position) interp.Position {
		return original(c, p)
	}})
}

// original turns a position in Before+Src+After into the place of that character in the cell. What is generated stands
// for the nearest end of Src.
func original(c magic.Code, p interp.Position) interp.Position {
	before := strings.Count(c.Before, "\n")
	lead := len(c.Before) - (strings.LastIndexByte(c.Before, '\n') + 1)
	lines := strings.Split(c.Src, "\n")
	line := p.Line - 1 - before
	col := p.Col
	if line == 0 {
		col = p.Col - lead
	}
	switch {
	case line < 0:
		line, col = 0, 1
	case line >= len(lines):
		line, col = len(lines)-1, len(lines[len(lines)-1])
	}
	if p.Col > 0 {
		col = min(max(col, 1), max(1, len(lines[line])))
		if line == 0 {
			col += c.Col - 1
		}
	} else {
		col = 0
	}
	return interp.Position{Cell: p.Cell, Line: c.Line + line, Col: col}
}

// Script runs the cells of a script as parts of this cell.
func (r *run) Script(ctx context.Context, name, text string) error {
	for _, cell := range ParseScript(text) {
		if cell.Markdown || strings.TrimSpace(cell.Src) == "" {
			continue
		}
		// The cell is moved to its line of the file, so that messages give that.
		src := strings.Repeat("\n", cell.Line-1) + cell.Src
		if err := r.parts(ctx, src, source{text: text, name: name}); err != nil {
			return err
		}
	}
	return nil
}

// Print writes to the cell's standard output, after what the code has written.
func (r *run) Print(text string) { r.stream("stdout", text) }

// Warn writes to the cell's standard error.
func (r *run) Warn(text string) { r.stream("stderr", text) }

func (r *run) stream(name, text string) {
	r.capture.flush()
	r.output().Stream(name, []byte(text))
}

// Page shows text beside the output.
func (r *run) Page(text string) { r.output().Page(plain(text)) }

// Display shows text of a MIME type.
func (r *run) Display(mime, text string) {
	switch mime {
	case "text/html":
		display.HTML(text)
	case "text/markdown":
		display.Markdown(text)
	case "image/svg+xml":
		display.SVG(text)
	default:
		display.Show(display.Bundle{Data: map[string]any{mime: text, "text/plain": text}})
	}
}

// Capture runs a function and returns what was printed meanwhile.
func (r *run) Capture(do func() error) (string, error) {
	r.capture.flush()
	shown, into := r.output(), &printed{}
	r.redirect(into)
	err := do()
	r.capture.flush()
	r.pending = nil
	r.redirect(shown)
	return into.text(), err
}

// output is where the cell shows things now.
func (r *run) output() wire.Output {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.out
}

// redirect sends what the cell shows from now on to another output.
func (r *run) redirect(out wire.Output) {
	r.mu.Lock()
	r.out = out
	r.mu.Unlock()
	r.capture.attach(out)
}

// NextInput puts text into the next cell.
func (r *run) NextInput(text string) { r.output().NextInput(text, false) }

// Names lists what is live.
func (r *run) Names() []magic.Name { return r.Session.names(r.ctx) }

// Reset forgets all names and closes what is open.
func (r *run) Reset(ctx context.Context) error {
	err := r.closeOpen(ctx)
	fresh := r.newInterp()
	r.outputs = outputs{}
	r.mu.Lock()
	r.interp = func() *interp.Interp { return fresh }
	r.mu.Unlock()
	return err
}

// History lists the cells of this session; all sessions' with earlier.
func (r *run) History(earlier bool) []magic.Entry { return r.history.magics(earlier) }

// Figures lists the pictures shown so far.
func (r *run) Figures() []magic.Figure {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]magic.Figure(nil), r.figures...)
}

// Program is the session as a Go program.
func (r *run) Program(cells []int) (string, error) {
	wanted := map[int]bool{}
	for _, n := range cells {
		wanted[n] = true
	}
	var chosen []numbered
	for _, c := range r.cells() {
		if c.n == r.cell.N || len(cells) > 0 && !wanted[c.n] {
			continue
		}
		delete(wanted, c.n)
		chosen = append(chosen, c)
	}
	for n := range wanted {
		return "", fmt.Errorf("there is no cell %d", n)
	}
	return program(chosen)
}

// Exit makes the front end leave after this cell.
func (r *run) Exit() { r.exit = true }
