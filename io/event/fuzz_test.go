package event_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"

	"github.com/livespike/livespike/io/event"
)

// fuzzSeed is how much of each recording the fuzzer starts from: header and a few packets.
const fuzzSeed = 6 << 10

// fuzz feeds a decoder anything. It must not panic or go on for ever, and must deliver the same events and the same
// error however the bytes arrive; expand is the most events a byte may hold.
func fuzz(f *testing.F, format string, expand int, patterns ...string) {
	for _, pattern := range patterns {
		files, err := filepath.Glob("testdata/" + pattern)
		if err != nil || len(files) == 0 {
			f.Fatalf("%s: no seeds (%v)", pattern, err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data[:min(len(data), fuzzSeed)])
			f.Add(data[max(0, len(data)-200):])
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		read := func(bytewise bool) (event.Summary, error) {
			var s *event.Stream
			var err error
			opts := []event.Option{event.Format(format), event.Size(346, 260), event.KeepRecords()}
			if bytewise {
				s, err = event.FromReader(iotest.OneByteReader(bytes.NewReader(data)), "fuzz", opts...)
			} else {
				s, err = event.FromReader(bytes.NewReader(data), "fuzz", opts...)
			}
			if err != nil {
				return event.Summary{}, err
			}
			sum, err := event.Digest(s)
			if stats := s.Stats(); stats.Events != sum.Count || stats.Bytes > int64(len(data)) || stats.Bytes < 0 {
				t.Errorf("%d events and %v", sum.Count, stats)
			}
			return sum, errors.Join(err, s.Close())
		}
		sum, err := read(false)
		slow, slowErr := read(true)
		// The wording of a cut differs where a record had begun; what was delivered may not.
		if sum.SHA256 != slow.SHA256 || (err == nil) != (slowErr == nil) {
			t.Errorf("at once %v (%v), byte by byte %v (%v)", sum, err, slow, slowErr)
		}
		if sum.Count > int64(expand)*int64(len(data)) {
			t.Errorf("%d events in %d bytes", sum.Count, len(data))
		}
		if err != nil && !errors.Is(err, event.ErrFormat) {
			t.Errorf("not a format error: %v", err)
		}
	})
}

func FuzzEVT2(f *testing.F) { fuzz(f, "evt2", 1, "synthetic/evt2_*.raw") }

func FuzzEVT3(f *testing.F) { fuzz(f, "evt3", 6, "synthetic/evt3_*.raw") }

func FuzzCSV(f *testing.F) { fuzz(f, "csv", 1, "synthetic/csv_*.csv", "synthetic/txt_*.txt") }

func FuzzEVT21(f *testing.F) { fuzz(f, "evt21", 4, "synthetic/evt21_*.raw") }

func FuzzDAT(f *testing.F) { fuzz(f, "dat", 1, "synthetic/dat_*.dat") }

func FuzzES(f *testing.F) { fuzz(f, "es", 1, "synthetic/es_*.es") }

func FuzzNMNIST(f *testing.F) { fuzz(f, "nmnist", 1, "synthetic/nmnist_*.bin") }

func FuzzSPIF(f *testing.F) { fuzz(f, "spif", 1, "synthetic/spif_*.bin") }

func FuzzAEDAT2(f *testing.F) { fuzz(f, "aedat2", 1, "synthetic/aedat2_*.aedat") }

func FuzzAEDAT3(f *testing.F) {
	fuzz(f, "aedat3", 1, "synthetic/aedat31_*.aedat", "synthetic/gesture_*.aedat")
}

func FuzzEVT4(f *testing.F) {
	f.Add(evt4Words)
	fuzz(f, "evt4", 8, "synthetic/evt2_*.raw")
}

func FuzzNPY(f *testing.F) { fuzz(f, "npy", 1, "numpy/*.npy") }

// FuzzNPZ expands: a byte of DEFLATE may stand for a thousand.
func FuzzNPZ(f *testing.F) { fuzz(f, "npz", 1040, "numpy/*.npz") }

// FuzzAEDAT4 expands: a byte of LZ4 or ZSTD may stand for many.
func FuzzAEDAT4(f *testing.F) { fuzz(f, "aedat4", 1<<20, "synthetic/aedat4_*.aedat4") }

// FuzzOpen lets the content choose the format, and unwraps gzip and zstd.
func FuzzOpen(f *testing.F) {
	files, err := filepath.Glob("testdata/*/*.*")
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds (%v)", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file, data[:min(len(data), 1<<10)])
	}
	f.Add("a.gz", []byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"))
	f.Add("a.zst", []byte("\x28\xb5\x2f\xfd\x04\x00\x01\x00\x00"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		s, err := event.FromReader(bytes.NewReader(data), name)
		if err != nil {
			return
		}
		if _, err := event.Digest(s); err != nil && !errors.Is(err, event.ErrFormat) {
			t.Errorf("not a format error: %v", err)
		}
		if err := s.Close(); err != nil && !errors.Is(err, event.ErrFormat) {
			t.Error(err)
		}
	})
}
