package event_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/livespike/livespike/io/event"
	"github.com/livespike/livespike/snn/tensor"
)

// noise is n events on a sensor, in the order of time, about dt µs apart.
func noise(seed uint64, n, w, h int, dt int64) []event.Event {
	rnd := rand.New(rand.NewPCG(seed, 2))
	events := make([]event.Event, n)
	t := int64(1000)
	for i := range events {
		t += rnd.Int64N(2*dt + 1)
		events[i] = event.Of(t, uint16(rnd.IntN(w)), uint16(rnd.IntN(h)), uint8(rnd.IntN(2)))
	}
	return events
}

// keep is the events for which keep, written as plainly as the filter's definition, says so.
func keep(events []event.Event, keep func(i int, e event.Event) bool) []event.Event {
	var out []event.Event
	for i, e := range events {
		if keep(i, e) {
			out = append(out, e)
		}
	}
	return out
}

func move(events []event.Event, to func(x, y int) (int, int)) []event.Event {
	out := slices.Clone(events)
	for i, e := range out {
		x, y := to(int(e.X), int(e.Y))
		out[i].X, out[i].Y = uint16(x), uint16(y)
	}
	return out
}

// TestFilters holds each filter against its definition, written as a search through all the events before.
func TestFilters(t *testing.T) {
	const w, h = 23, 17
	all := noise(1, 4000, w, h, 20)
	first := all[0].T
	ones := tensor.Zeros(h, w)
	for i := range ones.Data() {
		ones.Data()[i] = float32(i % 3)
	}
	shift := tensor.Zeros(h, w, 2)
	for y := range h {
		for x := range w {
			shift.Data()[2*(y*w+x)], shift.Data()[2*(y*w+x)+1] = float32(x)+2.4, float32(y)-0.6
		}
	}
	lastKept := map[[2]uint16]int64{}
	perMs := map[int64]int{}
	for name, c := range map[string]struct {
		filter func(s *event.Stream) *event.Stream
		want   []event.Event
		w, h   int
	}{
		"Polarity(1)": {
			func(s *event.Stream) *event.Stream { return s.Polarity(1) },
			keep(all, func(_ int, e event.Event) bool { return e.On == 1 }), w, h,
		},
		"Crop": {
			func(s *event.Stream) *event.Stream { return s.Crop(3, 4, 5, 6) },
			move(keep(all, func(_ int, e event.Event) bool { return e.X >= 3 && e.X < 8 && e.Y >= 4 && e.Y < 10 }), func(x, y int) (int, int) { return x - 3, y - 4 }), 5, 6,
		},
		"FlipX":     {(*event.Stream).FlipX, move(all, func(x, y int) (int, int) { return w - 1 - x, y }), w, h},
		"FlipY":     {(*event.Stream).FlipY, move(all, func(x, y int) (int, int) { return x, h - 1 - y }), w, h},
		"Transpose": {(*event.Stream).Transpose, move(all, func(x, y int) (int, int) { return y, x }), h, w},
		"Rotate(1)": {
			func(s *event.Stream) *event.Stream { return s.Rotate(1) },
			move(all, func(x, y int) (int, int) { return h - 1 - y, x }), h, w, // the upper left corner goes to the upper right
		},
		"Rotate four times": {
			func(s *event.Stream) *event.Stream { return s.Rotate(1).Rotate(2).Rotate(-3).Rotate(-1).Rotate(1) }, all, w, h,
		},
		"Downsample(4)": {
			func(s *event.Stream) *event.Stream { return s.Downsample(4) },
			move(all, func(x, y int) (int, int) { return x / 4, y / 4 }), 6, 5,
		},
		"Thin(3)": {
			func(s *event.Stream) *event.Stream { return s.Thin(3) },
			keep(all, func(i int, _ event.Event) bool { return i%3 == 0 }), w, h,
		},
		"Mask": {
			func(s *event.Stream) *event.Stream { return s.Mask(ones) },
			keep(all, func(_ int, e event.Event) bool { return ones.At2(int(e.Y), int(e.X)) != 0 }), w, h,
		},
		"Remap": {
			func(s *event.Stream) *event.Stream { return s.Remap(shift) },
			move(keep(all, func(_ int, e event.Event) bool { return e.X+2 < w && e.Y >= 1 }), func(x, y int) (int, int) { return x + 2, y - 1 }), w, h,
		},
		"Window": {
			func(s *event.Stream) *event.Stream { return s.Window(10*time.Millisecond, 30*time.Millisecond) },
			keep(all, func(_ int, e event.Event) bool { return e.T >= first+10000 && e.T < first+30000 }), w, h,
		},
		"MaxRate": {
			func(s *event.Stream) *event.Stream { return s.MaxRate(20000) },
			keep(all, func(_ int, e event.Event) bool { perMs[e.T/1000]++; return perMs[e.T/1000] <= 20 }), w, h,
		},
		"Refractory": {
			func(s *event.Stream) *event.Stream { return s.Refractory(9 * time.Millisecond) },
			keep(all, func(_ int, e event.Event) bool {
				last, ok := lastKept[[2]uint16{e.X, e.Y}]
				if ok && e.T-last < 9000 {
					return false
				}
				lastKept[[2]uint16{e.X, e.Y}] = e.T
				return true
			}), w, h,
		},
		"Denoise": {
			func(s *event.Stream) *event.Stream { return s.Denoise(700 * time.Microsecond) },
			keep(all, func(i int, e event.Event) bool {
				for _, b := range all[:i] {
					dx, dy := int(b.X)-int(e.X), int(b.Y)-int(e.Y)
					if e.T-b.T <= 700 && dx*dx <= 1 && dy*dy <= 1 && dx*dx+dy*dy > 0 {
						return true
					}
				}
				return false
			}), w, h,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := c.filter(from(t, nil, w, h, slices.Clone(all)...))
			if i := s.Info(); i.Width != c.w || i.Height != c.h || !slices.Equal(s.FrameShape(), []int{c.h, c.w}) {
				t.Errorf("size %dx%d, want %dx%d", i.Width, i.Height, c.w, c.h)
			}
			got, err := rest(s)
			if err != nil || !slices.Equal(got, c.want) || len(got) == 0 {
				t.Errorf("%d events, want %d, or others (%v)", len(got), len(c.want), err)
			}
			if st := s.Stats(); name != "Window" && (st.Filtered != int64(len(all)-len(c.want)) || st.OutOfRange > 0) {
				t.Errorf("stats: %v", st)
			}
		})
	}
}

