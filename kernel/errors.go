package kernel

import (
	"context"
	"errors"
	"fmt"
	"go/scanner"
	"go/token"
	"os"
	"runtime/debug"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/livespike/livespike/kernel/interp"
	"github.com/livespike/livespike/kernel/wire"
	"github.com/livespike/livespike/stdlib"
)

// failure is an error of code, with the text it stands in.
type failure struct {
	cause *interp.CellError
	from  source
}

func (f *failure) Error() string { return f.cause.Error() }
func (f *failure) Unwrap() error { return f.cause }

// magicError is an error of a magic itself: wrong usage, or the world.
type magicError struct {
	line, col int
	err       error
	usage     bool
}

func (e *magicError) Error() string { return e.err.Error() }
func (e *magicError) Unwrap() error { return e.err }

// Colours of a traceback; front ends without them take them out again.
const (
	red    = "\x1b[1;31m"
	dim    = "\x1b[2m"
	normal = "\x1b[0m"
)

// cellError is an error as the user sees it: place and message, the line with a caret, the trace of the script.
func (r *run) cellError(err error) *wire.CellError {
	var code *failure
	var command *magicError
	switch {
	case errors.As(err, &code):
		return r.codeError(code)
	case errors.As(err, &command):
		name := "MagicError"
		if command.usage {
			name = "CompileError"
		}
		at := interp.Position{Cell: r.cell.N, Line: command.line, Col: command.col}
		return r.render(name, at, source{text: r.cell.Src}, command.err.Error(), "", nil)
	case errors.Is(err, context.Canceled) || r.ctx.Err() != nil:
		return &wire.CellError{Name: "Interrupted", Value: "interrupted", Traceback: []string{red + "interrupted" + normal}}
	}
	return r.render("MagicError", interp.Position{}, source{}, err.Error(), "", nil)
}

func (r *run) codeError(f *failure) *wire.CellError {
	e := f.cause
	name := map[interp.Stage]string{interp.Compile: "CompileError", interp.Run: "Panic", interp.Interrupt: "Interrupted"}[e.Stage]
	if exit, ok := e.Value.(stdlib.Exit); ok {
		r.mu.Lock()
		r.exitStatus = &exit
		r.mu.Unlock()
	}
	pos, from := e.Pos, f.from
	if from.place != nil && pos.Cell == r.cell.N {
		pos = from.place(pos)
	}
	rendered := r.render(name, pos, from, message(e), e.Hint, e.Trace)
	for _, other := range e.More {
		at := other.Pos
		if from.place != nil {
			at = from.place(at)
		}
		more := r.render(name, at, from, other.Msg, other.Hint, nil)
		rendered.Traceback = append(rendered.Traceback, more.Traceback...)
	}
	if len(e.Stack) > 0 && os.Getenv("LIVESPIKE_DEBUG") == "1" {
		rendered.Traceback = append(rendered.Traceback, strings.Split(strings.TrimSpace(string(e.Stack)), "\n")...)
	}
	return rendered
}

// message is the interpreter's; a panic with a bare value, which says nothing by itself, is called one.
func message(e *interp.CellError) string {
	switch e.Value.(type) {
	case nil, error, string:
		return e.Msg
	}
	if e.Stage != interp.Run {
		return e.Msg
	}
	return "panic: " + e.Msg
}

// ExitStatus is what a cell gave to os.Exit, if that ended it.
func (s *Session) ExitStatus() (status int, exited bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.exitStatus == nil {
		return 0, false
	}
	return int(*s.exitStatus), true
}

// render writes the lines of an error.
func (r *run) render(name string, pos interp.Position, from source, message, hint string, trace []interp.Frame) *wire.CellError {
	first, rest, _ := strings.Cut(message, "\n")
	heading := first
	if pos.IsValid() {
		heading = label(pos, from.name) + ": " + first
	}
	lines := []string{red + heading + normal}
	if rest != "" {
		lines = append(lines, strings.Split(rest, "\n")...)
	}
	known := r.text(pos.Cell)
	text := known.text
	if pos.Cell == r.cell.N {
		text = from.text
	}
	lines = append(lines, excerpt(text, pos, hint)...)
	lines = append(lines, frames(pos, trace)...)
	if pos.IsValid() && known.file != "" && from.name == "" {
		lines = append(lines, fmt.Sprintf("%s    %s:%d%s", dim, known.file, known.line+pos.Line-1, normal))
	}
	return &wire.CellError{Name: name, Value: first, Traceback: lines}
}

