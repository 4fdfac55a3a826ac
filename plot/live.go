package plot

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"sync"
	"time"

	"github.com/livespike/livespike/internal/interrupt"
	"github.com/livespike/livespike/plot/display"
	"github.com/livespike/livespike/plot/widget"
	"github.com/livespike/livespike/snn/tensor"
)

// LiveView is a picture that is replaced while a loop runs. The loop never waits for it: Show leaves the latest image
// in a place for one, and a goroutine draws what it finds there.
type LiveView struct {
	stop   context.CancelFunc
	done   chan struct{}
	signal chan struct{} // of size one: there is something to draw

	mu      sync.Mutex
	next    *tensor.Tensor // a copy of the latest image
	waiting bool           // it has not been drawn
	period  time.Duration
	drawn   int
	skipped int
	served  *broadcast     // for browsers; nil without Serve
	pause   *widget.Toggle // nil without Buttons
	end     *widget.Button
}

// Live opens a live view:
//
//	view := plot.Live()
//	for frame := range camera.Frames(time.Millisecond) {
//		view.Show(frame)
//	}
//	view.Stop()
//
// At most 30 images are drawn in a second, which Rate changes; of more the latest wins, and String says how many were
// passed over. An image equal to the one before is not drawn again. The colours are those of Image, with a scale that
// grows with the values seen. The view stops with Stop, which draws the last image, and when its cell ends or is
// interrupted.
func Live() *LiveView {
	ctx, stop := context.WithCancel(interrupt.Context())
	v := &LiveView{
		stop: stop, done: make(chan struct{}), signal: make(chan struct{}, 1), period: time.Second / 30,
	}
	go v.run(ctx)
	return v
}

// Rate sets how many images are drawn in a second at most and returns the view. It panics unless it is above 0 and at
// most 60: notebook servers drop what is more.
func (v *LiveView) Rate(perSecond float64) *LiveView {
	if !(perSecond > 0 && perSecond <= 60) {
		panic(fmt.Sprintf("plot: %v images in a second", perSecond))
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.period = time.Duration(float64(time.Second) / perSecond)
	return v
}

// Show makes a (height, width) tensor, with axes of length one in front or not, the image to draw next. It copies the
// values and returns. After Stop it does nothing. It panics for other shapes.
func (v *LiveView) Show(frame *tensor.Tensor) {
	given("plot: LiveView.Show", "the tensor", frame)
	shape := frame.Shape()
	for len(shape) > 2 && shape[0] == 1 {
		shape = shape[1:]
	}
	if len(shape) != 2 || frame.Numel() == 0 {
		panic(fmt.Sprintf("plot: LiveView.Show: tensor of shape %s, expected (height, width)", shapeText(frame.Shape())))
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.ended() {
		return
	}
	if v.waiting {
		v.skipped++
	}
	if v.next == nil || v.next.Shape()[0] != shape[0] || v.next.Shape()[1] != shape[1] {
		v.next = tensor.Zeros(shape...)
	}
	copy(v.next.Data(), frame.Data())
	v.waiting = true
	select {
	case v.signal <- struct{}{}:
	default: // it is already set
	}
}

// Stop draws the last image, if it has not been, and ends the view. Stopping again does nothing.
func (v *LiveView) Stop() {
	v.stop()
	<-v.done
}

// String says how many images were drawn and passed over.
func (v *LiveView) String() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return fmt.Sprintf("LiveView: %d images drawn, %d passed over", v.drawn, v.skipped)
}

// run draws until the view is stopped, and then once more. Images follow a beat: one that comes late, by up to half of the
// period, does not make the next one late, too.
func (v *LiveView) run(ctx context.Context) {
	defer close(v.done)
	canvas := &liveCanvas{values: count(nil)}
	var due time.Time // when the next image may be drawn
	for {
		select {
		case <-ctx.Done():
			v.draw(canvas)
			return
		case <-v.signal:
		}
		v.mu.Lock()
		period := v.period
		v.mu.Unlock()
		if late := time.Now().Add(-period / 2); due.Before(late) {
			due = late
		}
		due = due.Add(period)
		if !v.paused() {
			v.draw(canvas)
		}
		rest := time.NewTimer(time.Until(due))
		select {
		case <-ctx.Done():
		case <-rest.C:
		}
		rest.Stop()
	}
}

// liveCanvas is what the view's goroutine remembers.
type liveCanvas struct {
	handle *display.Handle
	last   *image.Paletted
	values census         // of all images drawn
	dense  bool           // one of them was no frame of events
	spare  *tensor.Tensor // takes the place of an image that is taken to be drawn
}

// take takes the image that waits, so that the loop can leave the next one while it is drawn; nil is none.
func (v *LiveView) take(c *liveCanvas) *tensor.Tensor {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.waiting {
		return nil
	}
	taken := v.next
	v.next, c.spare = c.spare, taken
	v.waiting = false
	v.drawn++
	return taken
}

// draw shows the image that waits, if it looks different from the last.
func (v *LiveView) draw(c *liveCanvas) {
	next := v.take(c)
	if next == nil {
		return
	}
	c.values = c.values.and(count(next.Data()))
	c.dense = c.dense || !countsOfEvents(next.Data())
	one := &Animation{frames: []*tensor.Tensor{next}, scale: scaleOf(c.values), census: c.values, theme: light}
	if !c.dense {
		one.scale = one.scale.zeroApart()
	}
	img := one.frame(0)
	v.mu.Lock()
	served := v.served
	v.mu.Unlock()
	if c.last != nil && c.last.Rect == img.Rect && bytes.Equal(c.last.Pix, img.Pix) && c.last.Palette[0] == img.Palette[0] {
		return
	}
	c.last = img
	if served != nil {
		served.set(img)
	}
	if c.handle == nil {
		c.handle = display.Show(img)
	} else {
		c.handle.Update(img)
	}
}