// TestHotPixels: a pixel of 2000 events a second is silent from the event over the rate on, until it has been quiet for
// 100 ms; the others pass.
func TestHotPixels(t *testing.T) {
	var all, want []event.Event
	for ms := range int64(1000) {
		if ms < 400 || ms >= 700 {
			for k := range int64(2) {
				e := event.Of(ms*1000+k, 5, 5, 1)
				all = append(all, e)
				if burst := ms % 700; burst < 50 { // 100 events a window
					want = append(want, e)
				}
			}
		}
		if ms%10 == 0 {
			e := event.Of(ms*1000+500, 1, 1, 0)
			all, want = append(all, e), append(want, e)
		}
	}
	got, err := rest(from(t, nil, 10, 10, slices.Clone(all)...).HotPixels(1000))
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%d events of %d, want %d, or others (%v)", len(got), len(all), len(want), err)
	}
}

// TestFiltersOutside: events outside the sensor are counted once and do not reach memory that is not theirs.
func TestFiltersOutside(t *testing.T) {
	outside := []event.Event{event.Of(1, 10, 0, 1), event.Of(2, 0, 10, 1), event.Of(3, 65535, 65535, 1), event.Of(4, 1, 1, 1)}
	for i, f := range []func(s *event.Stream) *event.Stream{
		(*event.Stream).FlipX, (*event.Stream).Transpose,
		func(s *event.Stream) *event.Stream { return s.Denoise(time.Second) },
		func(s *event.Stream) *event.Stream { return s.Refractory(time.Second) },
		func(s *event.Stream) *event.Stream { return s.HotPixels(10) },
		func(s *event.Stream) *event.Stream { return s.Mask(tensor.Ones(10, 10)) },
		func(s *event.Stream) *event.Stream { return s.Remap(tensor.Zeros(10, 10, 2)) },
		func(s *event.Stream) *event.Stream { return s.TimeSurface(time.Second) },
		func(s *event.Stream) *event.Stream { return s.Decay(time.Second) },
		func(s *event.Stream) *event.Stream { return s.Voxels(3) },
		(*event.Stream).Binary,
	} {
		s := f(from(t, nil, 10, 10, slices.Clone(outside)...))
		s.Total()
		if st := s.Stats(); st.OutOfRange != 3 {
			t.Errorf("filter %d: %v, want 3 out of range", i, st)
		}
	}
}

