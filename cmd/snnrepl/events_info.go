package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"

	"github.com/livespike/livespike/io/event"
)

func eventsInfoCommand() eventsCommand {
	return eventsCommand{
		name:  "info",
		usage: "info [--json] FILE…",
		doc: `reads each recording to its end and prints its format, size, counts and digest; with --json as one JSON object
a line: format width height count t_first t_last sum_x sum_y sum_p sum_t_mod_2_64 time_backsteps dropped skipped errors
sha256_txyp; skipped are records that are no events, errors what the format does not allow.
A recording that breaks off is described as far as it goes, with an error and status 1.`,
		flags: func(f *flag.FlagSet) {
			f.Bool("json", false, "print one JSON object per file")
			reading(f)
		},
		run: runEventsInfo,
	}
}

func runEventsInfo(s streams, f *flag.FlagSet) error {
	files := f.Args()
	if len(files) == 0 {
		return wrongUsage("info on which file?")
	}
	opts, err := readingOptions(f)
	if err != nil {
		return err
	}
	var all error
	for _, file := range files {
		all = errors.Join(all, eventsInfo(s, file, opts, text(f, "json") == "true", len(files) > 1))
	}
	return all
}

// eventsInfo describes one recording, as far as it can be read.
func eventsInfo(s streams, file string, opts []event.Option, asJSON, name bool) error {
	src, err := event.Open(file, opts...)
	if err != nil {
		return err
	}
	stop := progress(s.err, src, file)
	summary, err := event.Digest(src)
	stop()
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
