package event_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
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

// TestParallelRecordings decodes the recordings of testdata in very small pieces, so that they are cut wherever their words
// allow. Oracle: the same file on one goroutine.
func TestParallelRecordings(t *testing.T) {
	files, err := filepath.Glob(synthetic + "evt*.raw")
	if err != nil || len(files) < 8 {
		t.Fatalf("%d recordings (%v)", len(files), err)
	}
	for _, piece := range []int{1 << 7, 1 << 10} {
		restore := event.SetPieceBytes(piece)
		for _, file := range files {
			one, oneStats := parallelDigest(t, file, 1)
			if got, stats := parallelDigest(t, file, 3); got != one || stats != oneStats {
				t.Errorf("%s in pieces of %d bytes: %s, %v\nwhole: %s, %v", file, piece, got, stats, one, oneStats)
			}
		}
		restore()
	}
}

// TestParallelEVT3 decodes words of every kind in a random order, among them steps back, vectors without a base and rows of
// other events, in pieces. Oracle: the same words on one goroutine.
func TestParallelEVT3(t *testing.T) {
	defer event.SetPieceBytes(64)()
	rnd := rand.New(rand.NewPCG(3, 3))
	for round := range 200 {
		words := []byte("% evt 3.0\n% geometry 1280x720\n% end\n")
		high := rnd.IntN(4096)
		for range 600 {
			kind := []int{0, 2, 2, 2, 3, 4, 5, 6, 6, 8, 8, 1, 7, 10, 14, 15, 9}[rnd.IntN(11+rnd.IntN(7))]
			payload := rnd.IntN(4096)
			if kind == 8 {
				high = (high + rnd.IntN(3) + 4096 - rnd.IntN(2)*rnd.IntN(2)) % 4096
				payload = high
			}
			words = binary.LittleEndian.AppendUint16(words, uint16(kind<<12|payload))
		}
		file := filepath.Join(t.TempDir(), "a.raw")
		if err := os.WriteFile(file, words, 0o600); err != nil {
			t.Fatal(err)
		}
		one, oneStats := parallelDigest(t, file, 1)
		if got, stats := parallelDigest(t, file, 3); got != one || stats != oneStats {
			t.Fatalf("round %d in pieces: %s, %v\nwhole: %s, %v", round, got, stats, one, oneStats)
		}
	}
}

// TestParallelShorter: a file that somebody cuts while it is read ends with an error, and no event is made up.
func TestParallelShorter(t *testing.T) {
	defer event.SetPieceBytes(1 << 14)()
	evt2 := []byte("% evt 2.0\n% geometry 1280x720\n% end\n")
	dat := []byte("% Data file containing CD events.\n% Version 2\n% Width 1280\n% Height 720\n\x0c\x08")
	for i := range uint32(1 << 17) {
		if i%64 == 0 {
			evt2 = binary.LittleEndian.AppendUint32(evt2, 8<<28|i/64)
		}
		evt2 = binary.LittleEndian.AppendUint32(evt2, 1<<28|i%64<<22)
		dat = binary.LittleEndian.AppendUint32(dat, i)
		dat = binary.LittleEndian.AppendUint32(dat, 0)
	}
	for name, data := range map[string][]byte{"a.raw": evt2, "a.dat": dat} {
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := event.Open(file, event.Parallel(3))
		if err != nil {
			t.Fatal(err)
		}
		n := int64(0)
		for {
			events, err := s.Next()
			if err != nil {
				if !errors.Is(err, event.ErrTruncated) {
					t.Errorf("%s: %v", name, err)
				}
				break
			}
			for i := range events {
				if events[i].T != n {
					t.Fatalf("%s: event %d is at %d", name, n, events[i].T)
				}
				n++
			}
			if n > 40000 {
				if err := os.Truncate(file, 3<<17); err != nil { // whole pages: behind the end of the last one are zeros
					t.Fatal(err)
				}
			}
		}
		if n == 1<<17 {
			t.Errorf("%s: all events of a file that was cut", name)
		}
		_ = s.Close()
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
