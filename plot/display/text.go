package display

import (
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/janpfeifer/gonb/gonbui"
)

// standalone is the sink of a program that no host runs.
func standalone() Sink {
	in := newLines(os.Stdin)
	if gonbui.IsNotebook {
		return &gonb{lines: in}
	}
	if t, ok := Terminal(os.Stdout); ok {
		return t
	}
	return &plain{out: stdout{}, lines: in}
}

// stdout is standard output as it is when something is written: programs and tests replace it.
type stdout struct{}

// Write implements io.Writer.
func (stdout) Write(p []byte) (int, error) { return os.Stdout.Write(p) }

// plain writes text to a file or pipe.
type plain struct {
	mu    sync.Mutex
	out   io.Writer
	lines *lines
	shown [2]string // the last display: id and text
}

// Display prints the bundle's text.
func (p *plain) Display(b Bundle, id string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shown = [2]string{id, b.Text()}
	_, err := fmt.Fprintln(p.out, b.Text())
	return err
}

// Update prints the text again only if it has changed, or something else was shown since.
func (p *plain) Update(b Bundle, id string) error {
	p.mu.Lock()
	same := p.shown == [2]string{id, b.Text()}
	p.mu.Unlock()
	if same {
		return nil
	}
	return p.Display(b, id)
}

// Clear does nothing: what is written stays.
func (p *plain) Clear(bool) error { return nil }

// Input prints the prompt and reads a line; what is not a terminal echoes nothing, so secrets need no care.
func (p *plain) Input(prompt string, _ bool) (string, error) {
	if _, err := fmt.Fprint(p.out, prompt); err != nil {
		return "", err
	}
	return p.lines.next()
}
