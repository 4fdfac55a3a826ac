package event_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/livespike/livespike/io/event"
)

// TestParallel decodes long recordings, whole and cut, on several goroutines. Oracle: the same file on one.
func TestParallel(t *testing.T) {
	var events []event.Event
	defer event.SetPieceBytes(1 << 15)()
	for seed := range uint64(4) {
		more := madeUp(seed, 640, 480)
		if n := len(events); n > 0 {
			for i, shift := 0, events[n-1].T-more[0].T; i < len(more); i++ {
				more[i].T += shift
			}
		}
		events = append(events, more...)
	}
	first := events[0].T
	for i := range events {
		events[i].T -= first
	}
	for _, name := range []string{"a.dat", "a.csv", "evt2.raw", "a.aedat4", "zstd.aedat4", "a.raw", "a.es"} {
		opts := []event.Option{event.Size(640, 480)}
		switch name {
		case "evt2.raw":
			opts = append(opts, event.Format("evt2"))
		case "zstd.aedat4":
			opts = append(opts, event.Compression("ZSTD"))
		}
		dir := t.TempDir()
		file := filepath.Join(dir, name)
		w, err := event.Create(file, opts...)
		if err == nil {
			err = errors.Join(w.Write(events), w.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		cut := filepath.Join(dir, "cut_"+name)
		if err := os.WriteFile(cut, data[:len(data)*9/10+1], 0o600); err != nil {
			t.Fatal(err)
		}
		for _, file := range []string{file, cut} {
			one, oneStats := parallelDigest(t, file, 1)
			for _, n := range []int{2, 5} {
				if got, stats := parallelDigest(t, file, n); got != one || stats != oneStats {
					t.Errorf("%s on %d goroutines: %s, %v\non one: %s, %v", file, n, got, stats, one, oneStats)
				}
			}
		}
		// It can be closed in the middle, and seeks.
		s, err := event.Open(file, event.Parallel(4))
		if err != nil {
			t.Fatal(err)
		}
		next(t, s)
		if err := s.SeekEvent(int64(len(events) - 3)); err != nil {
			t.Error(err)
		}
		if got, err := rest(s); err != nil || len(got) != 3 || got[2] != events[len(events)-1] {
			t.Errorf("%s: after a seek %v, want the last 3 of %d (%v)", name, got, len(events), err)
		}
		if s, err = event.Open(file, event.Parallel(4)); err != nil {
			t.Fatal(err)
		}
		next(t, s)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func parallelDigest(t *testing.T, file string, n int) (string, event.Stats) {
	t.Helper()
	s, err := event.Open(file, event.Parallel(n))
	if err != nil {
		t.Fatal(err)
	}
	sum, err := event.Digest(s)
	stats := s.Stats()
	_ = s.Close() // says again what broke it off
	return fmt.Sprintf("%d %s %v", sum.Count, sum.SHA256, err), stats
}
