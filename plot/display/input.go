package display

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/livespike/livespike/internal/interrupt"
)

// lines reads standard input line by line on a goroutine of its own, so that waiting can be interrupted. A line that
// arrives after an interrupt is the answer to the next question, not lost.
type lines struct {
	mu      sync.Mutex
	from    io.Reader
	arrived chan line // nil until the first question
	waiting bool      // a read is under way
}

type line struct {
	text string
	err  error
}

func newLines(from io.Reader) *lines { return &lines{from: from} }

// next waits for a line, or for the running cell's interrupt.
func (l *lines) next() (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.arrived == nil {
		l.arrived = make(chan line, 1)
		l.from = bufio.NewReader(l.from)
	}
	if !l.waiting {
		l.waiting = true
		go l.read(l.from.(*bufio.Reader))
	}
	ctx := interrupt.Context()
	select {
	case got := <-l.arrived:
		l.waiting = false
		return got.text, got.err
	case <-ctx.Done():
		return "", fmt.Errorf("display: input: %w", context.Cause(ctx))
	}
}

func (l *lines) read(from *bufio.Reader) {
	text, err := from.ReadString('\n')
	if err == io.EOF && text != "" {
		err = nil
	}
	if err != nil {
		err = fmt.Errorf("display: input: %w", err)
	}
	l.arrived <- line{strings.TrimRight(text, "\r\n"), err}
}
