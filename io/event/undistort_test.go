package event

import (
	"math"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

// TestUndistort: what the model of the lens shows at a pixel comes from where its events go. Oracle: the model, which is
// the other way round, of the DAVIS240C of the Event-Camera Dataset's calib.txt (Mueggler et al., 2017).
func TestUndistort(t *testing.T) {
	const w, h = 240, 180
	l := lens{199.092366542, 198.82882047, 132.192071378, 110.712660011, [8]float64{-0.368436311798, 0.150947243557, -0.000296130534385, -0.000759431726241}}
	moved := 0
	for i := range w * h {
		u, v := float64(i%w), float64(i/w)
		x, y := l.straight(u, v)
		bx, by := l.bent((x-l.cx)/l.fx, (y-l.cy)/l.fy)
		if bu, bv := bx*l.fx+l.cx, by*l.fy+l.cy; !(math.Abs(bu-u) < 1e-6 && math.Abs(bv-v) < 1e-6) {
			t.Fatalf("pixel (%v, %v) goes to (%v, %v), which the lens shows at (%v, %v)", u, v, x, y, bu, bv)
		}
		if math.Abs(x-u)+math.Abs(y-v) > 1 {
			moved++
		}
	}
	if moved < w*h/2 {
		t.Errorf("only %d pixels move", moved)
	}
	// What the model cannot show comes from nowhere: its radial factor turns back beyond r² = 1/1.2.
	fold := lens{fx: 100, fy: 100, k: [8]float64{-0.4}}
	if x, _ := fold.straight(80, 0); !math.IsNaN(x) {
		t.Errorf("a pixel outside of the image of all directions comes from %v", x)
	}
	// So does the diagonal on which x and y change by the same, the other way.
	even := lens{fx: 400, fy: 400, cx: 320, cy: 240, k: [8]float64{-0.2}}
	for i := range 200 {
		u, v := 320+float64(i), 240-float64(i)
		x, y := even.straight(u, v)
		bx, by := even.bent((x-320)/400, (y-240)/400)
		if !(math.Abs(bx*400+320-u) < 1e-6 && math.Abs(by*400+240-v) < 1e-6) {
			t.Fatalf("pixel (%v, %v) goes to (%v, %v)", u, v, x, y)
		}
	}
	// The stream moves its events there, and takes out those that leave the sensor.
	s, err := From(&once{events: []Event{Of(0, 10, 10, 1), Of(1, 132, 111, 1)}}, Size(w, h))
	if err != nil {
		t.Fatal(err)
	}
	s.Undistort(l.fx, l.fy, l.cx, l.cy, l.k[:5]...)
	got, err := s.Next()
	if err != nil || len(got) != 1 || got[0] != Of(1, 132, 111, 1) || s.Stats().Filtered != 1 {
		t.Errorf("%v, %v, %v", got, s.Stats(), err)
	}
	// Without distortion nothing moves.
	if s, err = From(&once{events: []Event{Of(0, 10, 10, 1)}}, Size(w, h)); err != nil {
		t.Fatal(err)
	}
	if f := s.Undistort(300, 200, 100, 90).Read(); !f.Equal(at(w, h, 10, 10)) {
		t.Error("an event has moved without distortion")
	}
}

// once is a source of one batch.
type once struct{ events []Event }

func (o *once) Info() Info   { return Info{Format: "once", Events: -1} }
func (o *once) Close() error { return nil }
func (o *once) Next() ([]Event, error) {
	if o.events == nil {
		return nil, ErrClosed
	}
	events := o.events
	o.events = nil
	return events, nil
}

// at is a frame of one event.
func at(w, h, x, y int) *tensor.Tensor {
	f := tensor.Zeros(h, w)
	f.Data()[y*w+x] = 1
	return f
}
