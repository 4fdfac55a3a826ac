package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/livespike/livespike/io/event"
)

var _ = register(command{
	name:    "events",
	usage:   "events info [--json] FILE…",
	summary: "what is in recordings of events",
	help: `events info reads each recording to its end and prints its format, size, counts and digest; with --json as one JSON object
a line: format width height count t_first t_last sum_x sum_y sum_p sum_t_mod_2_64 time_backsteps dropped sha256_txyp.
A recording that breaks off is described as far as it goes, with an error and status 1.`,
	flags: func(f *flag.FlagSet) {
		f.Bool("json", false, "print one JSON object per file")
	},
	run: runEvents,
})

func runEvents(s streams, f *flag.FlagSet) int {
	if f.Arg(0) != "info" {
		return usageError(s, f.Name(), errors.New("events does info"))
	}
	rest := flag.NewFlagSet("events info", flag.ContinueOnError)
	rest.SetOutput(io.Discard)
	asJSON := rest.Bool("json", text(f, "json") == "true", "")
	if err := rest.Parse(f.Args()[1:]); errors.Is(err, flag.ErrHelp) {
		c, _ := lookup("events")
		c.printHelp(s.out)
		return fine
	} else if err != nil {
		return usageError(s, f.Name(), err)
	}
	files := rest.Args()
	if len(files) == 0 {
		return usageError(s, f.Name(), errors.New("info on which file?"))
	}
	status := fine
	for _, file := range files {
		if err := eventsInfo(s, file, *asJSON, len(files) > 1); err != nil {
			status = failure(s, err)
		}
	}
	return status
}

// eventsInfo describes one recording, as far as it can be read.
func eventsInfo(s streams, file string, asJSON, name bool) error {
	src, err := event.Open(file)
	if err != nil {
		return err
	}
	summary, err := event.Digest(src)
	if closed := src.Close(); err == nil {
		err = closed
	}
	if asJSON {
		line, encodeErr := json.Marshal(summary)
		if encodeErr != nil {
			return encodeErr
		}
		return errors.Join(written(fmt.Fprintf(s.out, "%s\n", line)), err)
	}
	if name {
		return errors.Join(written(fmt.Fprintf(s.out, "%s: %v\n", file, summary)), err)
	}
	return errors.Join(written(fmt.Fprintln(s.out, summary)), err)
}

// written is the error of a print.
func written(_ int, err error) error {
	if err != nil {
		return fmt.Errorf("standard output: %w", reason(err))
	}
	return nil
}
