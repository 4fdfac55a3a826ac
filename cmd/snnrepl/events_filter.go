package main

import (
	"errors"
	"flag"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/livespike/livespike/io/event"
)

func eventsFilterCommand() eventsCommand {
	return eventsCommand{
		name:  "filter",
		usage: "filter [flags] [IN [OUT]]",
		doc: `is convert for pipes: without names it reads standard input and writes standard output. Filters act in the order
window mask undistort remap crop hot-pixels denoise refractory polarity thin max-rate flip transpose rotate downsample;
several commands behind each other act in any.`,
		flags: func(f *flag.FlagSet) {
			reading(f)
			filtering(f)
			writing(f)
		},
		run: func(s streams, f *flag.FlagSet) error {
			if f.NArg() > 2 {
				return wrongUsage("filter which file to which?")
			}
			in, place := "-", "-"
			if f.NArg() > 0 {
				in = f.Arg(0)
			}
			if f.NArg() > 1 {
				place = f.Arg(1)
			}
			out, err := writingOptions(f)
			if err != nil {
				return err
			}
			src, err := open(f, in)
			if err != nil {
				return err
			}
			return pass(s, src, in, place, text(f, "to"), limit{whole: !endless(src, in)}, out...)
		},
	}
}

// filters are the flags that change a stream, in the order in which they act.
var filters = []struct {
	name, doc string
	apply     func(s *event.Stream, v string) error
}{
	{"window", "`FROM,TO` from the first event: 0s,2.5s", func(s *event.Stream, v string) error {
		from, to, _ := strings.Cut(v, ",")
		a, errA := time.ParseDuration(from)
		b, errB := time.ParseDuration(to)
		if errA != nil || errB != nil {
			return wrongUsage("--window %s, want two times such as 0s,2.5s", v)
		}
		s.Window(a, b)
		return nil
	}},
	{"mask", "keep the pixels that are not black in `FILE`.png, or not 0 in FILE.npy", func(s *event.Stream, v string) error {
		m, err := loadMask(v)
		if err == nil {
			s.Mask(m)
		}
		return err
	}},
	{"undistort", "the `LENS`, as OpenCV calibrates it: fx,fy,cx,cy,k1,k2,p1,p2,k3, or a file of these numbers", func(s *event.Stream, v string) error {
		n, err := loadLens(v)
		if err == nil {
			s.Undistort(n[0], n[1], n[2], n[3], n[4:]...)
		}
		return err
	}},
	{"remap", "move each pixel to where `FILE`.npy, of shape (height, width, 2), has its x and y", func(s *event.Stream, v string) error {
		to, err := event.LoadArray(v)
		if err == nil {
			s.Remap(to)
		}
		return err
	}},
	{"crop", "`X,Y,W,H` in pixels; its corner becomes (0, 0)", func(s *event.Stream, v string) error {
		var x, y, w, h int
		if n, err := fmt.Sscanf(v, "%d,%d,%d,%d\n", &x, &y, &w, &h); n != 4 || err != nil {
			return wrongUsage("--crop %s, want X,Y,W,H", v)
		}
		s.Crop(x, y, w, h)
		return nil
	}},
	{"hot-pixels", "silence pixels of more than `N` events a second", number(func(s *event.Stream, v float64) { s.HotPixels(v) })},
	{"denoise", "keep events with a neighbour within a `TIME`: 5ms", length((*event.Stream).Denoise)},
	{"refractory", "silence a pixel for a `TIME` after an event", length((*event.Stream).Refractory)},
	{"polarity", "keep only `on or off`", func(s *event.Stream, v string) error {
		on, ok := map[string]int{"on": 1, "1": 1, "off": 0, "0": 0}[v]
		if !ok {
			return wrongUsage("--polarity %s, want on or off", v)
		}
		s.Polarity(on)
		return nil
	}},
	{"thin", "keep one of `N` events", whole(func(s *event.Stream, v int) { s.Thin(v) })},
	{"max-rate", "pass `N` events a second at most", number(func(s *event.Stream, v float64) { s.MaxRate(v) })},
	{"flip", "`x, y or xy`", func(s *event.Stream, v string) error {
		if strings.Trim(v, "xy") != "" {
			return wrongUsage("--flip %s, want x, y or xy", v)
		}
		if strings.Contains(v, "x") {
			s.FlipX()
		}
		if strings.Contains(v, "y") {
			s.FlipY()
		}
		return nil
	}},
	{"transpose", "exchange columns and rows", func(s *event.Stream, _ string) error { s.Transpose(); return nil }},
	{"rotate", "clockwise by `N` quarters", whole(func(s *event.Stream, v int) { s.Rotate(v) })},
	{"downsample", "join squares of `N` by N pixels", whole(func(s *event.Stream, v int) { s.Downsample(v) })},
}

func number(apply func(*event.Stream, float64)) func(*event.Stream, string) error {
	return func(s *event.Stream, v string) error {
		n, err := strconv.ParseFloat(v, 64)
		if err != nil {
			return wrongUsage("%s is no number", v)
		}
		apply(s, n)
		return nil
	}
}

func whole(apply func(*event.Stream, int)) func(*event.Stream, string) error {
	return func(s *event.Stream, v string) error {
		n, err := strconv.Atoi(v)
		if err != nil {
			return wrongUsage("%s is no whole number", v)
		}
		apply(s, n)
		return nil
	}
}

func length(apply func(*event.Stream, time.Duration) *event.Stream) func(*event.Stream, string) error {
	return func(s *event.Stream, v string) error {
		d, err := time.ParseDuration(v)
		if err != nil {
			return wrongUsage("%s is no time such as 5ms", v)
		}
		apply(s, d)
		return nil
	}
}

// filtering are the flags of every command that can change the events.
func filtering(f *flag.FlagSet) {
	for _, c := range filters {
		if c.name == "transpose" {
			f.Bool(c.name, false, c.doc)
			continue
		}
		f.String(c.name, "", c.doc)
	}
}

// open opens the source with the flags of reading and filtering.
func open(f *flag.FlagSet, uri string, more ...event.Option) (*event.Stream, error) {
	opts, err := readingOptions(f)
	if err != nil {
		return nil, err
	}
	s, err := event.Open(uri, append(opts, more...)...)
	if err != nil {
		return nil, err
	}
	for _, c := range filters {
		if v := f.Lookup(c.name); v.Value.String() != v.DefValue {
			var failed error
			err := allowed(c.name, v.Value.String(), func() { failed = c.apply(s, v.Value.String()) })
			if err = errors.Join(err, failed); err != nil {
				return nil, errors.Join(err, s.Close())
			}
		}
	}
	return s, nil
}
