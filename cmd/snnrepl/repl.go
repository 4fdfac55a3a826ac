package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"golang.org/x/term"

	"github.com/livespike/livespike/kernel"
	"github.com/livespike/livespike/kernel/wire"
	"github.com/livespike/livespike/snn"
)

// prompter reads cells. One edits lines on a terminal, the other reads what a pipe brings.
type prompter interface {
	// read returns the next cell: io.EOF at the end, errDropped when the user gave the cell up.
	read(n int) (string, error)
	// propose puts text into the next cell.
	propose(text string)
}

var errDropped = errors.New("dropped")

func runREPL(s streams, f *flag.FlagSet) int {
	figures := newFiguresIn(f, "figure")
	if err := figures.prepare(); err != nil {
		return failure(s, err)
	}
	k, err := kernel.New(kernel.Options{HistoryFile: kernel.HistoryFile(), Devices: snn.Devices})
	if err != nil {
		return failure(s, err)
	}
	t := newTerminal(s, figures, isPlain(f))
	var p prompter
	interactive := isTerminal(s.in)
	if interactive && t.screen != nil && os.Getenv("TERM") != "dumb" {
		p = newEditor(k, t.colour)
	} else {
		p = &plainPrompter{session: k, input: t.input, out: s.out, prompt: interactive}
	}
	if interactive {
		fmt.Fprintln(s.out, k.Info().Banner)
	}
	status := repl(k, t, p)
	if interactive {
		status = fine // a person has seen the errors
	}
	if err := closeSession(k); err != nil {
		return failure(s, err)
	}
	return status
}

func isTerminal(in io.Reader) bool {
	f, ok := in.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// repl runs cells until the input ends or a cell asks to leave; the status tells whether all of them ended well.
func repl(k *kernel.Session, t *terminal, p prompter) (status int) {
	for n := 1; ; {
		src, err := p.read(n)
		switch {
		case errors.Is(err, errDropped):
			continue
		case errors.Is(err, io.EOF):
			return status
		case err != nil:
			fmt.Fprintf(t.err, "snnrepl: %v\n", err)
			return failed
		case strings.TrimSpace(src) == "":
			continue
		}
		exit, ok := replCell(k, t, wire.Cell{N: n, Src: src, StoreHistory: true, AllowStdin: true})
		n++
		if !ok {
			status = failed
		}
		if exit {
			return status
		}
		if text := t.proposed(); text != "" {
			p.propose(text)
		}
	}
}

// replCell runs a cell; Ctrl-C interrupts it and keeps the session.
func replCell(k *kernel.Session, t *terminal, cell wire.Cell) (exit, ok bool) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	outcome := k.Execute(ctx, cell, t)
	if outcome.Err != nil {
		t.fail(outcome.Err)
		return false, false
	}
	if err := t.takeErr(); err != nil {
		fmt.Fprintf(t.err, "snnrepl: %v\n", err)
		return false, false
	}
	return outcome.Exit, true
}

// takeErr is Err, once.
func (t *terminal) takeErr() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	err := t.problem
	t.problem = nil
	return err
}

// plainPrompter reads cells from a pipe, or from a terminal that cannot edit: lines until they make a whole cell.
type plainPrompter struct {
	session  *kernel.Session
	input    *lineReader
	out      io.Writer
	prompt   bool
	proposed string
}

func (p *plainPrompter) propose(text string) { p.proposed = text }

func (p *plainPrompter) read(n int) (string, error) {
	if p.proposed != "" {
		text := p.proposed
		p.proposed = ""
		return text, nil
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var src strings.Builder
	for {
		if p.prompt {
			fmt.Fprint(p.out, promptText(n, src.Len() > 0))
		}
		line, err := p.input.line(ctx, false)
		switch {
		case errors.Is(err, wire.ErrNoStdin) && src.Len() > 0:
			return src.String(), nil // incomplete: the session says what is missing
		case errors.Is(err, wire.ErrNoStdin):
			return "", io.EOF
		case ctx.Err() != nil && p.prompt:
			fmt.Fprintln(p.out)
			return "", errDropped
		case err != nil:
			return "", err
		}
		src.WriteString(line + "\n")
		if status, _ := p.session.IsComplete(src.String()); status != "incomplete" {
			return strings.TrimSuffix(src.String(), "\n"), nil
		}
	}
}

// promptText is what stands before the first line of a cell, and before the others.
func promptText(n int, more bool) string {
	first := fmt.Sprintf("In[%d]: ", n)
	if more {
		return fmt.Sprintf("%*s", len(first), "... ")
	}
	return first
}
