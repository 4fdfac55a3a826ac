package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/livespike/livespike/internal/interrupt"
	"github.com/livespike/livespike/io/event"
	_ "github.com/livespike/livespike/io/udp" // the addresses udp://…
)

func eventsSendCommand() eventsCommand {
	return eventsCommand{
		name:  "send",
		usage: "send [flags] IN udp://HOST:PORT|dv://:PORT",
		doc: `sends the events of a recording or another source, at the pace of the recording's clock: as datagrams, or as a
server to which dv-processing's clients connect. udp://HOST:PORT?layout=spif-untimed&packet=512 is what AEStream
receives; go doc io/udp lists the layouts. SPIF, the default, has 32 bits of microseconds: a recording that begins above
71 minutes, as those with Unix times do, needs --from-zero or ?layout=t64_x16_y16_on8. When nobody listens at the place
and its machine says so, the status is 1.`,
		flags: func(f *flag.FlagSet) {
			f.Bool("fast", false, "as fast as the network takes them, which may lose some")
			fromZero(f)
			reading(f)
			filtering(f)
		},
		run: func(s streams, f *flag.FlagSet) error {
			if f.NArg() != 2 {
				return wrongUsage("send what where?")
			}
			pace := event.Realtime()
			if text(f, "fast") == "true" {
				pace = event.AsFast()
			}
			src, err := open(f, f.Arg(0), pace, event.Block())
			if err != nil {
				return err
			}
			var out []event.Option
			if text(f, "from-zero") == "true" {
				out = append(out, event.FromZero())
			}
			return pass(s, src, f.Arg(0), f.Arg(1), "", limit{}, out...)
		},
	}
}

func eventsRecvCommand() eventsCommand {
	return eventsCommand{
		name:  "recv",
		usage: "recv [flags] udp://:PORT|dv://HOST:PORT|zmq://HOST:PORT [OUT]",
		doc: `receives events until it is interrupted, and writes them to OUT as convert does; without OUT, and for "-", as
CSV to standard output. udp://:PORT?timeout=1s ends when nothing has come for a second. Losses are counted and said.`,
		flags: func(f *flag.FlagSet) {
			f.Int64("count", 0, "stop after `N` events")
			f.Duration("for", 0, "stop after a `TIME`: 10s")
			reading(f)
			filtering(f)
			writing(f)
		},
		run: func(s streams, f *flag.FlagSet) error {
			if f.NArg() < 1 || f.NArg() > 2 {
				return wrongUsage("receive from where?")
			}
			l := limit{count: f.Lookup("count").Value.(flag.Getter).Get().(int64), after: duration(f, "for")}
			if l.count < 0 || l.after < 0 {
				return wrongUsage("--count %d --for %v, want more than 0", l.count, l.after)
			}
			out, err := writingOptions(f)
			if err != nil {
				return err
			}
			src, err := open(f, f.Arg(0), event.Block())
			if err != nil {
				return err
			}
			return pass(s, src, f.Arg(0), f.Arg(1), text(f, "to"), l, out...)
		},
	}
}

// create opens a sink; without a place, or with "-", it is standard output, in CSV unless a format is given.
func create(s streams, place, format string, opts []event.Option) (*event.Writer, error) {
	if place != "" && place != "-" {
		return event.Create(place, opts...)
	}
	if format == "" {
		format = "csv"
	}
	return event.NewWriter(s.out, format, opts...)
}

// limit is when to stop; zero is never.
type limit struct {
	count int64
	after time.Duration
	whole bool // an interrupt is a failure, not an end
}

// pass writes what the source, which is called from, has to a recording or another sink, until its end, a limit, or an interrupt, which end the
// recording well, unless the limit wants it whole.
func pass(s streams, src *event.Stream, from, place, format string, l limit, opts ...event.Option) error {
	if info := src.Info(); info.Width > 0 {
		opts = append(opts, event.Size(info.Width, info.Height))
	}
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(interrupts)
	out, err := create(s, place, format, opts)
	if err != nil {
		return errors.Join(err, src.Close())
	}
	reading, end := context.WithCancel(context.Background())
	defer end()
	var interrupted atomic.Bool
	go func() {
		defer end()
		var timer <-chan time.Time
		if l.after > 0 {
			timer = time.After(l.after)
		}
		select {
		case <-interrupts:
			interrupted.Store(true)
			signal.Stop(interrupts) // a second one ends a sink that waits for a client
		case <-timer:
		case <-reading.Done():
		}
	}()
	stop := progress(s.err, src, "")
	defer stop()
	for l.count == 0 || out.Count() < l.count {
		restore := interrupt.Set(reading) // not for the writer, which would give up
		events, err := src.Next()
		restore()
		if err != nil {
			break
		}
		if l.count > 0 {
			events = events[:min(int64(len(events)), l.count-out.Count())]
		}
		if err := out.Write(events); err != nil {
			return errors.Join(out.Close(), src.Close())
		}
	}
	stop()
	if place == "" {
		place = "-"
	}
	if l.whole && interrupted.Load() {
		return errors.Join(notWritten(place), out.Discard(), src.Close())
	}
	broken := src.Err()
	err = errors.Join(broken, out.Close(), src.Close())
	if lost := out.Stats().LostPackets; lost > 0 {
		err = errors.Join(err, fmt.Errorf("%s: nobody listens there: at least %d datagrams were refused", place, lost))
	}
	_, _ = fmt.Fprintln(s.err, report(src, from, out.Count(), place)) // beside the events, which may be on standard output
	return err
}
