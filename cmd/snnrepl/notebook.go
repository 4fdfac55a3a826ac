package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/livespike/livespike/kernel"
	"github.com/livespike/livespike/kernel/nb"
)

var _ = register(command{
	name:    "notebook",
	usage:   "notebook run [-o OUT] [--check] [--timeout DURATION] NB.ipynb  or  notebook convert IN OUT",
	summary: "run a notebook file without a server, or turn scripts into notebooks and back",
	help: `run executes the cells in one session and writes the outputs into the file, or into OUT; a cell that fails ends the
run with status 1, its output written. With --check nothing is written: the outputs are compared with those stored, all
but those of cells tagged volatile, and differences end with status 1. Cells tagged skip-execution are passed over, those
tagged raises-exception may fail.
convert turns a script of // %% cells into a notebook, or a notebook into a script, as the extensions say.`,
	run: runNotebook,
})

func runNotebook(s streams, f *flag.FlagSet) int {
	switch f.Arg(0) {
	case "run":
		sub := flag.NewFlagSet("notebook", flag.ContinueOnError)
		sub.SetOutput(s.err)
		sub.Usage = func() {}
		out := sub.String("o", "", "write into `OUT` instead of the notebook")
		check := sub.Bool("check", false, "compare with the stored outputs instead of writing")
		limit := sub.Duration("timeout", 0, "of each cell")
		if err := sub.Parse(f.Args()[1:]); err != nil {
			return misuse
		}
		if sub.NArg() != 1 {
			return usageError(s, f.Name(), errors.New("run which notebook?"))
		}
		return notebookRun(s, sub.Arg(0), *out, *check, *limit)
	case "convert":
		if f.NArg() != 3 {
			return usageError(s, f.Name(), errors.New("convert takes two files"))
		}
		return notebookConvert(s, f.Arg(1), f.Arg(2))
	}
	return usageError(s, f.Name(), errors.New("run or convert?"))
}

func notebookRun(s streams, name, out string, check bool, limit time.Duration) int {
	n, err := nb.Read(name)
	if err != nil {
		return failure(s, err)
	}
	stored, err := n.Copy()
	if err != nil {
		return failure(s, err)
	}
	k, err := kernel.New(kernel.Options{})
	if err != nil {
		return failure(s, err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	o := nb.Options{Timeout: limit}
	if isTerminal(s.in) {
		o.Progress = func(cell, of int) { fmt.Fprintf(s.err, "\r%s: cell %d of %d", name, cell, of) }
		defer fmt.Fprintln(s.err)
	}
	ran := n.Run(ctx, k, o)
	if err := closeSession(k); err != nil && ran == nil {
		ran = err
	}
	if !check {
		if err := n.Write(cmp.Or(out, name)); err != nil {
			return failure(s, err)
		}
	}
	if ran != nil {
		return failure(s, ran)
	}
	if !check {
		return fine
	}
	differences := stored.Differences(n)
	for _, d := range differences {
		fmt.Fprintf(s.err, "snnrepl: %s: %s\n", name, d)
	}
	if len(differences) > 0 {
		return failed
	}
	fmt.Fprintf(s.out, "%s: as stored\n", name)
	return fine
}

func notebookConvert(s streams, in, out string) int {
	switch {
	case strings.HasSuffix(in, ".go") && strings.HasSuffix(out, ".ipynb"):
		script, err := os.ReadFile(in)
		if err != nil {
			return failure(s, err)
		}
		n := nb.New()
		for _, c := range kernel.ParseScript(string(script)) {
			n.Add(c.Markdown, c.Title, strings.TrimSpace(c.Src))
		}
		if err := n.Write(out); err != nil {
			return failure(s, err)
		}
	case strings.HasSuffix(in, ".ipynb") && strings.HasSuffix(out, ".go"):
		n, err := nb.Read(in)
		if err != nil {
			return failure(s, err)
		}
		if err := writeWhole(out, []byte(n.Script())); err != nil {
			return failure(s, err)
		}
	default:
		return usageError(s, "notebook", errors.New("one file is a .go script and the other an .ipynb notebook"))
	}
	return fine
}

// writeWhole puts a file in place whole or not at all.
func writeWhole(name string, data []byte) error {
	temporary := name + ".new"
	if err := os.WriteFile(temporary, data, 0o644); err != nil {
		return err
	}
	if err := os.Rename(temporary, name); err != nil {
		return errors.Join(err, os.Remove(temporary))
	}
	return nil
}
