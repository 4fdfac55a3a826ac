package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/livespike/livespike/io/event"
)

var _ = register(command{
	name:    "events",
	usage:   "events info|convert|filter|view|render|send|recv …",
	summary: "look at recordings and streams of events, convert, filter, draw, send and receive them",
	help:    eventsHelp(),
	run:     runEvents,
})

// eventsCommand is one of the commands behind "events". Each has a file that lists it in eventsCommands.
type eventsCommand struct {
	name, usage string // what follows "snnrepl events "
	doc         string
	flags       func(*flag.FlagSet)
	run         func(s streams, f *flag.FlagSet) error
}

// errUsage marks a wrong command line.
var errUsage = errors.New("usage")

func eventsCommands() []eventsCommand {
	return []eventsCommand{
		eventsInfoCommand(), eventsConvertCommand(), eventsFilterCommand(), eventsViewCommand(), eventsRenderCommand(),
		eventsSendCommand(), eventsRecvCommand(),
	}
}

func eventsHelp() string {
	var b strings.Builder
	for _, c := range eventsCommands() {
		fmt.Fprintf(&b, "snnrepl events %s\n  %s\n", c.usage, strings.ReplaceAll(c.doc, "\n", "\n  "))
		f := flag.NewFlagSet("", flag.ContinueOnError)
		c.flags(f)
		f.VisitAll(func(f *flag.Flag) {
			value, text := flag.UnquoteUsage(f)
			fmt.Fprintf(&b, "    %-20s  %s\n", strings.TrimSpace("--"+f.Name+" "+value), text)
		})
		b.WriteByte('\n')
	}
	return b.String()
}

func runEvents(s streams, f *flag.FlagSet) int {
	commands := eventsCommands()
	i := slices.IndexFunc(commands, func(c eventsCommand) bool { return c.name == f.Arg(0) })
	if i < 0 {
		names := make([]string, len(commands))
		for i, c := range commands {
			names[i] = c.name
		}
		return usageError(s, f.Name(), fmt.Errorf("events does %s", strings.Join(names, ", ")))
	}
	c := commands[i]
	own := flag.NewFlagSet("events "+c.name, flag.ContinueOnError)
	own.SetOutput(io.Discard)
	c.flags(own)
	positional, err := interspersed(own, f.Args()[1:])
	if errors.Is(err, flag.ErrHelp) {
		whole, _ := lookup("events")
		whole.printHelp(s.out)
		return fine
	} else if err != nil {
		return usageError(s, f.Name(), err)
	}
	// What flag calls its arguments are those after the last flag; commands want all that are no flags.
	if err := own.Parse(append([]string{"--"}, positional...)); err != nil {
		return usageError(s, f.Name(), err)
	}
	switch err := c.run(s, own); {
	case errors.Is(err, errUsage):
		return usageError(s, f.Name(), asFlags(errors.New(strings.TrimPrefix(err.Error(), "usage: "))))
	case err != nil:
		status := fine
		for _, e := range split(err) {
			status = failure(s, asFlags(e))
		}
		return status
	}
	return fine
}

// interspersed parses flags before, between and after the other arguments, and returns those.
func interspersed(f *flag.FlagSet, args []string) (positional []string, err error) {
	for len(args) > 0 {
		if err := f.Parse(args); err != nil {
			return nil, err
		}
		rest := f.Args()
		if len(rest) == 0 {
			break
		}
		if n := len(args) - len(rest); n > 0 && args[n-1] == "--" {
			return append(positional, rest...), nil
		}
		positional = append(positional, rest[0])
		args = rest[1:]
	}
	return positional, nil
}

// split is the errors that were joined.
func split(err error) []error {
	var format *event.FormatError
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || errors.As(err, &format) && err == error(format) {
		return []error{err}
	}
	var all []error
	for _, e := range joined.Unwrap() {
		all = append(all, split(e)...)
	}
	return all
}

// asFlags names the flags where the library names its options.
func asFlags(err error) error { return errors.New(optionFlags.Replace(err.Error())) }

var optionFlags = strings.NewReplacer(
	"give Format", "give --to",
	"give Size", "give --size WxH",
	"give FromZero", "give --from-zero",
	"give Order", "give --order such as x,y,p,t",
	"open it with event.Size(width, height)", "give --size WxH",
	"add event.Size(width, height)", "give --size WxH",
)

// wrongUsage is an error about the command line.
func wrongUsage(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errUsage, fmt.Sprintf(format, args...))
}

// written is the error of a print.
func written(_ int, err error) error {
	if err != nil {
		return fmt.Errorf("standard output: %w", reason(err))
	}
	return nil
}

// reading are the flags of every command that opens a source.
func reading(f *flag.FlagSet) {
	f.String("from", "", "`FORMAT` of the input, where its content does not tell")
	f.String("size", "", "`WxH` of the sensor in pixels, where the input does not tell")
	f.Duration("unit", 0, "unit of the times in a text file, 1s or 1ms, where it does not tell")
	f.String("order", "", "`COLUMNS` of a text file or an array, where it does not tell: x,y,p,t; a - is passed over")
	f.Bool("realtime", false, "at the pace of the recording's clock")
}

// readingOptions are the options that those flags ask for.
func readingOptions(f *flag.FlagSet) (opts []event.Option, err error) {
	given := options{f: f}
	given.add("from", func(v string) event.Option { return event.Format(v) })
	given.add("size", func(v string) event.Option {
		var w, h int
		if n, err := fmt.Sscanf(v, "%dx%d\n", &w, &h); n != 2 || err != nil {
			panic("--size: want WIDTHxHEIGHT in pixels")
		}
		return event.Size(w, h)
	})
	given.add("order", func(v string) event.Option { return event.Order(v) })
	if unit := duration(f, "unit"); unit != 0 {
		given.add("unit", func(string) event.Option { return event.TimeUnit(unit) })
	}
	if text(f, "realtime") == "true" {
		given.all = append(given.all, event.Realtime())
	}
	return given.all, given.err
}

// options are those of flags that have a value.
type options struct {
	f   *flag.FlagSet
	all []event.Option
	err error // the first
}

func (o *options) add(name string, option func(v string) event.Option) {
	v := text(o.f, name)
	if v == "" || o.err != nil {
		return
	}
	o.err = allowed(name, v, func() { o.all = append(o.all, option(v)) })
}

// allowed calls what panics with a text when the value of a flag is wrong.
func allowed(name, value string, apply func()) (err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case string:
			_, problem, _ := strings.Cut(p, ": ") // without what it is called in the library
			err = wrongUsage("--%s %s: %s", name, value, problem)
		default:
			panic(p)
		}
	}()
	apply()
	return nil
}

// duration is a flag's value.
func duration(f *flag.FlagSet, name string) time.Duration {
	return f.Lookup(name).Value.(flag.Getter).Get().(time.Duration)
}
