package main

import (
	"flag"
	"image"
	"image/color"
	"time"

	"github.com/livespike/livespike/io/event"
)

// picture is an image of events: a byte a pixel, the level of brighter events in its upper four bits and that of darker
// ones in its lower.
type picture struct {
	w, h  int
	level []byte
}

// eventPalette is red for brighter and blue for darker events, black for none. The page for
// browsers has the same colours.
var eventPalette = func() color.Palette {
	p := make(color.Palette, 256)
	for i := range p {
		on, off := i>>4*17, i&15*17
		p[i] = color.RGBA{uint8(min(255, on+off/4)), uint8(on/5 + off/2), uint8(min(255, on/6+off)), 255}
	}
	return p
}()

// picturing are the flags of every command that draws.
func picturing(f *flag.FlagSet) {
	f.Duration("decay", 0, "let events fade with a time constant of `TIME` instead of counting them: 50ms")
}

// fading applies those flags.
func fading(f *flag.FlagSet, src *event.Stream) error {
	switch tau := duration(f, "decay"); {
	case tau == 0:
	case tau < time.Microsecond:
		return wrongUsage("--decay %v, want a time such as 50ms", tau)
	default:
		src.Decay(tau)
	}
	return nil
}

// set takes a frame of two channels, darker events first.
func (p *picture) set(frame []float32, w, h int) {
	if p.w != w || p.h != h {
		p.w, p.h, p.level = w, h, make([]byte, w*h)
	}
	for i := range p.level {
		p.level[i] = level(frame[w*h+i])<<4 | level(frame[i])
	}
}

// level shows one event well and many better: 0 to 15.
func level(events float32) byte {
	switch {
	case events <= 1.0/32:
		return 0
	case events < 1: // fading
		return byte(1 + 8*events)
	}
	return byte(min(15, 8+2*events))
}

// image is the picture in its colours, each pixel drawn as a square of scale pixels.
func (p *picture) image(scale int) *image.Paletted {
	img := image.NewPaletted(image.Rect(0, 0, p.w*scale, p.h*scale), eventPalette)
	for y := range p.h {
		row := img.Pix[y*scale*img.Stride:][:img.Stride]
		for x, v := range p.level[y*p.w : (y+1)*p.w] {
			for k := range scale {
				row[x*scale+k] = v
			}
		}
		for k := 1; k < scale; k++ {
			copy(img.Pix[(y*scale+k)*img.Stride:], row)
		}
	}
	return img
}
