package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/term"

	"github.com/livespike/livespike/kernel"
	"github.com/livespike/livespike/kernel/nb"
)

var _ = register(command{
	name:    "notebook",
	usage:   "notebook run [-o OUT] [--check] [--tolerance T] [--html PAGE] [--timeout DURATION] [--timing] NB.ipynb…  or  notebook convert IN OUT",
	summary: "run a notebook file without a server, or turn scripts into notebooks, notebooks into scripts or pages",
	help: `run executes the cells in one session and writes the outputs into the file, or into OUT; a cell that fails ends the
run with status 1, its output written. With --check the notebook stays as it is: the outputs are compared with those
stored, all but those of cells tagged volatile, and differences end with status 1. Numbers, and pixels on average, may
differ by --tolerance or by a cell's metadata {"livespike": {"tolerance": 0.01}}. --html writes the outcome as one page, too.
Cells tagged skip-execution are passed over, those tagged raises-exception may fail. Several notebooks run in turn, each in a
process of its own, and all of them, whichever fail; -o and --html are for one.
convert turns a script of // %% cells into a notebook, a notebook into a script, or a notebook as it is into an HTML page, as
the extensions say.`,
	run: runNotebook,
})

func runNotebook(s streams, f *flag.FlagSet) int {
	switch f.Arg(0) {
	case "run":
		sub := flag.NewFlagSet("notebook", flag.ContinueOnError)
		sub.SetOutput(s.err)
		sub.Usage = func() {}
		r := notebookRun{}
		sub.StringVar(&r.out, "o", "", "write into `OUT` instead of the notebook")
		sub.StringVar(&r.html, "html", "", "write the outcome as a page into `PAGE`")
		sub.BoolVar(&r.check, "check", false, "compare with the stored outputs instead of writing")
		sub.Float64Var(&r.tolerance, "tolerance", 0, "by which part numbers and pixels may differ")
		sub.DurationVar(&r.Timeout, "timeout", 0, "of each cell")
		sub.BoolVar(&r.Timing, "timing", false, "note the cells' times in the notebook")
		if err := sub.Parse(f.Args()[1:]); err != nil {
			return misuse
		}
		switch {
		case sub.NArg() == 0:
			return usageError(s, f.Name(), errors.New("run which notebook?"))
		case slices.ContainsFunc(sub.Args(), func(arg string) bool { return strings.HasPrefix(arg, "-") }):
			return usageError(s, f.Name(), errors.New("flags go before the notebooks"))
		case sub.NArg() > 1 && r.out+r.html != "":
			return usageError(s, f.Name(), errors.New("-o and --html are for one notebook"))
		case r.check && r.out != "":
			return usageError(s, f.Name(), errors.New("--check writes no notebook: -o has no meaning"))
		case r.tolerance < 0 || r.tolerance >= 1:
			return usageError(s, f.Name(), errors.New("--tolerance is from 0 to below 1"))
		}
		if sub.NArg() > 1 {
			return r.each(s, f.Args()[:f.NArg()-sub.NArg()], sub.Args())
		}
		return r.run(s, sub.Arg(0))
	case "convert":
		if f.NArg() != 3 {
			return usageError(s, f.Name(), errors.New("convert takes two files"))
		}
		return notebookConvert(s, f.Arg(1), f.Arg(2))
	}
	return usageError(s, f.Name(), errors.New("run or convert?"))
}

// notebookRun is how a notebook runs and what becomes of it.
type notebookRun struct {
	nb.Options
	out, html string
	check     bool
	tolerance float64
}

// each runs notebooks one after the other with the same flags. Each has a process of its own, so that it finds nothing that
// another has left: the state of the random numbers, the folder, the environment.
func (r notebookRun) each(s streams, flags, names []string) int {
	self, err := os.Executable()
	if err != nil {
		return failure(s, err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var broken []string
	for _, name := range names {
		c := exec.CommandContext(ctx, self, slices.Concat([]string{"notebook"}, flags, []string{name})...)
		c.Stdout, c.Stderr = s.out, s.err
		c.Cancel = func() error { return c.Process.Signal(os.Interrupt) } // it writes what it has, and says where it was
		err := c.Run()
		exit := &exec.ExitError{}
		switch {
		case ctx.Err() != nil:
			return failed
		case err == nil && !r.check:
			fmt.Fprintf(s.out, "%s: ran\n", name)
		case err != nil && !errors.As(err, &exit):
			return failure(s, err)
		case err != nil:
			broken = append(broken, name)
		}
	}
	if len(broken) > 0 {
		return failure(s, fmt.Errorf("%d of %d notebooks failed: %s", len(broken), len(names), strings.Join(broken, ", ")))
	}
	return fine
}

func (r notebookRun) run(s streams, name string) int {
	n, err := nb.Read(name)
	if err != nil {
		return failure(s, err)
	}
	out, err := filepath.Abs(cmp.Or(r.out, name)) // now: a cell may change the folder
	if err != nil {
		return failure(s, err)
	}
	page := ""
	if r.html != "" {
		if page, err = filepath.Abs(r.html); err != nil {
			return failure(s, err)
		}
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
	if bar, ok := s.err.(*os.File); ok && term.IsTerminal(int(bar.Fd())) {
		r.Progress = func(cell, of int) {
			done := (cell - 1) * 30 / of
			fmt.Fprintf(bar, "\r[%s%s] %d/%d %s\x1b[K", strings.Repeat("#", done), strings.Repeat(" ", 30-done), cell, of, name)
		}
	}
	ran := n.Run(ctx, k, r.Options)
	if r.Progress != nil {
		fmt.Fprint(s.err, "\r\x1b[K")
	}
	if err := closeSession(k); err != nil && ran == nil {
		ran = err
	}
	if !r.check {
		err = n.Write(out)
	}
	if page != "" {
		err = errors.Join(err, n.WriteHTML(page))
	}
	switch {
	case err != nil:
		return failure(s, err)
	case ran != nil:
		return failure(s, ran)
	case !r.check:
		return fine
	}
	differences := stored.Differences(n, r.tolerance)
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
	case strings.HasSuffix(in, ".ipynb") && strings.HasSuffix(out, ".html"):
		n, err := nb.Read(in)
		if err == nil {
			err = n.WriteHTML(out)
		}
		if err != nil {
			return failure(s, err)
		}
	default:
		return usageError(s, "notebook", errors.New("from .go to .ipynb, or from .ipynb to .go or .html"))
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
