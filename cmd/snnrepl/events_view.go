package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"image"
	"os"
	"os/signal"
	"time"

	"golang.org/x/term"

	"github.com/livespike/livespike/io/event"
	draw "github.com/livespike/livespike/plot/term"
)

func eventsViewCommand() eventsCommand {
	return eventsCommand{
		name:  "view",
		usage: "view [flags] SOURCE",
		doc: `shows a source live as a page for the browser, whose address it prints, or in the terminal, as graphics where it
can draw them and as half blocks elsewhere: brighter events red, darker ones blue. Recordings play at their own pace.
Beside the image are the rate, how full the buffer is, and what was lost.`,
		flags: func(f *flag.FlagSet) {
			f.Bool("terminal", false, "in the terminal")
			f.String("listen", "127.0.0.1:0", "`ADDRESS` of the page; port 0 is a free one")
			picturing(f)
			f.Int("fps", 20, "images a second")
			f.Int("frames", 0, "stop after `N` images")
			f.Int("columns", 0, "`WIDTH` in characters; the terminal's without it")
			reading(f)
			filtering(f)
		},
		run: runEventsView,
	}
}

func runEventsView(s streams, f *flag.FlagSet) error {
	if f.NArg() != 1 {
		return wrongUsage("view what?")
	}
	number := func(name string) int { return f.Lookup(name).Value.(flag.Getter).Get().(int) }
	fps, frames, columns := number("fps"), number("frames"), number("columns")
	if fps < 1 || fps > 1000 {
		return wrongUsage("--fps %d, want 1 to 1000", fps)
	}
	src, err := open(f, f.Arg(0), event.Realtime(), event.TwoChannel())
	if err != nil {
		return err
	}
	if src.Info().Width == 0 {
		return errors.Join(wrongUsage("%s does not say its size; add --size WxH", f.Arg(0)), src.Close())
	}
	if err := fading(f, src); err != nil {
		return errors.Join(err, src.Close())
	}
	if text(f, "terminal") != "true" {
		return servePage(s, src, f.Arg(0), text(f, "listen"), fps, frames)
	}
	v := viewer{out: bufio.NewWriterSize(s.out, 1<<16), protocol: draw.Blocks256}
	if out, ok := s.out.(*os.File); ok {
		v.terminal = term.IsTerminal(int(out.Fd()))
		if p := draw.Detect(out); p != draw.None {
			v.protocol = p
		}
		if w, _, err := term.GetSize(int(out.Fd())); err == nil && columns == 0 {
			columns = w
		}
	}
	if columns < 1 {
		columns = 80
	}
	v.columns = columns
	if v.protocol >= draw.Blocks {
		// A character shows one pixel across and two down; whole pixels joined lose no event.
		info := src.Info()
		_, rows, err := term.GetSize(int(os.Stdout.Fd()))
		if err != nil || rows < 3 {
			rows = 1 << 15
		}
		src.Downsample(max(1, (info.Width+columns-1)/columns, (info.Height+2*rows-5)/(2*rows-4)))
		v.columns = min(columns, src.Info().Width)
	}
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	tick := time.NewTicker(time.Second / time.Duration(fps))
	defer tick.Stop()
	for n := 0; frames == 0 || n < frames; n++ {
		select {
		case <-tick.C:
		case <-interrupts:
			return errors.Join(v.out.Flush(), src.Close())
		}
		if over, err := v.show(src); err != nil || over {
			return errors.Join(err, src.Err(), src.Close())
		}
	}
	return src.Close()
}

// viewer draws one image over the other.
type viewer struct {
	out      *bufio.Writer
	terminal bool
	protocol draw.Protocol
	columns  int
	picture  picture
	before   int64
	at       time.Time
	begun    bool
}

// show draws what came since the last image; over is whether a source that has begun ended.
func (v *viewer) show(src *event.Stream) (over bool, err error) {
	frame := src.Read()
	v.picture.set(frame.Data(), frame.Shape()[2], frame.Shape()[1])
	img := image.NewRGBA(image.Rect(0, 0, v.picture.w, v.picture.h))
	for i, p := range v.picture.level {
		img.Set(i%v.picture.w, i/v.picture.w, eventPalette[p])
	}
	if v.terminal {
		clearing := "\x1b[H"
		if !v.begun {
			clearing = "\x1b[2J\x1b[H"
		}
		if _, err := v.out.WriteString(clearing); err != nil {
			return false, err
		}
	}
	v.begun = true
	if err := draw.Write(v.out, img, v.protocol, v.columns); err != nil {
		return false, err
	}
	stats, now := src.Stats(), time.Now()
	rate := 0.0
	if !v.at.IsZero() {
		rate = float64(stats.Events-v.before) / now.Sub(v.at).Seconds()
	}
	v.before, v.at = stats.Events, now
	if _, err := fmt.Fprintf(v.out, "%.3g Mev/s, %v\x1b[K\n", rate/1e6, stats); err != nil {
		return false, err
	}
	return src.Over(), v.out.Flush()
}
