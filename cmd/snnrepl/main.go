// Command snnrepl is Livespike in the terminal: a REPL, a runner of cell scripts, and the tools for event files.
//
//	snnrepl                        the REPL
//	snnrepl run FILE.go [args]     run a script of // %% cells
//	snnrepl -e 'CODE'              one cell, its value echoed
//	snnrepl -                      cells from standard input
//	snnrepl help                   all commands
//
// Exit status: 0 fine, 1 the script or the data failed, 2 wrong usage; a script that calls os.Exit chooses its own.
// Errors go to standard error as one line, followed by the place in the cell.
//
// Environment: NO_COLOR and TERM=dumb switch colours and pictures off, LIVESPIKE_DEBUG=1 adds Go stacks to internal
// errors, XDG_STATE_HOME is where the history is kept.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// Exit statuses.
const (
	fine   = 0
	failed = 1 // the script or the data
	misuse = 2
)

func main() { os.Exit(dispatch(std(), os.Args[1:])) }

// streams are the standard files of a command; tests have their own.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

func std() streams { return streams{os.Stdin, os.Stdout, os.Stderr} }

// command is one subcommand. Each has a file that registers it.
type command struct {
	name    string
	usage   string // what follows "snnrepl "
	summary string // one line
	help    string // the rest of its help, before the flags
	flags   func(*flag.FlagSet)
	run     func(s streams, f *flag.FlagSet) int
}

var registry []command

// register adds a command at start.
func register(c command) bool {
	if c.name == "" || c.usage == "" || c.summary == "" || c.run == nil {
		panic("snnrepl: the command " + c.name + " lacks a part")
	}
	registry = append(registry, c)
	return true
}

func commands() []command {
	return slices.SortedFunc(slices.Values(registry), func(a, b command) int { return strings.Compare(a.name, b.name) })
}

func lookup(name string) (command, bool) {
	i := slices.IndexFunc(registry, func(c command) bool { return c.name == name })
	if i < 0 {
		return command{}, false
	}
	return registry[i], true
}

// dispatch runs a command line and returns the exit status.
func dispatch(s streams, args []string) int {
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		c, ok := lookup(args[0])
		if !ok {
			hint := ""
			if strings.HasSuffix(args[0], ".go") {
				hint = fmt.Sprintf("; did you mean snnrepl run %s?", args[0])
			}
			return usageError(s, "", fmt.Errorf("no command %s%s", args[0], hint))
		}
		return c.start(s, args[1:])
	}
	return session.start(s, args)
}

// start reads the flags and runs the command.
func (c command) start(s streams, args []string) int {
	f := flag.NewFlagSet(c.name, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.Usage = func() {}
	if c.flags != nil {
		c.flags(f)
	}
	switch err := f.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		c.printHelp(s.out)
		return fine
	case err != nil:
		return usageError(s, c.name, err)
	}
	return c.run(s, f)
}

// usageError says what was wrong and where the help is.
func usageError(s streams, name string, err error) int {
	help := "snnrepl help"
	if name != "" {
		help += " " + name
	}
	fmt.Fprintf(s.err, "snnrepl: %v; see %s\n", err, help)
	return misuse
}

// failure says what went wrong.
func failure(s streams, err error) int {
	fmt.Fprintf(s.err, "snnrepl: %v\n", err)
	return failed
}
