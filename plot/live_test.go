package plot

import (
	"bytes"
	"context"
	"fmt"
	"image/color"
	"image/png"
	"sync"
	"testing"

	"github.com/livespike/livespike/internal/interrupt"
	"github.com/livespike/livespike/plot/display"
	"github.com/livespike/livespike/snn/tensor"
)

// screen is a host that keeps what it was given.
type screen struct {
	mu       sync.Mutex
	pictures [][]byte
	ids      map[string]int
	block    chan struct{} // if not nil, drawing waits for it
}

func (s *screen) Display(b display.Bundle, id string) error { return s.Update(b, id) }

func (s *screen) Update(b display.Bundle, id string) error {
	if s.block != nil {
		<-s.block
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pictures = append(s.pictures, b.PNG())
	if s.ids == nil {
		s.ids = map[string]int{}
	}
	s.ids[id]++
	return nil
}
func (s *screen) Clear(bool) error                   { return nil }
func (s *screen) Input(string, bool) (string, error) { return "", nil }

// Whatever was passed over, the last image is on the screen after Stop, in the one place of the view.
func TestLive(t *testing.T) {
	host := &screen{}
	defer display.SetSink(host)()
	view := Live().Rate(60)
	frame := tensor.Zeros(4, 4)
	const frames = 1000
	for i := range frames {
		frame.FillInPlace(0)
		frame.Data()[i%16] = 1 // the same tensor again: Show has copied it
		view.Show(frame)
	}
	frame.FillInPlace(1)
	view.Stop()
	view.Stop()
	view.Show(frame)
	if view.drawn+view.skipped != frames || view.drawn < 1 {
		t.Errorf("%v of %d", view, frames)
	}
	if len(host.ids) != 1 {
		t.Errorf("%d displays", len(host.ids))
	}
	img, err := png.Decode(bytes.NewReader(host.pictures[len(host.pictures)-1]))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 16 {
		got := color.RGBAModel.Convert(img.At(90*(i%4)+45, 90*(i/4)+45)).(color.RGBA)
		want := viridis.at(0)
		if i == (frames-1)%16 {
			want = viridis.at(1)
		}
		if distance(got, want) > 5 {
			t.Errorf("cell %d is %v, want %v", i, got, want)
		}
	}
}

// A screen that takes for ever does not hold the loop up: all images are accepted while the first is being drawn.
func TestLiveNeverWaits(t *testing.T) {
	host := &screen{block: make(chan struct{})}
	defer display.SetSink(host)()
	view := Live()
	for i := range 100 {
		view.Show(tensor.Full(float64(i), 2, 2))
	}
	close(host.block)
	view.Stop()
	if len(host.pictures) > 3 {
		t.Errorf("%d pictures: the latest should win", len(host.pictures))
	}
}

func TestLiveUnchanged(t *testing.T) {
	host := &screen{}
	defer display.SetSink(host)()
	view := Live()
	canvas := &liveCanvas{values: count(nil)}
	view.Stop() // the goroutine is gone: draw by hand
	for _, v := range []float64{0, 0, 1, 1} {
		view.next, view.waiting = tensor.Eye(2).Mul(v), true
		view.draw(canvas)
	}
	if len(host.pictures) != 2 || view.drawn != 4 {
		t.Errorf("%d pictures of %v", len(host.pictures), view)
	}
}

// The end of the cell ends the view, with its last image drawn.
func TestLiveInterrupt(t *testing.T) {
	host := &screen{}
	defer display.SetSink(host)()
	ctx, cancel := context.WithCancel(context.Background())
	restore := interrupt.Set(ctx)
	view := Live()
	restore()
	view.Show(tensor.Ones(1, 3, 3))
	cancel()
	<-view.done
	if len(host.pictures) != 1 {
		t.Errorf("%d pictures", len(host.pictures))
	}
}

// In a loop nothing is allocated for the images that are passed over.
func TestLiveAllocations(t *testing.T) {
	host := &screen{block: make(chan struct{})}
	defer display.SetSink(host)()
	view := Live()
	frame := tensor.Ones(48, 64)
	view.Show(frame)
	host.block <- struct{}{} // the first image is drawn, and the goroutine pauses or waits to draw the next
	view.Show(frame)
	if n := testing.AllocsPerRun(100, func() { view.Show(frame) }); n >= 1 {
		t.Errorf("%v allocations", n)
	}
	close(host.block)
	view.Stop()
}

func TestLivePanics(t *testing.T) {
	for want, f := range map[string]func(){
		"plot: LiveView.Show: tensor of shape (3,), expected (height, width)": func() { (&LiveView{}).Show(tensor.Ones(3)) },
		"plot: 61 images in a second":                                         func() { (&LiveView{}).Rate(61) },
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); got != want {
					t.Errorf("panic %q, want %q", got, want)
				}
			}()
			f()
		}()
	}
}

// What a view costs the loop that it watches: a copy of 640 x 480 numbers for every Show, whose time is the figure "bare",
// and the drawing of 30 or 60 of them a second by another goroutine.
func BenchmarkLive(b *testing.B) {
	defer display.SetSink(&screen{})()
	frame, held := tensor.Rand(480, 640), tensor.Zeros(480, 640)
	b.Run("bare", func(b *testing.B) {
		for b.Loop() {
			copy(held.Data(), frame.Data())
		}
	})
	for _, rate := range []float64{30, 60} {
		b.Run(fmt.Sprintf("%v", rate), func(b *testing.B) {
			view := Live().Rate(rate)
			for b.Loop() {
				view.Show(frame)
				frame.Data()[0]++
			}
			view.Stop()
		})
	}
}
