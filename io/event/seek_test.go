package event_test

import (
	"errors"
	"io"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/livespike/livespike/io/event"
	"github.com/livespike/livespike/snn/tensor"
)

// TestSeek: from everywhere to everywhere, the events that follow are those of reading from the beginning. The recording
// is long enough for several marks, and its times go back.
func TestSeek(t *testing.T) {
	const w, h = 640, 480
	var all []event.Event
	for i := range uint64(30) {
		all = append(all, madeUp(i%10, w, h)...)
	}
	slices.SortFunc(all, func(a, b event.Event) int { return int(a.T - b.T) })
	for _, c := range writable {
		t.Run(c.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), c.name)
			out := event.MustCreate(file, append(slices.Clone(c.opts), event.Size(w, h))...)
			if err := errors.Join(out.Write(all), out.Close()); err != nil {
				t.Fatal(err)
			}
			seekAround(t, event.MustOpen(file), all)
		})
	}
	t.Run("sim", func(t *testing.T) {
		want, err := rest(event.MustOpen("sim:noise?size=64x48&seconds=0.2&rate=1e6"))
		if err != nil || len(want) < 100_000 {
			t.Fatalf("%d events, %v", len(want), err)
		}
		seekAround(t, event.MustOpen("sim:noise?size=64x48&seconds=0.2&rate=1e6"), want)
	})
	t.Run("back in time", func(t *testing.T) {
		rnd := rand.New(rand.NewPCG(5, 5))
		var events []event.Event
		for i := range 150_000 {
			events = append(events, event.Of(int64(i)+rnd.Int64N(1000)-40_000*int64(i/60_000), 1, 1, 1))
		}
		file := filepath.Join(t.TempDir(), "a.csv")
		out := event.MustCreate(file, event.Size(w, h))
		if err := errors.Join(out.Write(events), out.Close()); err != nil {
			t.Fatal(err)
		}
		seekAround(t, event.MustOpen(file), events)
	})
}

// Close ends a Next that looks for an event of an endless scene of which nothing is left, and a seek that is under way in
// one, also when a seek has opened the scene anew.
func TestCloseAfterSeek(t *testing.T) {
	for name, read := range map[string]func(*event.Stream){
		"Next":      func(s *event.Stream) { s.Next() },
		"SeekEvent": func(s *event.Stream) { s.SeekEvent(1 << 60) },
	} {
		s := event.MustOpen("sim:bars?size=64x48&seconds=0").Mask(tensor.Zeros(48, 64))
		if err := s.SeekEvent(10); err != nil {
			t.Fatal(err)
		}
		ended := make(chan bool)
		go func() {
			read(s)
			close(ended)
		}()
		time.Sleep(10 * time.Millisecond)
		closed := make(chan error, 1)
		go func() { closed <- s.Close() }()
		select {
		case err := <-closed:
			if <-ended; err != nil {
				t.Errorf("Close behind %s: %v", name, err)
			}
		case <-time.After(5 * time.Second):
			t.Fatalf("Close waits for %s", name)
		}
	}
}

// seekAround goes to places near the beginning, the end and marks, and to any, in any order.
func seekAround(t *testing.T, s *event.Stream, all []event.Event) {
	t.Helper()
	rnd := rand.New(rand.NewPCG(3, 3))
	check := func(what string, to int64, err error, from int) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s %d: %v", what, to, err)
		}
		n := rnd.IntN(5000)
		var got []event.Event
		for len(got) < n {
			events, err := s.Next()
			if err != nil {
				if !errors.Is(err, io.EOF) || from+len(got) != len(all) {
					t.Fatalf("%s %d: %v after %d events of %d", what, to, err, len(got), len(all)-from)
				}
				break
			}
			got = append(got, events...)
		}
		if !slices.Equal(got, all[from:from+len(got)]) {
			t.Fatalf("%s %d: other events follow", what, to)
		}
	}
	last := len(all)
	for _, n := range []int{0, last - 1, 1 << 16, 1<<16 - 1, 1<<16 + 1, last, last + 5, 5, rnd.IntN(last), rnd.IntN(last), rnd.IntN(last), 0} {
		check("SeekEvent", int64(n), s.SeekEvent(int64(n)), min(n, last))
		// The first event that is not earlier, by a search from the beginning.
		to := all[rnd.IntN(last)].T + rnd.Int64N(3) - 1
		from := slices.IndexFunc(all, func(e event.Event) bool { return e.T >= to })
		if from < 0 {
			from = last
		}
		check("SeekTime", to, s.SeekTime(to), from)
	}
}

// TestSeekFrames: frames begin anew at the target, filters and views forget what they saw.
func TestSeekFrames(t *testing.T) {
	s := event.MustOpen("").Refractory(time.Millisecond).Decay(5 * time.Millisecond)
	first := s.Read()
	for range s.Frames(100 * time.Millisecond) {
	}
	if !s.Over() {
		t.Error("the end has not come")
	}
	if err := s.SeekEvent(0); err != nil || s.Over() {
		t.Fatalf("back to the beginning: %v", err)
	}
	if again := s.Read(); !slices.Equal(first.Data(), again.Data()) {
		t.Error("the first frame is another one")
	}
}

// TestSeekRefused: what cannot be opened again cannot go back.
func TestSeekRefused(t *testing.T) {
	s, err := event.FromReader(strings.NewReader("t,x,y,p\n0,1,1,1\n1,1,1,1\n"), "a.csv")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SeekEvent(0); err == nil || !strings.Contains(err.Error(), "cannot seek") {
		t.Errorf("a reader: %v", err)
	}
	live := event.MustOpen("", event.Realtime())
	if err := live.SeekTime(0); err == nil || !strings.Contains(err.Error(), "a live source cannot seek") {
		t.Errorf("a live source: %v", err)
	}
	if err := errors.Join(live.Close(), s.Close()); err != nil {
		t.Error(err)
	}
	if err := s.SeekEvent(0); !errors.Is(err, event.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}
