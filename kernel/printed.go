package kernel

import (
	"context"
	"strings"
	"sync"

	"github.com/livespike/livespike/kernel/wire"
)

// printed is an output that keeps what is printed and shows nothing.
type printed struct {
	mu   sync.Mutex
	kept strings.Builder
}

func (p *printed) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.kept.String()
}

// Stream keeps standard output and error in the order in which they come.
func (p *printed) Stream(_ string, text []byte) {
	p.mu.Lock()
	p.kept.Write(text)
	p.mu.Unlock()
}

// Input fails: a captured cell asks nobody.
func (p *printed) Input(context.Context, string, bool) (string, error) {
	return "", wire.ErrNoStdin
}

// TextOnly saves the drawing of pictures.
func (p *printed) TextOnly() bool { return true }

// Result, Display, Update, Clear, Page and NextInput show nothing.
func (p *printed) Result(wire.Bundle)          {}
func (p *printed) Display(string, wire.Bundle) {}
func (p *printed) Update(string, wire.Bundle)  {}
func (p *printed) Clear(bool)                  {}
func (p *printed) Page(wire.Bundle)            {}
func (p *printed) NextInput(string, bool)      {}
