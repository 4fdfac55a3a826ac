package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/livespike/livespike/kernel/wire"
)

// lineReader reads standard input by lines: the cells of a REPL without a terminal, and what scripts read.
type lineReader struct {
	file   *os.File // nil when the input is no file
	buffer *bufio.Reader
}

func newLineReader(in io.Reader) *lineReader {
	r := &lineReader{buffer: bufio.NewReader(in)}
	r.file, _ = in.(*os.File)
	return r
}

// line reads one line without its end. At the end of the input it is wire.ErrNoStdin. Waiting for a terminal stops when
// ctx ends, and takes nothing from what is typed later.
func (r *lineReader) line(ctx context.Context, secret bool) (string, error) {
	terminal := r.file != nil && term.IsTerminal(int(r.file.Fd()))
	if terminal && r.buffer.Buffered() == 0 {
		if err := readable(ctx, r.file); err != nil {
			return "", err
		}
	}
	if terminal && secret {
		text, err := term.ReadPassword(int(r.file.Fd()))
		return string(text), err
	}
	text, err := r.buffer.ReadString('\n')
	if errors.Is(err, io.EOF) && text == "" {
		return "", wire.ErrNoStdin
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimRight(text, "\r\n"), nil
}
