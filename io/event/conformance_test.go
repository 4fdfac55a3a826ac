package event_test

import (
	"crypto/sha3"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/livespike/livespike/internal/fixture"
	"github.com/livespike/livespike/io/event"
)

// expected is one entry of expected.json.
type expected struct {
	Count     *int64     `json:"count"`
	First5    [][4]int64 `json:"first5"`
	Last5     [][4]int64 `json:"last5"`
	TMin      int64      `json:"t_min"`
	TMax      int64      `json:"t_max"`
	XMin      uint16     `json:"x_min"`
	XMax      uint16     `json:"x_max"`
	YMin      uint16     `json:"y_min"`
	YMax      uint16     `json:"y_max"`
	SumX      uint64     `json:"sum_x"`
	SumY      uint64     `json:"sum_y"`
	SumP      uint64     `json:"sum_p"`
	SumT      uint64     `json:"sum_t_mod_2_64"`
	BackSteps int64      `json:"time_backsteps"`
	SHA256    string     `json:"sha256_txyp"`
	Width     *int       `json:"width"`
	Height    *int       `json:"height"`
	Triggers  *int64     `json:"triggers"`
	IMU       *int64     `json:"imu"`
	Frames    *int64     `json:"frames"`
	Invalid   int64      `json:"invalid"`
	Skipped   int64      `json:"skipped"`
	Bytes     int64      `json:"bytes"`
	Type      string     `json:"type"`       // "generic": messages, not events
	Messages  [][2]any   `json:"first"`      // of a generic file: time and text
	SHA3T     string     `json:"sha3_224_t"` // of the times, unsigned 64 bits each
	Note      string     `json:"note"`
}

