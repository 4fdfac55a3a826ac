package event_test

import (
	"context"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/livespike/livespike/internal/interrupt"
	"github.com/livespike/livespike/io/event"
	"github.com/livespike/livespike/snn/tensor"
)

// TestSimDigests: the same address gives the same events, on every machine; another seed gives others. The digests were
// recorded on amd64.
func TestSimDigests(t *testing.T) {
	for uri, want := range map[string]string{
		"sim:bars?size=64x48&seconds=0.5":     "e27bfb7a0a606fa09839da6d4723b4175f75bc0c9ace0a5493a564faf36db88e",
		"sim:rotating?size=64x48&seconds=0.5": "129ec0911d422a88e7ab98899507195b4fbf116687603aa6e71c94fc924b32ce",
		"sim:dots?size=64x48&seconds=0.5":     "0b70248893f080fc1d1b5566f66a6f56248b7539c9a1617458c89e33be5aa917",
		"sim:edges?size=64x48&seconds=0.5":    "97da2eaad6f2c92deda7b3f23c016de542ed967a79b706c85e6b2f28dbde1af5",
		"sim:noise?size=64x48&seconds=0.5":    "b79eeeb363b1408d6b1afd7d649555f3eeae046e11eae181bb41fce1f6b61c7d",
	} {
		sum := func(uri string) string {
			s, err := event.Open(uri)
			return digest(t, s, err)
		}
		if got := sum(uri); got != want {
			t.Errorf("%s: %s, want %s", uri, got, want)
		}
		if sum(uri) != sum(uri+"&seed=1") || sum(uri) == sum(uri+"&seed=2") {
			t.Errorf("%s: seed 1 is not the default, or seed 2 makes no difference", uri)
		}
	}
}

// TestSimModel compares with the closed form: an edge passes pixel x when it gets there, and each pixel tells as often
// as its threshold fits into the change, ln 4 / 0.2 = 6.93 times.
func TestSimModel(t *testing.T) {
	const w, speed, width = 120, 200, 20
	s := event.MustOpen("sim:bars?size=120x400&seconds=0.5&speed=200&width=20&count=1&noise=0&mismatch=0&refractory=0")
	type edge struct {
		n        int
		from, to int64
	}
	var edges [2][w]edge
	last := int64(0)
	for {
		events, err := s.Next()
		if err != nil {
			break
		}
		for _, e := range events {
			if e.T < last {
				t.Fatalf("%v comes after %d µs", e, last)
			}
			last = e.T
			if e.Y == 300 { // the level bar stays above
				d := &edges[e.On][e.X]
				if d.n == 0 {
					d.from = e.T
				}
				d.n, d.to = d.n+1, e.T
			}
		}
	}
	for x := 60; x < 100; x++ { // started at 30, and 100 away at the end
		for on, ahead := range map[int]float64{1: width / 2, 0: -width / 2} {
			d := edges[on][x]
			arrives := (float64(x) - 30 - ahead) / speed * 1e6
			if arrives < 0 || arrives > 0.48e6 {
				continue
			}
			if math.Abs(float64(d.from)-arrives) > 1e6/speed || math.Abs(float64(d.to)-arrives) > 1e6/speed {
				t.Errorf("column %d polarity %d: events from %d to %d µs, the edge passes at %.0f", x, on, d.from, d.to, arrives)
			}
			if d.n < 6 || d.n > 7 {
				t.Errorf("column %d polarity %d: %d events, want 6 or 7", x, on, d.n)
			}
		}
	}
}

// TestSimRate: edges cause about as many events a second as was wanted, however many there are and however sharp the
// pixels are.
func TestSimRate(t *testing.T) {
	for _, c := range []struct {
		uri  string
		want float64
	}{
		{"sim:edges?size=320x240&seconds=1&noise=0", 1e6},
		{"sim:edges?size=320x240&seconds=1&noise=0&rate=1e5&count=20", 1e5},
		{"sim:edges?size=64x48&seconds=1&noise=0&rate=3e5&on=0.1&off=0.3&contrast=0.2", 3e5},
	} {
		sum, err := event.Digest(event.MustOpen(c.uri))
		if rate := float64(sum.Count); err != nil || rate < 0.85*c.want || rate > 1.15*c.want {
			t.Errorf("%s: %v events a second, want about %v (%v)", c.uri, rate, c.want, err)
		}
	}
}

// TestSimEdges: a frame of the bars has upright and level edges, and the noise does not swamp them.
func TestSimEdges(t *testing.T) {
	camera := event.MustOpen("sim:bars?size=640x480&seconds=0.02&seed=1")
	if got := camera.Info().String(); !strings.Contains(got, "sim 640x480") || strings.Contains(got, "\n") {
		t.Errorf("info: %s", got)
	}
	frames := 0
	for f := range camera.Frames(5 * time.Millisecond) {
		frames++
		var columns [640]int
		var rows [480]int
		for i, v := range f.Data() {
			if v > 0 {
				columns[i%640]++
				rows[i/640]++
			}
		}
		upright, level, other := 0, 0, 0
		for _, n := range columns {
			if n > 400 {
				upright++
			}
		}
		for _, n := range rows {
			if n > 550 {
				level++
			}
		}
		for i, v := range f.Data() {
			if v > 0 && columns[i%640] <= 400 && rows[i/640] <= 550 {
				other++
			}
		}
		if upright < 2 || level < 2 {
			t.Errorf("frame %d: %d upright and %d level lines, want at least 2 of each", frames, upright, level)
		}
		if other > 640*480/100 {
			t.Errorf("frame %d: %d pixels outside the lines", frames, other)
		}
	}
	if frames != 4 {
		t.Errorf("%d frames, want 4", frames)
	}
	if err := camera.Close(); err != nil {
		t.Error(err)
	}
}

