package event_test

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/livespike/livespike/io/event"
)

// TestRecords decodes what no recording of testdata holds, from bytes written by hand after events.md §3. An empty cut
// is a file that does not break off.
func TestRecords(t *testing.T) {
	aedat3 := "#!AER-DAT3.1\r\n#Format: RAW\r\n#Source 1: DAVIS240C\r\n#!END-HEADER\r\n"
	packet := func(kind, size, room byte) string {
		return string([]byte{
			kind, 0, 1, 0, size, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, room, 0, 0, 0, room, 0, 0, 0, room, 0, 0, 0,
		})
	}
	polarity := "\x0f\x00\x0a\x00\x07\x00\x00\x00" // y 3, x 5, brighter, valid, 7 µs
	for name, c := range map[string]struct {
		data  string
		want  []event.Event
		stats event.Stats
		info  event.Info
		cut   string
	}{
		"v1.dat": {
			data: "% Data file containing CD events\n% Version 1\n\x00\x08" + "\x09\x00\x00\x00\x05\x07\x02\x00" + "\x0a\x00\x00\x00\xff\xfe\x01\x00",
			want: []event.Event{event.Of(9, 261, 3, 1), event.Of(10, 255, 255, 0)},
			info: event.Info{Format: "dat"},
		},
		"trigger.dat": {
			data:  "% Data file containing trigger events\n% Version 2\n\x0e\x08" + "12345678" + "12345678",
			stats: event.Stats{Triggers: 2},
			info:  event.Info{Format: "dat"},
		},
		"v1.aedat": {
			data: "#!AER-DAT1.0\n" + "\x05\x07\x00\x00\x00\x01" + "\x05\x06\xff\xff\xff\xff" + "\x80\x00\x00\x00\x00\x02",
			want: []event.Event{event.Of(1, 3, 5, 1), event.Of(-1, 3, 5, 0)}, stats: event.Stats{Triggers: 1, BackSteps: 1},
			info: event.Info{Format: "aedat2", Width: 128, Height: 128, LowerLeft: true},
		},
		"hash.aedat": { // the first record begins as a comment does
			data: "#!AER-DAT2.0\r\n# AEChip: ch.Davis240C\r\n" + "#\x40\x58\x00\x00\x00\x00\x0a",
			want: []event.Event{event.Of(10, 5, 141, 1)},
			info: event.Info{Format: "aedat2", Width: 240, Height: 180, Camera: "ch.Davis240C", LowerLeft: true},
		},
		"skip.aedat": {
			data: aedat3 + packet(2, 3, 4) + "123412341234" + packet(1, 8, 2) + polarity + "\x0e\x00\x0a\x00\x07\x00\x00\x00",
			want: []event.Event{event.Of(1<<31+7, 5, 3, 1)}, stats: event.Stats{Skipped: 4, Dropped: 1},
			info: event.Info{Format: "aedat3", Width: 240, Height: 180, Camera: "DAVIS240C"},
		},
		"cut.aedat": {
			data: aedat3 + packet(1, 8, 2) + polarity,
			want: []event.Event{event.Of(1<<31+7, 5, 3, 1)},
			info: event.Info{Format: "aedat3", Width: 240, Height: 180, Camera: "DAVIS240C"},
			cut:  "offset 100: the file breaks off inside a packet, 8 bytes are missing",
		},
		"atis.es": {
			data: "Event Stream\x02\x00\x00\x02\x30\x01\xf0\x00" + "\xfc\xfe" + "\x0a\x01\x00\x02\x00" + "\x09\x01\x00\x02\x00" + "\x04\x03\x00\x04\x00",
			want: []event.Event{event.Of(128, 1, 2, 1), event.Of(131, 3, 4, 0)}, stats: event.Stats{Skipped: 1},
			info: event.Info{Format: "es", Width: 304, Height: 240, LowerLeft: true},
		},
		"colour.es": {
			data:  "Event Stream\x02\x00\x00\x04\x02\x00\x02\x00" + "\xff" + "\x01\x00\x00\x01\x00rgb",
			stats: event.Stats{Skipped: 1},
			info:  event.Info{Format: "es", Width: 2, Height: 2, LowerLeft: true},
		},
		"lone.spif": { // AEStream's test vector: the last word of a datagram has no time
			data: "\x0c\x00" + "\x0f\x80\xda\x00\x64\x00\x00\x00" + "\x0f\x00\xda\x00" + "\x04\x00" + "\x0f\x00\xda\x80",
			want: []event.Event{event.Of(100, 218, 15, 1), event.Of(100, 218, 15, 0), event.Of(100, 218, 15, 0)},
			info: event.Info{Format: "spif"},
		},
		"cut.spif": {
			data: "\x04\x00\x0f\x00\xda\x80\x04\x00\x0f\x00\xda\x80\x04\x00\x0f\x00\xda\x80\x08\x00\x0f",
			want: []event.Event{event.Of(0, 218, 15, 0), event.Of(0, 218, 15, 0), event.Of(0, 218, 15, 0)},
			info: event.Info{Format: "spif"},
			cut:  "offset 20: the file breaks off inside a datagram, 7 bytes are missing",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := event.FromReader(strings.NewReader(c.data), name)
			if err != nil {
				t.Fatal(err)
			}
			c.info.Events = -1
			if s.Info() != c.info {
				t.Errorf("info %#v, want %#v", s.Info(), c.info)
			}
			var got []event.Event
			for {
				var events []event.Event
				if events, err = s.Next(); err != nil {
					break
				}
				got = append(got, events...)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("events %v, want %v", got, c.want)
			}
			if c.cut == "" && !errors.Is(err, io.EOF) || c.cut != "" && (!errors.Is(err, event.ErrTruncated) || !strings.Contains(err.Error(), c.cut)) {
				t.Errorf("end: %v, want %q", err, c.cut)
			}
			if c.cut == "" {
				c.stats.Events, c.stats.Bytes = int64(len(c.want)), int64(len(c.data))
				if s.Stats() != c.stats {
					t.Errorf("stats %v, want %v", s.Stats(), c.stats)
				}
			}
		})
	}
}