// TestConformance reads every recording of testdata, or of the folder in LIVESPIKE_EVENTS, and compares it with
// expected.json beside it. Oracle: an independent NumPy decoder, and OpenEB's decoders for the Prophesee formats.
func TestConformance(t *testing.T) {
	root := fixture.Path("LIVESPIKE_EVENTS")
	if root == "" {
		root = "testdata"
		t.Log("reading testdata; LIVESPIKE_EVENTS names a folder with more")
	}
	files, err := filepath.Glob(filepath.Join(root, "*", "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	if one := filepath.Join(root, "expected.json"); exists(one) {
		files = append(files, one)
	}
	if len(files) == 0 {
		t.Fatalf("%s: no expected.json", root)
	}
	cases, failed, skipped := 0, 0, 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var table map[string]json.RawMessage
		if err := json.Unmarshal(text, &table); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		names := make([]string, 0, len(table))
		for name := range table {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, name := range names {
			cases++
			path := filepath.Join(filepath.Dir(file), name)
			reason := ""
			if !t.Run(filepath.Base(filepath.Dir(file))+"/"+name, func(t *testing.T) { reason = conform(t, path, table[name]) }) {
				failed++
			} else if reason != "" {
				skipped++
				t.Logf("skipped %s: %s", name, reason)
			}
		}
	}
	t.Logf("conformance events: %d cases, %d failed, %d skipped", cases, failed, skipped)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// conform checks one recording; the result says why it was skipped.
func conform(t *testing.T, path string, entry json.RawMessage) (skipped string) {
	var want expected
	if err := json.Unmarshal(entry, &want); err != nil {
		t.Fatalf("entry does not fit the schema: %v", err)
	}
	if want.Count == nil && !exists(path) {
		return "not a file of this folder: its entry only names files to download"
	}
	s, err := event.Open(path, event.KeepRecords())
	if err != nil {
		t.Fatal(err)
	}
	watch := &watcher{Stream: s}
	got, err := event.Digest(watch)
	truncated := strings.Contains(want.Note, "cut short") || strings.Contains(want.Note, "stray byte") || strings.Contains(want.Note, "truncated")
	switch {
	case truncated && !errors.Is(err, event.ErrTruncated):
		t.Errorf("the file breaks off: got error %v", err)
	case truncated && (!strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "offset ")):
		t.Errorf("the error does not name file and offset: %v", err)
	case !truncated && err != nil:
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if want.Type == "generic" {
		compare(t, "events in messages", got.Count, 0)
		compare(t, "count", s.Stats().Skipped, *want.Count)
		messages(t, s.Records(), want)
		return ""
	}
	compare(t, "count", got.Count, *want.Count)
	compare(t, "sum_x", got.SumX, want.SumX)
	compare(t, "sum_y", got.SumY, want.SumY)
	compare(t, "sum_p", got.SumP, want.SumP)
	compare(t, "sum_t_mod_2_64", got.SumT, want.SumT)
	compare(t, "time_backsteps", got.BackSteps, want.BackSteps)
	if want.Width != nil && want.Height != nil {
		compare(t, "width", got.Width, *want.Width)
		compare(t, "height", got.Height, *want.Height)
	}
	if want.SHA256 != "" {
		compare(t, "sha256_txyp", got.SHA256, want.SHA256)
	}
	kept(t, s, want)
	if want.Invalid > 0 {
		compare(t, "invalid", s.Stats().Dropped, want.Invalid)
	}
	if want.Skipped > 0 {
		compare(t, "skipped", s.Stats().Skipped, want.Skipped)
	}
	if *want.Count > 0 {
		watch.check(t, want)
	}
	return ""
}

// kept compares what the file holds beside events.
func kept(t *testing.T, s *event.Stream, want expected) {
	t.Helper()
	var triggers, imu, frames int64
	last := map[string]int64{}
	for _, r := range s.Records() {
		kind := fmt.Sprintf("%T", r)
		switch r.(type) {
		case event.Trigger:
			triggers++
		case event.IMU:
			imu++
		case *event.Image:
			frames++
		}
		if r.Time() < last[kind] {
			t.Errorf("%v comes after %d", r, last[kind])
		}
		last[kind] = r.Time()
	}
	if want.Triggers != nil {
		compare(t, "triggers", s.Stats().Triggers, *want.Triggers)
		compare(t, "triggers kept", triggers, *want.Triggers)
	}
	if want.IMU != nil {
		compare(t, "imu", imu, *want.IMU)
	}
	if want.Frames != nil {
		compare(t, "frames", frames, *want.Frames)
	}
}

// messages compares the records of a generic Event Stream. Oracle: faery's published digest of their times.
func messages(t *testing.T, got []event.Record, want expected) {
	t.Helper()
	if int64(len(got)) != *want.Count {
		t.Fatalf("%d messages, want %d", len(got), *want.Count)
	}
	var times []byte
	for i, r := range got {
		m := r.(event.Message)
		times = binary.LittleEndian.AppendUint64(times, uint64(m.T))
		if i < len(want.Messages) {
			compare(t, "message", fmt.Sprintf("%d %s", m.T, m.Data), fmt.Sprintf("%.0f %s", want.Messages[i][0], want.Messages[i][1]))
		}
	}
	if want.SHA3T != "" {
		compare(t, "sha3_224_t", fmt.Sprintf("%x", sha3.Sum224(times)), want.SHA3T)
	}
}

func compare[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// watcher keeps the ends and the extremes of what passes.
type watcher struct {
	*event.Stream
	first, last [][4]int64
	low, high   [3]int64
	n           int
}

func (w *watcher) Next() ([]event.Event, error) {
	events, err := w.Stream.Next()
	for _, e := range events {
		row := [4]int64{e.T, int64(e.X), int64(e.Y), int64(e.On)}
		for i, v := range row[:3] {
			if w.n == 0 || v < w.low[i] {
				w.low[i] = v
			}
			if w.n == 0 || v > w.high[i] {
				w.high[i] = v
			}
		}
		if w.n < 5 {
			w.first = append(w.first, row)
		}
		w.last = append(w.last, row)
		if len(w.last) > 5 {
			w.last = w.last[1:]
		}
		w.n++
	}
	return events, err
}

func (w *watcher) check(t *testing.T, want expected) {
	t.Helper()
	for i := range want.First5 {
		compare(t, "first5", w.first[i], want.First5[i])
	}
	for i := range want.Last5 {
		compare(t, "last5", w.last[i], want.Last5[i])
	}
	compare(t, "minima", w.low, [3]int64{want.TMin, int64(want.XMin), int64(want.YMin)})
	compare(t, "maxima", w.high, [3]int64{want.TMax, int64(want.XMax), int64(want.YMax)})
}
