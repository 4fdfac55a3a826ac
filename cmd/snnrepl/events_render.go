package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"image/png"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/livespike/livespike/internal/interrupt"
	"github.com/livespike/livespike/io/event"
	"github.com/livespike/livespike/snn/tensor"
)

func eventsRenderCommand() eventsCommand {
	return eventsCommand{
		name:  "render",
		usage: "render [flags] IN OUT.gif|OUT_%04d.png",
		doc: `draws a recording as a film: a GIF that repeats, or PNG files whose numbers take the place of %04d. Brighter events
are red, darker ones blue. Without flags it plays at the recording's pace; --step 1ms with --fps 25 is slowed down 40
times. A film appears when it is complete: never when the command is interrupted, but that ends a live source well.`,
		flags: func(f *flag.FlagSet) {
			f.Float64("fps", 25, "images a second of the film, up to 50")
			f.Duration("step", 0, "`TIME` of events in one image; as long as it is shown without it")
			f.Int("frames", 0, "stop after `N` images")
			f.Int("scale", 1, "draw a pixel as a square of `N`")
			picturing(f)
			reading(f)
			filtering(f)
		},
		run: runEventsRender,
	}
}

func runEventsRender(s streams, f *flag.FlagSet) error {
	if f.NArg() != 2 {
		return wrongUsage("render which recording to which film?")
	}
	number := func(name string) int { return f.Lookup(name).Value.(flag.Getter).Get().(int) }
	fps, frames, scale := f.Lookup("fps").Value.(flag.Getter).Get().(float64), number("frames"), number("scale")
	if !(fps > 0 && fps <= 50) {
		return wrongUsage("--fps %v, want more than 0 and at most 50", fps)
	}
	if scale < 1 || scale > 64 {
		return wrongUsage("--scale %d, want 1 to 64", scale)
	}
	step := duration(f, "step")
	if step == 0 {
		step = time.Duration(float64(time.Second) / fps)
	}
	if step < time.Microsecond {
		return wrongUsage("--step %v, want at least 1µs", step)
	}
	place := f.Arg(1)
	src, err := open(f, f.Arg(0), event.TwoChannel())
	if err != nil {
		return err
	}
	defer src.Close() // what broke it off is in Err
	if err := fading(f, src); err != nil {
		return err
	}
	info := src.Info()
	if info.Width == 0 {
		return wrongUsage("%s does not say its size; add --size WxH", f.Arg(0))
	}
	ctx, done := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer done()
	defer interrupt.Set(ctx)()
	film, err := createFilm(place, fps)
	if err != nil {
		return err
	}
	stop := progress(s.err, src, f.Arg(0))
	defer stop()
	frame, p, n := tensor.Zeros(src.FrameShape()...), picture{}, 0
	for ; ctx.Err() == nil && (frames == 0 || n < frames) && src.FrameInto(frame, step); n++ {
		p.set(frame.Data(), info.Width, info.Height)
		if err := film.add(&p, scale, n); err != nil {
			return errors.Join(err, film.close(true))
		}
	}
	stop()
	if ctx.Err() != nil && !endless(src, f.Arg(0)) {
		err := notWritten(place)
		if _, several := film.(pngFilm); several {
			err = fmt.Errorf("interrupted; %s are only the first %d images", place, n)
		}
		return errors.Join(err, film.close(true))
	}
	broken := src.Err()
	if n == 0 {
		return errors.Join(broken, film.close(true), fmt.Errorf("%s: no events to draw", f.Arg(0)))
	}
	if err := film.close(false); err != nil {
		return errors.Join(broken, err)
	}
	return errors.Join(written(fmt.Fprintf(s.out, "%s: %v; %d images of %dx%d, %v each, written to %s\n",
		f.Arg(0), src.Stats(), n, info.Width*scale, info.Height*scale, step, place)), broken)
}

// film is a file or a sequence of files. A failed one leaves nothing but whole files.
type film interface {
	add(p *picture, scale, n int) error
	close(failed bool) error
}

func createFilm(place string, fps float64) (film, error) {
	switch strings.ToLower(filepath.Ext(place)) {
	case ".png":
		one, two := fmt.Sprintf(place, 1), fmt.Sprintf(place, 2)
		if one == two || strings.Contains(one, "%!") {
			return nil, wrongUsage("%s has no place for the number, such as %s", place, strings.TrimSuffix(place, filepath.Ext(place))+"_%04d.png")
		}
		return pngFilm(place), nil
	case ".gif":
		file, err := os.CreateTemp(filepath.Dir(place), "."+filepath.Base(place)+".*.tmp")
		if err != nil {
			return nil, err
		}
		return &gifFilm{file: file, place: place, out: gifWriter{w: bufio.NewWriterSize(file, 1<<16), delay: int(100/fps + 0.5)}}, nil
	}
	return nil, wrongUsage("%s: films are .gif or .png", place)
}

// pngFilm is a pattern of names.
type pngFilm string

func (f pngFilm) add(p *picture, scale, n int) error {
	place := fmt.Sprintf(string(f), n)
	return replace(place, func(w io.Writer) error { return png.Encode(w, p.image(scale)) })
}

func (pngFilm) close(bool) error { return nil }

// replace writes a file beside its place and gives it its name.
func replace(place string, write func(io.Writer) error) error {
	file, err := os.CreateTemp(filepath.Dir(place), "."+filepath.Base(place)+".*.tmp")
	if err != nil {
		return err
	}
	err = errors.Join(write(file), file.Chmod(0o644), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), place)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}

// gifFilm is a file that gets its name when it is complete.
type gifFilm struct {
	file  *os.File
	place string
	out   gifWriter
}

func (f *gifFilm) add(p *picture, scale, _ int) error { return f.out.add(p.image(scale)) }

func (f *gifFilm) close(failed bool) error {
	var err error
	if !failed {
		err = f.out.finish()
	}
	err = errors.Join(err, f.file.Chmod(0o644), f.file.Close())
	if !failed && err == nil {
		err = os.Rename(f.file.Name(), f.place)
	}
	if failed || err != nil {
		err = errors.Join(err, os.Remove(f.file.Name()))
	}
	return err
}