// TestSimNoise: the number of events is that of a Poisson process, within five standard deviations.
func TestSimNoise(t *testing.T) {
	for uri, want := range map[string]float64{
		"sim:noise?seconds=1&rate=1e5&refractory=0":       1e5,
		"sim:bars?seconds=0.5&speed=0&noise=2":            2 * 640 * 480 * 0.5,
		"sim:dots?seconds=1&speed=0&noise=1&size=300x200": 300 * 200,
	} {
		s, err := event.Open(uri)
		if err != nil {
			t.Fatal(err)
		}
		sum, err := event.Digest(s)
		if err != nil || math.Abs(float64(sum.Count)-want) > 5*math.Sqrt(want) {
			t.Errorf("%s: %d events, want %v (%v)", uri, sum.Count, want, err)
		}
		if on := float64(sum.SumP); math.Abs(on-want/2) > 5*math.Sqrt(want) {
			t.Errorf("%s: %v brighter of %v", uri, on, want)
		}
	}
}

// TestSimAddress: what does not exist is an error that lists what does.
func TestSimAddress(t *testing.T) {
	for uri, want := range map[string]string{
		"sim:bras":                  "no scene is called bras; known are bars, dots, edges, noise, rotating",
		"sim:bars?sped=3":           "bars has no parameter sped; it has blur, contrast, count,",
		"sim:noise?contrast=2":      "noise has no parameter contrast",
		"sim:bars?speed=fast":       `speed is "fast", want a number from 0 to 100000: of the bars in pixels per second`,
		"sim:bars?speed=NaN":        "want a number",
		"sim:bars?on=-1":            "on is \"-1\"",
		"sim:bars?size=640":         "want WIDTHxHEIGHT",
		"sim:bars?size=0x5":         "want WIDTHxHEIGHT",
		"sim:bars?size=99999x99999": "want at most 4096x4096",
		"sim:bars?size=%zz":         "invalid URL escape",
	} {
		if _, err := event.Open(uri); err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "event: ") {
			t.Errorf("%s: %v, want %q", uri, err, want)
		}
	}
	if _, err := event.Open("sim:bars?size=10x10", event.Size(20, 20)); err == nil {
		t.Error("two sizes are no error")
	}
	if s := event.MustOpen("sim:", event.Size(20, 10)); s.Info().Width != 20 || s.Info().Height != 10 {
		t.Errorf("size: %v", s.Info())
	}
	for _, scene := range event.Scenes() {
		name, _, _ := strings.Cut(scene, ":")
		s := event.MustOpen("sim:" + name + "?size=33x21&seconds=0.1")
		if sum, err := event.Digest(s); err != nil || sum.Count == 0 || s.Stats().OutOfRange > 0 || s.Stats().BackSteps > 0 {
			t.Errorf("%s: %v, %v, %v", name, sum, s.Stats(), err)
		}
	}
}

// TestSimInterrupt: a camera without an end before which nothing happens stops with the cell, and goes on in the next.
func TestSimInterrupt(t *testing.T) {
	s := event.MustOpen("sim:bars?seconds=0&speed=0&noise=1e-6&size=100x100")
	ctx, cancel := context.WithCancel(context.Background())
	restore := interrupt.Set(ctx)
	time.AfterFunc(20*time.Millisecond, cancel)
	_, err := s.Next()
	restore()
	if !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
	if s.Err() != nil {
		t.Errorf("an interrupt is no end: %v", s.Err())
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := s.Next(); !errors.Is(err, event.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
}

// TestSimAllocations: in steady state nothing is allocated.
func TestSimAllocations(t *testing.T) {
	for _, uri := range []string{"sim:bars", "sim:rotating", "sim:dots", "sim:noise"} {
		s := event.MustOpen(uri + "?seconds=0&size=160x120")
		frame := tensor.Zeros(120, 160)
		for range 400 { // the buffers have their size then
			s.ReadInto(frame)
		}
		if n := testing.AllocsPerRun(50, func() { s.ReadInto(frame) }); n != 0 {
			t.Errorf("%s: ReadInto allocates %v times", uri, n)
		}
	}
}

// TestSimEnds: the recording is as long as it says.
func TestSimEnds(t *testing.T) {
	s := event.MustOpen("sim:noise?seconds=0.0123&rate=1e6&size=50x50")
	last := int64(0)
	for {
		events, err := s.Next()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				t.Error(err)
			}
			break
		}
		last = events[len(events)-1].T
	}
	if last >= 12300 || last < 12200 {
		t.Errorf("the last event is at %d µs, want just before 12300", last)
	}
}
