package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/livespike/livespike/internal/interrupt"
	"github.com/livespike/livespike/io/event"
)

func eventsConvertCommand() eventsCommand {
	return eventsCommand{
		name:  "convert",
		usage: "convert [flags] IN OUT",
		doc: `writes the events of IN, a recording or any other source, as OUT, whose extension says the format: .aedat4 .dat
.raw (EVT3) .es .csv .npy .npz, each also with .gz or .zst. Events are written exactly as they are stored, or refused.
OUT appears when it is complete, and never when the command is interrupted, but that ends a live source or standard
input well; "-" is standard input or output, in CSV without --to. The filters are those of "filter".`,
		flags: func(f *flag.FlagSet) {
			reading(f)
			filtering(f)
			writing(f)
		},
		run: runEventsConvert,
	}
}

// writing are the flags of every command that makes a recording.
func writing(f *flag.FlagSet) {
	f.String("to", "", "`FORMAT` of the output, where its extension does not say it")
	f.String("compression", "", "`CODEC` of AEDAT 4: NONE, LZ4, LZ4_HIGH, ZSTD, ZSTD_HIGH, LZ4 without it; of .npz: NONE")
	fromZero(f)
}

func fromZero(f *flag.FlagSet) {
	f.Bool("from-zero", false, "count times from the first event, for formats with short clocks")
}

// writingOptions are the options that those flags ask for.
func writingOptions(f *flag.FlagSet) ([]event.Option, error) {
	given := options{f: f}
	given.add("to", func(v string) event.Option { return event.Format(v) })
	given.add("compression", func(v string) event.Option { return event.Compression(strings.ToUpper(v)) })
	if text(f, "from-zero") == "true" {
		given.all = append(given.all, event.FromZero())
	}
	return given.all, given.err
}

func runEventsConvert(s streams, f *flag.FlagSet) error {
	if f.NArg() != 2 {
		return wrongUsage("convert which file to which?")
	}
	out, err := writingOptions(f)
	if err != nil {
		return err
	}
	src, err := open(f, f.Arg(0))
	if err != nil {
		return err
	}
	if endless := endless(src, f.Arg(0)); endless || f.Arg(1) == "-" {
		return pass(s, src, f.Arg(0), f.Arg(1), text(f, "to"), limit{whole: !endless}, out...)
	}
	ctx, done := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer done()
	defer interrupt.Set(ctx)()
	stop := progress(s.err, src, f.Arg(0))
	err = src.Save(f.Arg(1), out...)
	stop()
	if ctx.Err() != nil {
		return errors.Join(notWritten(f.Arg(1)), src.Close())
	}
	if err == nil || errors.Is(err, event.ErrTruncated) {
		err = errors.Join(written(fmt.Fprintln(s.out, report(src, f.Arg(0), src.Stats().Events, f.Arg(1)))), err)
	}
	return errors.Join(err, src.Close())
}

// report is what was read and how many events came of it.
func report(src *event.Stream, from string, n int64, place string) string {
	return fmt.Sprintf("%s: %v; %d events written to %s", from, src.Stats(), n, place)
}

// endless is whether a source has no end of its own, so that an interrupt is how a recording of it ends. What comes by a
// pipe may be such a source.
func endless(src *event.Stream, uri string) bool { return uri == "-" || src.Info().Live }

// notWritten is the error of a recording that an interrupt left incomplete.
func notWritten(place string) error { return fmt.Errorf("interrupted; %s was not written", place) }