// TestViews holds the frames of three slices against sums over all their events.
func TestViews(t *testing.T) {
	const w, h, dt, tau = 7, 5, 10 * time.Millisecond, 4 * time.Millisecond
	all := noise(2, 900, w, h, 33)
	start := all[0].T
	fade := func(t int64) float64 { return math.Exp(-float64(t) / float64(tau.Microseconds())) }
	for name, c := range map[string]struct {
		opts  []event.Option
		view  func(s *event.Stream) *event.Stream
		shape []int
		want  func(img []float64, e event.Event, k, plane int, end int64) // adds e to frame k
	}{
		"TimeSurface": {nil, func(s *event.Stream) *event.Stream { return s.TimeSurface(tau) }, []int{h, w}, func(img []float64, e event.Event, _, _ int, end int64) {
			img[int(e.Y)*w+int(e.X)] = fade(end - e.T)
		}},
		"TimeSurface/Signed": {[]event.Option{event.Signed()}, func(s *event.Stream) *event.Stream { return s.TimeSurface(tau) }, []int{h, w}, func(img []float64, e event.Event, _, _ int, end int64) {
			img[int(e.Y)*w+int(e.X)] = fade(end-e.T) * float64(2*int(e.On)-1)
		}},
		"TimeSurface/TwoChannel/XY": {[]event.Option{event.TwoChannel(), event.XYOrder()}, func(s *event.Stream) *event.Stream { return s.TimeSurface(tau) }, []int{2, w, h}, func(img []float64, e event.Event, _, plane int, end int64) {
			img[int(e.On)*plane+int(e.X)*h+int(e.Y)] = fade(end - e.T)
		}},
		"Decay": {nil, func(s *event.Stream) *event.Stream { return s.Decay(tau) }, []int{h, w}, func(img []float64, e event.Event, _, _ int, end int64) {
			img[int(e.Y)*w+int(e.X)] += fade(end - e.T)
		}},
		"Decay/Signed": {[]event.Option{event.Signed()}, func(s *event.Stream) *event.Stream { return s.Decay(tau) }, []int{h, w}, func(img []float64, e event.Event, _, _ int, end int64) {
			img[int(e.Y)*w+int(e.X)] += fade(end-e.T) * float64(2*int(e.On)-1)
		}},
		"Binary": {nil, (*event.Stream).Binary, []int{h, w}, func(img []float64, e event.Event, k, _ int, end int64) {
			if e.T >= end-dt.Microseconds() {
				img[int(e.Y)*w+int(e.X)] = 1
			}
		}},
		"Voxels(4)": {nil, func(s *event.Stream) *event.Stream { return s.Voxels(4) }, []int{4, h, w}, func(img []float64, e event.Event, k, plane int, end int64) {
			from := end - dt.Microseconds()
			if e.T < from {
				return
			}
			at := 3 * float64(e.T-from) / float64(dt.Microseconds())
			for bin := range 4 {
				img[bin*plane+int(e.Y)*w+int(e.X)] += float64(2*int(e.On)-1) * max(0, 1-math.Abs(float64(bin)-at))
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := c.view(from(t, c.opts, w, h, slices.Clone(all)...))
			if got := s.FrameShape(); !slices.Equal(got, c.shape) {
				t.Fatalf("shape %v, want %v", got, c.shape)
			}
			k := 0
			for frame := range s.Frames(dt) {
				end := start + int64(k+1)*dt.Microseconds()
				want := make([]float64, len(frame.Data()))
				for _, e := range all {
					if e.T < end {
						c.want(want, e, k, w*h, end)
					}
				}
				for i, v := range frame.Data() {
					if math.Abs(float64(v)-want[i]) > 1e-5 {
						t.Fatalf("frame %d, element %d: %v, want %v", k, i, v, want[i])
					}
				}
				k++
			}
			if k != 3 {
				t.Errorf("%d frames, want 3", k)
			}
		})
	}
}

// TestLeaps: a clock that is set makes no frames and is counted; a silence makes them.
func TestLeaps(t *testing.T) {
	const hour = 3600_000_000
	at := func(times ...int64) []event.Event {
		var events []event.Event
		for _, t := range times {
			events = append(events, event.Of(t, 1, 1, 1))
		}
		return events
	}
	for name, c := range map[string]struct {
		events []event.Event
		dt     time.Duration
		want   []int // events in each frame
		jumps  int64
	}{
		"forwards":             {at(0, 1, 10*hour+50, 10*hour+1500), time.Millisecond, []int{2, 1, 1}, 1},
		"backwards":            {at(10*hour, 10*hour+5, 70, 80, 1075), time.Millisecond, []int{2, 2, 1}, 1},
		"there and back":       {at(5, 10*hour, 6, 7), time.Millisecond, []int{1, 1, 2}, 2},
		"a silence":            {at(0, 5_000_000), time.Second, []int{1, 0, 0, 0, 0, 1}, 0},
		"late events":          {at(2_000_000, 1_000_000, 2_000_500), time.Millisecond, []int{3}, 0},
		"few frames of a hour": {at(0, 3*hour), time.Hour, []int{1, 0, 0, 1}, 0},
	} {
		frames := from(t, nil, 4, 4, slices.Clone(c.events)...)
		var got []int
		for f := range frames.Frames(c.dt) {
			got = append(got, int(f.Sum().Item()))
		}
		var cuts []int
		for events := range from(t, nil, 4, 4, slices.Clone(c.events)...).Slices(c.dt) {
			cuts = append(cuts, len(events))
		}
		if !slices.Equal(got, c.want) || !slices.Equal(cuts, c.want) || frames.Stats().Jumps != c.jumps {
			t.Errorf("%s: frames of %v, slices of %v events, %d jumps; want %v, %d", name, got, cuts, frames.Stats().Jumps, c.want, c.jumps)
		}
	}
}

// TestStatistics holds the sums against counts by hand.
func TestStatistics(t *testing.T) {
	events := []event.Event{event.Of(0, 1, 1, 1), event.Of(3, 1, 1, 0), event.Of(1003, 1, 1, 1), event.Of(1003, 1, 1, 1), event.Of(2500, 2, 1, 1)}
	open := func() *event.Stream { return from(t, nil, 4, 4, slices.Clone(events)...) }
	if got, want := fmt.Sprint(open().Rates(time.Millisecond)), fmt.Sprint(tensor.Of(2000, 2000, 1000)); got != want {
		t.Errorf("rates %s, want %s", got, want)
	}
	if total := open().Total(); total.At2(1, 1) != 4 || total.At2(1, 2) != 1 || total.Sum().Item() != 5 {
		t.Errorf("total %v", total)
	}
	intervals := open().Intervals()
	if intervals.At1(0) != 1 || intervals.At1(1) != 1 || intervals.At1(9) != 1 || intervals.Sum().Item() != 3 {
		t.Errorf("intervals %v", intervals)
	}
	var chunks []int
	for chunk := range open().Chunks(2) {
		chunks = append(chunks, len(chunk))
	}
	if !slices.Equal(chunks, []int{2, 2, 1}) {
		t.Errorf("chunks of %v events", chunks)
	}
	if c := event.Columns(events); c.At2(0, 4) != 0.0025 || c.At2(1, 4) != 2 || c.At2(2, 0) != 1 || c.At2(3, 1) != 0 {
		t.Errorf("columns %v", c)
	}
	if r := event.Rate(events); r != 1600 {
		t.Errorf("rate %v, want 1600", r)
	}
}

// TestFilterAllocations: filters and views allocate when they are added, not when events pass.
func TestFilterAllocations(t *testing.T) {
	s, err := event.Open("sim:noise?size=64x64&seconds=0&rate=1e6")
	if err != nil {
		t.Fatal(err)
	}
	s.Polarity(1).Refractory(time.Millisecond).Denoise(time.Second).HotPixels(1e5).FlipX().Transpose().Downsample(2).MaxRate(1e7).Decay(time.Second)
	frame := tensor.Zeros(s.FrameShape()...)
	for range 50 {
		s.FrameInto(frame, time.Millisecond)
	}
	if n := testing.AllocsPerRun(100, func() { s.FrameInto(frame, time.Millisecond) }); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}
