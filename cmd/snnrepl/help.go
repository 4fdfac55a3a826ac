package main

import (
	"flag"
	"fmt"
	"io"
	"strings"
)

var _ = register(command{
	name:    "help",
	usage:   "help [COMMAND]",
	summary: "this text, or a command's",
	run: func(s streams, f *flag.FlagSet) int {
		if f.NArg() == 0 {
			session.printHelp(s.out)
			return fine
		}
		c, ok := lookup(f.Arg(0))
		if !ok {
			return usageError(s, "", fmt.Errorf("no command %s", f.Arg(0)))
		}
		c.printHelp(s.out)
		return fine
	},
})

// printHelp writes a command's help; that of the bare snnrepl lists the others.
func (c command) printHelp(w io.Writer) {
	fmt.Fprintf(w, "usage: snnrepl %s\n\n%s\n", c.usage, sentence(c.summary))
	if c.help != "" {
		fmt.Fprintf(w, "\n%s\n", strings.TrimSpace(c.help))
	}
	if c.name == session.name {
		fmt.Fprintf(w, "\ncommands:\n")
		width := 0
		for _, other := range commands() {
			width = max(width, len(other.usage))
		}
		for _, other := range commands() {
			fmt.Fprintf(w, "  %-*s  %s\n", width, other.usage, other.summary)
		}
	}
	if c.flags == nil {
		return
	}
	f := flag.NewFlagSet(c.name, flag.ContinueOnError)
	c.flags(f)
	fmt.Fprintf(w, "\nflags:\n")
	f.VisitAll(func(f *flag.Flag) {
		value, text := flag.UnquoteUsage(f)
		dashes := "--"
		if len(f.Name) == 1 {
			dashes = "-"
		}
		fmt.Fprintf(w, "  %-16s  %s\n", strings.TrimSpace(dashes+f.Name+" "+value), text)
	})
}

// sentence begins a summary with a capital.
func sentence(s string) string { return strings.ToUpper(s[:1]) + s[1:] + "." }
