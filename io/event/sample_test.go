package event

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

var update = flag.Bool("update", false, "write the embedded recordings anew")

// samples are the embedded recordings by their names, as addresses of the simulated camera.
var samples = map[string]string{
	"bars": "sim:bars?size=240x180&seconds=1&speed=60&width=24&readout=1000&noise=0.05&seed=1",
}

// record is the recording of an address as a file.
func record(t *testing.T, uri string) []byte {
	t.Helper()
	src, err := openSource(uri, collect(nil))
	if err != nil {
		t.Fatal(err)
	}
	var w evt3Writer
	info := src.Info()
	info.Camera = "Livespike " + uri
	data := w.append(w.header(info), simulate(t, uri, 0))
	z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression))
	if err != nil {
		t.Fatal(err)
	}
	return z.EncodeAll(data, nil)
}

// TestSamples: each embedded recording holds what its address gives today, and is small.
func TestSamples(t *testing.T) {
	for name, uri := range samples {
		file := filepath.Join("sample", name+sampleSuffix)
		if *update {
			if err := os.WriteFile(file, record(t, uri), 0o644); err != nil {
				t.Fatal(err)
			}
			t.Logf("wrote %s; run the test again without -update", file)
			continue
		}
		got := all(t, "sample:"+name)
		if want := simulate(t, uri, 0); !slices.Equal(got, want) {
			t.Errorf("%s has %d events, %s gives %d, or others; run go generate", file, len(got), uri, len(want))
		}
		if st, err := os.Stat(file); err != nil || st.Size() > 300_000 {
			t.Errorf("%s: %v bytes, want at most 300000 (%v)", file, st.Size(), err)
		}
	}
	if entries, err := os.ReadDir("sample"); err != nil || len(entries) != len(samples) {
		t.Errorf("sample/ has %d recordings, the table %d (%v)", len(entries), len(samples), err)
	}
}

// all is every event of an address.
func all(t *testing.T, uri string) []Event {
	t.Helper()
	s, err := Open(uri)
	if err != nil {
		t.Fatal(err)
	}
	var all []Event
	for {
		events, err := s.Next()
		if err != nil {
			if s.Err() != nil || s.Stats().Errors+s.Stats().OutOfRange+s.Stats().BackSteps > 0 {
				t.Errorf("%s: %v, %v", uri, err, s.Stats())
			}
			return all
		}
		all = append(all, events...)
	}
}

// TestSampleDefault: the empty address is the recording of the bars; an unknown one lists the known.
func TestSampleDefault(t *testing.T) {
	if !slices.Equal(all(t, ""), all(t, "sample:bars")) {
		t.Error("the empty address is another recording")
	}
	s := MustOpen("")
	if info := s.Info(); info.Width != 240 || info.Height != 180 || info.Format != "evt3" {
		t.Errorf("info: %v", info)
	}
	for _, uri := range []string{"sample:bras", "sample:bars?speed=3", "sample://bars/../x", "sample:../sample/bars"} {
		if _, err := Open(uri); err == nil || !strings.Contains(err.Error(), "known are bars") {
			t.Errorf("%s: %v", uri, err)
		}
	}
}

// TestEVT3RoundTrip: what the writer writes, the reader reads: all kinds of gaps, rows, masks and ends of the sensor.
func TestEVT3RoundTrip(t *testing.T) {
	rnd := newRandom(3)
	for _, width := range []int{20, 100, 1280} {
		var events []Event
		now := int64(0)
		for range 3000 {
			switch rnd.below(12) {
			case 0:
				now += int64(rnd.below(1 << rnd.below(26))) // up to four turns of the clock
			case 1, 2:
				now++
			}
			y, x, on := uint16(rnd.below(700)), rnd.below(width), uint8(rnd.below(2))
			for range 1 + rnd.below(40) {
				events = append(events, Event{T: now, X: uint16(x), Y: y, On: on})
				if x += rnd.below(4); x >= width {
					break
				}
			}
		}
		var w evt3Writer
		data := w.append(w.header(Info{Width: width, Height: 700}), events)
		s, err := FromReader(strings.NewReader(string(data)), "round.raw")
		if err != nil {
			t.Fatal(err)
		}
		var got []Event
		for {
			batch, err := s.Next()
			if err != nil {
				break
			}
			got = append(got, batch...)
		}
		if !slices.Equal(got, events) || s.Err() != nil {
			t.Errorf("width %d: %d events, want %d, or others (%v)", width, len(got), len(events), s.Err())
		}
	}
}
