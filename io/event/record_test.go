package event_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/livespike/livespike/io/event"
)

// evt4Words is an EVT 4 stream of all kinds of words, written by hand after OpenEB's evt4_event_types.h: words before
// the time, single events, a vector, a trigger, another record with its continuation, padding, a loop of the clock.
var evt4Words = words(
	0xB<<28|5<<11|6,        // an event before the first time: dropped
	0xC<<28|5<<11|6, 0b111, // a vector before it: dropped
	0xE<<28|3,                   // time 3<<6
	0xA<<28|9<<22|100<<11|50,    // darker at 201 µs
	0xB<<28|10<<22|1279<<11|719, //  brighter at 202 µs
	0xD<<28|11<<22|640<<11|7, 1<<31|1<<4|1,
	0x9<<28|12<<22|3<<8|1, // input 3 rises
	0x6<<28|13<<22|0x14, 0x7<<28|42,
	0xFFFFFFFF,
	0xE<<28|(1<<28-1),
	0xE<<28, // the clock begins anew
	0xA<<28|1<<22|1<<11|2,
	0x7<<28|1, // continues nothing
)

func words(w ...uint32) (b []byte) {
	b = []byte("% evt 4.0\n% format EVT4;height=720;width=1280\n% end\n")
	for _, v := range w {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return b
}

// TestKeepRecords keeps what is no event. Bytes written by hand after events.md §3.
func TestKeepRecords(t *testing.T) {
	for name, c := range map[string]struct {
		data    string
		events  []event.Event
		records []string
		stats   event.Stats
	}{
		"evt4.raw": {
			data: string(evt4Words),
			events: []event.Event{
				event.Of(201, 100, 50, 0), event.Of(202, 1279, 719, 1),
				event.Of(203, 640, 7, 1), event.Of(203, 644, 7, 1), event.Of(203, 671, 7, 1),
				event.Of(1<<34+1, 1, 2, 0),
			},
			records: []string{"204 trigger 3 1"},
			stats:   event.Stats{Dropped: 4, Triggers: 1, Skipped: 1, Errors: 1},
		},
		"atis.es": {
			data:    "Event Stream\x02\x00\x00\x02\x30\x01\xf0\x00" + "\xfc\xfe" + "\x0a\x01\x00\x02\x00" + "\x09\x01\x00\x02\x00" + "\x07\x03\x00\x04\x00",
			events:  []event.Event{event.Of(128, 1, 2, 1)},
			records: []string{"130 threshold (1, 2) second=false", "131 threshold (3, 4) second=true"},
			stats:   event.Stats{Skipped: 2},
		},
		"colour.es": {
			data:    "Event Stream\x02\x00\x00\x04\x02\x00\x02\x00" + "\xff\xfe" + "\x01\x00\x00\x01\x00rgb" + "\x03\x01\x00\x00\x00\x00\xff\x80",
			records: []string{"255 colour (0, 1) #726762", "258 colour (1, 0) #00ff80"},
			stats:   event.Stats{Skipped: 2},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := event.FromReader(strings.NewReader(c.data), name, event.KeepRecords())
			if err != nil {
				t.Fatal(err)
			}
			got, err := rest(s)
			if err != nil || !slices.Equal(got, c.events) {
				t.Errorf("events %v, want %v (%v)", got, c.events, err)
			}
			var records []string
			for _, r := range s.Records() {
				records = append(records, r.String())
			}
			if !slices.Equal(records, c.records) {
				t.Errorf("records %q, want %q", records, c.records)
			}
			c.stats.Events, c.stats.Bytes = int64(len(c.events)), int64(len(c.data))
			if st := s.Stats(); st != c.stats {
				t.Errorf("stats %v, want %v", st, c.stats)
			}
			if again := s.Records(); len(again) > 0 {
				t.Errorf("%d records come twice", len(again))
			}
		})
	}
}

// TestAEDAT4Records reads the inertial samples, triggers and images of a recording. Oracle: dv-processing 2.0.4 on the
// same file.
func TestAEDAT4Records(t *testing.T) {
	s, err := event.Open(synthetic+"aedat4_none.aedat4", event.KeepRecords())
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = s.Next()
	}
	if !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	first := map[string]string{}
	for _, r := range s.Records() {
		if kind := fmt.Sprintf("%T", r); first[kind] == "" {
			first[kind] = r.String()
		}
		if img, ok := r.(*event.Image); ok && (img.End-img.Begin != 80 || img.RGBA().Bounds().Dx() != 8) {
			t.Errorf("%v is exposed for %d µs and drawn as %v", img, img.End-img.Begin, img.RGBA().Bounds())
		}
	}
	for kind, want := range map[string]string{
		"*event.Image":  "1767225845002403 image 8x6 of 1 channels at (0, 0)",
		"event.IMU":     "1767225845002403 imu 1.92 °C, [-0.996 -0.763 -0.051] g, [1.998 -0.846 1.797] °/s, [-0.723 -0.322 -0.536] µT",
		"event.Trigger": "1767225845003022 trigger 2 1",
	} {
		if first[kind] != want {
			t.Errorf("%s: %s, want %s", kind, first[kind], want)
		}
	}
}