// top is the name that the interpreter gives to a cell's own statements.
const top = "cell"

// frames are the functions that led to a place, innermost first. Of a place in the cell's own statements nothing is left
// to say.
func frames(pos interp.Position, trace []interp.Frame) []string {
	var lines []string
	for i, frame := range trace {
		switch {
		case frame.Func == top && i == 0:
		case frame.Func == top:
			lines = append(lines, dim+"    from "+frame.Pos.String()+normal)
		case i == 0 && frame.Pos == pos:
			lines = append(lines, dim+"    in "+frame.Func+normal)
		default:
			lines = append(lines, dim+"    in "+frame.Func+", "+frame.Pos.String()+normal)
		}
	}
	return lines
}

// label names a place: In[3]:2:5, or, in a file that a magic runs, arena.go:2:5.
func label(pos interp.Position, file string) string {
	if file == "" {
		return pos.String()
	}
	if pos.Col == 0 {
		return fmt.Sprintf("%s:%d", file, pos.Line)
	}
	return fmt.Sprintf("%s:%d:%d", file, pos.Line, pos.Col)
}

// excerpt is the line of a place, with a caret and the hint below.
func excerpt(text string, pos interp.Position, hint string) []string {
	all := strings.Split(text, "\n")
	if !pos.IsValid() || pos.Line > len(all) {
		if hint != "" {
			return []string{"    " + hint}
		}
		return nil
	}
	line := printable(strings.TrimRight(all[pos.Line-1], "\r"))
	gutter := fmt.Sprintf("%5d | ", pos.Line)
	lines := []string{gutter + line}
	if pos.Col < 1 || pos.Col > len(line)+1 {
		if hint != "" {
			lines = append(lines, strings.Repeat(" ", len(gutter))+hint)
		}
		return lines
	}
	below := strings.Map(func(c rune) rune { // as wide as the text above, tabs included
		if c == '\t' {
			return c
		}
		return ' '
	}, line[:pos.Col-1])
	mark := "^" + strings.Repeat("~", max(0, width(line[pos.Col-1:])-1))
	below = strings.Repeat(" ", len(gutter)) + below + red + mark + normal
	if hint != "" {
		below += "   " + hint
	}
	return append(lines, below)
}

// printable replaces what would steer a terminal, by as many bytes, so that columns stay.
func printable(line string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c == utf8.RuneError: // bytes that are no text
			return '?'
		case c == '\t' || unicode.IsPrint(c):
			return c
		case c >= 0x80 && c < 0x100:
			return '·'
		}
		return '?'
	}, line)
}

// width is the number of characters of the first token.
func width(text string) int {
	var s scanner.Scanner
	s.Init(token.NewFileSet().AddFile("", -1, len(text)), []byte(text), func(token.Position, string) {}, 0)
	_, kind, literal := s.Scan()
	switch {
	case kind.IsLiteral() || kind.IsKeyword():
		first, _, _ := strings.Cut(literal, "\n")
		return len([]rune(first))
	case kind.IsOperator():
		return len(kind.String())
	}
	return 1
}

// internalError is a panic of the session itself.
func internalError(p any) *wire.CellError {
	message := fmt.Sprintf("internal error: %v", p)
	lines := []string{red + message + normal}
	if os.Getenv("LIVESPIKE_DEBUG") == "1" {
		lines = append(lines, strings.Split(string(debug.Stack()), "\n")...)
	} else {
		lines = append(lines, "    this is a defect of Livespike; LIVESPIKE_DEBUG=1 shows where")
	}
	return &wire.CellError{Name: "InternalError", Value: message, Traceback: lines}
}
