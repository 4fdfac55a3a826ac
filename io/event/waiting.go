package event

import (
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/livespike/livespike/internal/interrupt"
)

// waiting reads what can keep a reader waiting, a pipe or a terminal, and lets an interrupted cell go. What arrives
// later is there for the next Read.
type waiting struct {
	r       io.Reader
	buf     []byte
	rest    []byte
	err     error
	reading bool
	done    chan int // bytes in buf
	quit    chan struct{}
	once    sync.Once
}

func newWaiting(r io.Reader) *waiting {
	return &waiting{r: r, buf: make([]byte, bufferBytes), done: make(chan int, 1), quit: make(chan struct{})}
}

// wake ends every Read.
func (w *waiting) wake() { w.once.Do(func() { close(w.quit) }) }

func (w *waiting) fetch() {
	n, err := w.r.Read(w.buf)
	w.err = err
	w.done <- n
}

func (w *waiting) Read(p []byte) (int, error) {
	if len(w.rest) == 0 {
		if !w.reading {
			if w.err != nil {
				return 0, w.err
			}
			w.reading = true
			go w.fetch()
		}
		ctx := interrupt.Context()
		select {
		case n := <-w.done:
			w.reading, w.rest = false, w.buf[:n]
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-w.quit:
			return 0, ErrClosed
		}
	}
	n := copy(p, w.rest)
	w.rest = w.rest[n:]
	if n == 0 {
		return 0, w.err
	}
	return n, nil
}

// openPath opens a file. A named pipe opens when somebody writes to it, so the cell must be able to give up.
func openPath(path string) (*os.File, os.FileMode, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, 0, fmt.Errorf("event: %w", err)
	}
	if st.IsDir() {
		return nil, 0, fmt.Errorf("event: %s: is a folder", path)
	}
	if st.Mode().IsRegular() {
		f, err := os.Open(path)
		if err != nil {
			return nil, 0, fmt.Errorf("event: %w", err)
		}
		return f, st.Mode(), nil
	}
	type opened struct {
		f   *os.File
		err error
	}
	done := make(chan opened, 1)
	go func() {
		f, err := os.Open(path)
		done <- opened{f, err}
	}()
	ctx := interrupt.Context()
	select {
	case o := <-done:
		if o.err != nil {
			return nil, 0, fmt.Errorf("event: %w", o.err)
		}
		return o.f, st.Mode(), nil
	case <-ctx.Done():
		go func() {
			if o := <-done; o.f != nil {
				_ = o.f.Close() // nobody is left to tell
			}
		}()
		return nil, 0, fmt.Errorf("event: %s: nobody has written to it: %w", path, ctx.Err())
	}
}
