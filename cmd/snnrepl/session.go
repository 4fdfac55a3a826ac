package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/livespike/livespike/kernel"
	"github.com/livespike/livespike/kernel/wire"
)

// session is snnrepl without a command: the REPL, one cell, or cells from standard input.
var session = command{
	name:    "snnrepl",
	usage:   "[-e CODE] [--figures DIR] [--plain] [-]  or  snnrepl COMMAND",
	summary: "a session of cells: from the terminal, from -e, or with - from standard input",
	help: `A cell is Go: declarations and statements in any order; the value of its last expression is shown. The packages
snn, tensor, event, durin, plot, display and those of the standard library import themselves. %help lists the magics.`,
	flags: func(f *flag.FlagSet) {
		f.String("e", "", "run `CODE` as one cell and leave")
		f.String("figures", "", "write every figure as a PNG into `DIR`")
		f.Bool("plain", false, "no colours, no pictures, no line editing")
		f.Bool("version", false, "print the version and leave")
	},
	run: runSession,
}

func runSession(s streams, f *flag.FlagSet) int {
	given := map[string]bool{}
	f.Visit(func(f *flag.Flag) { given[f.Name] = true })
	switch {
	case given["version"]:
		return printVersion(s)
	case given["e"] && f.NArg() > 0:
		return usageError(s, "", errors.New("-e takes one argument: quote the code"))
	case given["e"]:
		return runCells(s, cells{list: []kernel.ScriptCell{{Line: 1, Src: text(f, "e")}}, figures: newFiguresIn(f, "figure"), plain: isPlain(f)})
	case f.NArg() == 1 && f.Arg(0) == "-":
		return runStdin(s, f)
	case f.NArg() > 0:
		return usageError(s, "", errors.New("- takes no arguments"))
	}
	return runREPL(s, f)
}

// runStdin runs the cells that standard input holds. They cannot read it themselves.
func runStdin(s streams, f *flag.FlagSet) int {
	script, err := io.ReadAll(s.in)
	if err != nil {
		return failure(s, err)
	}
	s.in = nil
	return runCells(s, cells{list: kernel.ParseScript(string(script)), figures: newFiguresIn(f, "figure"), plain: isPlain(f)})
}

// text is the value of a string flag.
func text(f *flag.FlagSet, name string) string { return f.Lookup(name).Value.String() }

// isPlain is whether colours and pictures are switched off.
func isPlain(f *flag.FlagSet) bool { return text(f, "plain") == "true" }

// newFiguresIn makes the writer of --figures, or nil without the flag.
func newFiguresIn(f *flag.FlagSet, name string) *figures {
	dir := text(f, "figures")
	if dir == "" {
		return nil
	}
	return newFigures(dir, name)
}

// cells is a script on its way.
type cells struct {
	list    []kernel.ScriptCell
	file    string // "" when the cells stand in no file
	figures *figures
	plain   bool
}

// runCells runs cells in order up to the first that fails.
func runCells(s streams, c cells) int {
	if err := c.figures.prepare(); err != nil {
		return failure(s, err)
	}
	k, err := kernel.New(kernel.Options{})
	if err != nil {
		return failure(s, err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	t := newTerminal(s, c.figures, c.plain)
	status := fine
	n := 0
	for _, cell := range c.list {
		if cell.Markdown {
			t.heading(cell.Src)
			continue
		}
		if strings.TrimSpace(cell.Src) == "" {
			continue
		}
		if cell.Title != "" {
			t.heading(cell.Title)
		}
		n++
		var done bool
		if status, done = runCell(ctx, k, t, wire.Cell{N: n, Src: cell.Src, AllowStdin: s.in != nil}, c.file, cell.Line); done {
			break
		}
	}
	if err := closeSession(k); err != nil && status == fine {
		return failure(s, err)
	}
	if err := t.Err(); err != nil {
		return failure(s, err)
	}
	return status
}

// runCell runs one cell and reports whether it was the last.
func runCell(ctx context.Context, k *kernel.Session, t *terminal, cell wire.Cell, file string, line int) (status int, done bool) {
	outcome := k.ExecuteAt(ctx, cell, t, file, line)
	if exit, ok := k.ExitStatus(); ok {
		return exit, true
	}
	if outcome.Err != nil {
		t.fail(outcome.Err)
		return failed, true
	}
	if t.Err() != nil {
		return failed, true
	}
	return fine, outcome.Exit
}

// closeLimit is how long the end waits for robots and cameras.
const closeLimit = 2 * time.Second

func closeSession(k *kernel.Session) error {
	ctx, cancel := context.WithTimeout(context.Background(), closeLimit)
	defer cancel()
	return k.Close(ctx)
}
