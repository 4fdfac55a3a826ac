package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/livespike/livespike/docs"
	"github.com/livespike/livespike/kernel"
	"github.com/livespike/livespike/kernel/magic"
)

var _ = register(command{
	name:    "help",
	usage:   "help [COMMAND|TOPIC|NAME]",
	summary: "this text, a command's, a page of the documentation, or what ?NAME shows",
	run: func(s streams, f *flag.FlagSet) int {
		if f.NArg() == 0 {
			session.printHelp(s.out)
			return fine
		}
		// A command goes before a page of the same name: "events" is both, and the page is "events.md", too.
		if c, ok := lookup(f.Arg(0)); ok {
			c.printHelp(s.out)
			return fine
		}
		if page, ok := docs.Lookup(f.Arg(0)); ok {
			fmt.Fprint(s.out, page.Text)
			return fine
		}
		text, err := explained(f.Arg(0))
		if err != nil {
			return failure(s, err)
		}
		if text == "" {
			return usageError(s, "", fmt.Errorf("no command, no topic and no name %s", f.Arg(0)))
		}
		fmt.Fprintln(s.out, text)
		return fine
	},
})

// explained is what a session shows for ?NAME, or for %help of a magic; empty if it knows no such name.
func explained(name string) (text string, err error) {
	if m, ok := magic.Lookup(name); ok {
		return m.String(), nil
	}
	k, err := kernel.New(kernel.Options{})
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, closeSession(k)) }()
	if bundle, ok := k.Explain(context.Background(), name, 0); ok {
		text, _ = bundle.Data["text/plain"].(string)
	}
	return text, nil
}

// printHelp writes a command's help; that of the bare snnrepl lists the others.
func (c command) printHelp(w io.Writer) {
	fmt.Fprintf(w, "usage: snnrepl %s\n\n%s\n", c.usage, sentence(c.summary))
	if c.help != "" {
		fmt.Fprintf(w, "\n%s\n", strings.TrimSpace(c.help))
	}
	if c.name == session.name {
		fmt.Fprintf(w, "\ncommands:\n")
		for _, other := range commands() {
			fmt.Fprintf(w, "  %-16s  %s\n", other.name, other.summary)
		}
		fmt.Fprintf(w, "\ntopics of snnrepl help:\n")
		for _, page := range docs.Topics() {
			fmt.Fprintf(w, "  %-16s  %s\n", page.Name, page.Summary)
		}
	}
	if page, ok := docs.Lookup(c.name); ok {
		fmt.Fprintf(w, "\nThe guide is snnrepl help %s.\n", page.File)
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