// TestSummarySays: a summary names what was in a recording and is no event. Oracle: the lines, counted by hand.
func TestSummarySays(t *testing.T) {
	text := "\xef\xbb\xbft,x,y,p\n" + strings.Repeat("1,2,3,1\n", 30) + "2,x,5,1\n3,4\n4,70000,5,1\n5,6,7,0\n"
	s, err := event.FromReader(strings.NewReader(text), "spreadsheet.csv")
	if err != nil {
		t.Fatal(err)
	}
	sum, err := event.Digest(s)
	if want := "csv size unknown: 31 events from 1 to 5 µs, 0 back in time, 1 dropped, 2 errors, sha256 "; err != nil || !strings.HasPrefix(sum.String(), want) {
		t.Errorf("%v, %v, want %s…", sum, err, want)
	}
}

// TestRefused: content that is known but cannot be read is refused with a sentence.
func TestRefused(t *testing.T) {
	for data, want := range map[string]string{
		"#!AER-DAT2.0\r\n# AEChip: net.sf.jaer.chip.Cochlea\r\n":  "offset 50: the chip net.sf.jaer.chip.Cochlea is unknown; known are dvs128, davis128",
		"#!AER-DAT3.1\r\n#Format: Serial-TS\r\n#!END-HEADER\r\n":  "the format Serial-TS is not supported, RAW is",
		"Event Stream\x03\x00\x00\x01\x02\x00\x02\x00":            "Event Stream version 3.0.0 is unknown",
		"Event Stream\x02\x00\x00\x07\x02\x00\x02\x00":            "Event Stream of kind 7 is unknown",
		"Event Stream\x02\x00\x00\x01\x00\x00\x02\x00":            "the sensor has 0x2 pixels",
		"Event Stream\x02\x00":                                    "the file breaks off inside the header",
		"% Data file containing CD events\n% Version 2\n\x0c":     "the file breaks off before the type of its records",
		"% Data file containing CD events\n% Version 2\n\x0c\x10": "records of type 0x0c with 16 bytes",
	} {
		_, err := event.FromReader(strings.NewReader(data), "refused")
		if !errors.Is(err, event.ErrFormat) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want %q", data, err, want)
		}
	}
}
