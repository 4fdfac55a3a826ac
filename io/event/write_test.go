package event_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/livespike/livespike/io/event"
)

// writable are the ways to write a recording that give it back exactly.
var writable = []struct {
	name string
	opts []event.Option
}{
	{"a.aedat4", nil},
	{"none.aedat4", []event.Option{event.Compression("NONE")}},
	{"high.aedat4", []event.Option{event.Compression("LZ4_HIGH")}},
	{"zstd.aedat4", []event.Option{event.Compression("ZSTD")}},
	{"best.aedat4", []event.Option{event.Compression("ZSTD_HIGH")}},
	{"a.dat", nil},
	{"a.raw", nil},
	{"evt2.raw", []event.Option{event.Format("evt2")}},
	{"a.es", nil},
	{"a.csv", nil},
	{"a.csv.gz", nil},
	{"a.npy", nil},
	{"a.npz", nil},
	{"stored.npz", []event.Option{event.Compression("NONE")}},
	{"a.raw.zst", nil},
}

// rest is every event that a stream still has, and how it ended.
func rest(s *event.Stream) (all []event.Event, err error) {
	for {
		events, err := s.Next()
		if err != nil {
			return all, s.Err()
		}
		all = append(all, events...)
	}
}

// madeUp is a recording in the order of time, beginning late, with bursts, rows that fit vectors, and gaps of up to an
// hour that turn the clocks of all formats.
func madeUp(seed uint64, w, h int) []event.Event {
	rnd := rand.New(rand.NewPCG(seed, 1))
	t := rnd.Int64N(1 << 31)
	var events []event.Event
	for range 4000 {
		switch rnd.IntN(20) {
		case 0:
			t += rnd.Int64N(1 << rnd.IntN(31))
		case 1, 2, 3:
			t += rnd.Int64N(300)
		}
		x, y, on := rnd.IntN(w), rnd.IntN(h), uint8(rnd.IntN(2))
		for range 1 + rnd.IntN(10) {
			events = append(events, event.Of(t, uint16(x), uint16(y), on))
			if x += 1 + rnd.IntN(5); x >= w {
				break
			}
		}
	}
	return events
}

// TestRoundTrip: what is written is read again, event for event, with the size of the sensor, through every format.
func TestRoundTrip(t *testing.T) {
	for seed, size := range [][2]int{{346, 260}, {1280, 720}, {2048, 2048}} {
		want := madeUp(uint64(seed), size[0], size[1])
		for _, c := range writable {
			t.Run(fmt.Sprintf("%s/%dx%d", c.name, size[0], size[1]), func(t *testing.T) {
				file := filepath.Join(t.TempDir(), c.name)
				w, err := event.Create(file, append(slices.Clone(c.opts), event.Size(size[0], size[1]))...)
				if err != nil {
					t.Fatal(err)
				}
				for left := want; len(left) > 0; {
					n := min(len(left), 1+len(left)%9973)
					if err := w.Write(left[:n]); err != nil {
						t.Fatal(err)
					}
					left = left[n:]
				}
				if _, err := os.Stat(file); err == nil {
					t.Error("the file is there before Close")
				}
				if err := errors.Join(w.Close(), w.Close()); err != nil {
					t.Fatal(err)
				}
				s, err := event.Open(file)
				if err != nil {
					t.Fatal(err)
				}
				sized := !strings.Contains(c.name, ".np") // NumPy's arrays have no place for it
				if i := s.Info(); sized && (i.Width != size[0] || i.Height != size[1]) {
					t.Errorf("size %dx%d", i.Width, i.Height)
				}
				if got, err := rest(s); err != nil || !slices.Equal(got, want) {
					t.Errorf("%d events, want %d, or others (%v)", len(got), len(want), err)
				}
				if st := s.Stats(); st.Errors+st.Dropped+st.BackSteps+st.OutOfRange+st.Skipped > 0 {
					t.Errorf("stats: %v", st)
				}
				if left, err := os.ReadDir(filepath.Dir(file)); err != nil || len(left) != 1 {
					t.Errorf("%d files in the folder (%v)", len(left), err)
				}
			})
		}
	}
}

// TestConvert saves every recording of testdata, and those of LIVESPIKE_DATA, in every format. Whatever is saved is
// equal; what a format cannot hold is refused in a sentence, and most is not.
func TestConvert(t *testing.T) {
	files, err := filepath.Glob(synthetic + "*.*")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d recordings (%v)", len(files), err)
	}
	if data := os.Getenv("LIVESPIKE_DATA"); data != "" {
		real, err := filepath.Glob(filepath.Join(data, "real", "*.*"))
		if err != nil || len(real) == 0 {
			t.Errorf("LIVESPIKE_DATA: no recordings in %s (%v)", data, err)
		}
		files = append(files, real...)
	} else {
		t.Log("LIVESPIKE_DATA is not set: only the recordings of testdata are converted")
	}
	for _, c := range writable {
		equal, refused := 0, 0
		for _, file := range files {
			src, err := event.Open(file)
			if err != nil {
				continue // labels and tables beside the recordings
			}
			want, _ := rest(src)
			place := filepath.Join(t.TempDir(), c.name)
			again, err := event.Open(file)
			if err != nil {
				t.Fatal(err)
			}
			opts := slices.Clone(c.opts)
			if again.Info().Width == 0 {
				opts = append(opts, event.Size(1280, 720))
			}
			if again.Stats().BackSteps == 0 && len(want) > 0 && want[0].T > 1<<32 {
				opts = append(opts, event.FromZero())
				for i := len(want) - 1; i >= 0; i-- {
					want[i].T -= want[0].T
				}
			}
			// A recording that breaks off is saved as far as it goes.
			if err := again.Save(place, opts...); err != nil && !errors.Is(err, event.ErrTruncated) {
				refused++
				if _, missing := os.Stat(place); missing == nil || !strings.Contains(err.Error(), "time ") && !strings.Contains(err.Error(), "pixel (") {
					t.Errorf("%s to %s: %v; file: %v", file, c.name, err, missing)
				}
				continue
			}
			s, err := event.Open(place)
			if err != nil {
				t.Errorf("%s to %s: %v", file, c.name, err)
				continue
			}
			if got, err := rest(s); err != nil || !slices.Equal(got, want) {
				t.Errorf("%s to %s: %d events, want %d, or others (%v)", file, c.name, len(got), len(want), err)
			}
			equal++
		}
		t.Logf("%s: %d equal, %d refused", c.name, equal, refused)
		if equal < 25 {
			t.Errorf("%s: only %d of %d recordings could be saved", c.name, equal, len(files))
		}
	}
}

// TestMisfits: a format refuses what it would change, names the event, and leaves what was under the name.
func TestMisfits(t *testing.T) {
	for _, c := range []struct {
		name   string
		opt    event.Option
		events []event.Event
		want   string
	}{
		{"a.raw", event.Size(640, 480), []event.Event{event.Of(5, 0, 0, 1), event.Of(4, 0, 0, 1)}, "event 1: time 4 comes after 5: EVT 3 cannot go back in time"},
		{"a.raw", event.Size(640, 480), []event.Event{event.Of(1700000000000000, 0, 0, 1)}, "event 0: time 1700000000000000: the 24-bit clock"},
		{"a.raw", event.Size(640, 480), []event.Event{event.Of(-1, 0, 0, 1)}, "give FromZero"},
		{"a.raw", event.Format("evt2"), []event.Event{event.Of(0, 2048, 0, 1)}, "pixel (2048, 0) does not fit, the format has (0, 0) to (2047, 2047)"},
		{"a.raw", event.Format("evt2"), []event.Event{event.Of(1<<34, 0, 0, 1), event.Of(1<<34-64, 0, 0, 1)}, "event 1: time 17179869120: EVT 2 cannot go back over a turn"},
		{"a.dat", event.Size(640, 480), []event.Event{event.Of(1<<32, 0, 0, 1)}, "event 0: time 4294967296: DAT has 32-bit times"},
		{"a.dat", event.Size(640, 480), []event.Event{event.Of(0, 0, 1<<14, 1)}, "pixel (0, 16384)"},
		{"a.es", event.Size(640, 480), []event.Event{event.Of(1<<40, 0, 0, 1)}, "give FromZero"},
		{"a.es", event.Format("es"), nil, "Event Stream stores the sensor's size, which is not known; give Size"},
		{"a.aedat4", event.Size(640, 480), []event.Event{event.Of(0, 1<<15, 0, 1)}, "pixel (32768, 0)"},
		{"a.xyz", event.Size(640, 480), nil, `no format to write has the extension ".xyz"; give Format, written are aedat4, csv, dat, es, evt2, evt3`},
		{"a.bin", event.Format("nmnist"), nil, "the format nmnist is only read"},
		{"a.csv", event.Compression("ZSTD"), nil, "the format csv has no compression of its own; a name that ends in .gz or .zst compresses the whole file"},
		{"a.npz", event.Compression("LZ4"), nil, "the format npz has no compression LZ4, but NONE"},
		{"nosuch/a.csv", event.Size(640, 480), nil, "no such file"},
		{"nosuch:a", event.Size(640, 480), nil, "no sink is called nosuch"},
	} {
		dir := t.TempDir()
		file := filepath.Join(dir, c.name)
		if strings.Contains(c.name, ":") {
			file = c.name
		} else if !strings.Contains(c.name, "/") {
			if err := os.WriteFile(file, []byte("before"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		w, err := event.Create(file, c.opt)
		if err == nil {
			err = w.Write(c.events)
			if closed := w.Close(); !errors.Is(closed, err) || err != nil && !errors.Is(w.Write(nil), event.ErrClosed) {
				t.Errorf("%s: Close after a failure: %v", c.name, closed)
			}
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if data, err := os.ReadFile(file); err == nil && string(data) != "before" {
			t.Errorf("%s: the old file has changed", c.name)
		}
		if left, _ := os.ReadDir(dir); len(left) > 1 {
			t.Errorf("%s: something is left: %v", c.name, left)
		}
	}
}

// TestFromZero: times count from the first event.
func TestFromZero(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.dat")
	w := event.MustCreate(file, event.FromZero())
	events := []event.Event{event.Of(1e15, 1, 2, 1), event.Of(1e15+7, 1, 2, 0)}
	if err := errors.Join(w.Write(events[:1]), w.Write(events[1:]), w.Close()); err != nil {
		t.Fatal(err)
	}
	got, err := rest(event.MustOpen(file))
	if want := []event.Event{event.Of(0, 1, 2, 1), event.Of(7, 1, 2, 0)}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, want %v (%v)", got, want, err)
	}
	if events[0].T != 1e15 {
		t.Error("the caller's events have changed")
	}
}

// FromZero is advice for those who have not followed it.
func TestAdviceOnTimes(t *testing.T) {
	for name, last := range map[string]int64{"evt2": 1 << 60, "evt3": 1 << 60, "dat": 1 << 33, "es": 1 << 40} {
		for _, given := range []bool{false, true} {
			opts := []event.Option{event.Format(name), event.Size(640, 480)}
			if given {
				opts = append(opts, event.FromZero())
			}
			w := event.MustCreate(filepath.Join(t.TempDir(), "a"), opts...)
			err := w.Write([]event.Event{event.Of(0, 0, 0, 1), event.Of(last, 0, 0, 1)})
			if err == nil || strings.Contains(err.Error(), "FromZero") == given {
				t.Errorf("%s, given %v: %v", name, given, err)
			}
			w.Close()
		}
	}
}

// TestAEDAT4Table: the data table is where the header says, and holds each packet's place, size and count, read here by
// another path than the decoder's: the schema's slots, in order.
func TestAEDAT4Table(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.aedat4")
	events := madeUp(9, 300, 200)
	w := event.MustCreate(file, event.Compression("NONE"))
	if err := errors.Join(w.Write(events), w.Close()); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	u32 := func(at int) int {
		return int(uint32(data[at]) | uint32(data[at+1])<<8 | uint32(data[at+2])<<16 | uint32(data[at+3])<<24)
	}
	field := func(table, slot int) int {
		vtable := table - u32(table)
		return table + u32(vtable+4+2*slot)&0xffff
	}
	header := 18 + u32(18)
	place := u32(field(header, 1))
	if string(data[place+8:place+12]) != "FTAB" || place+4+u32(place) != len(data) {
		t.Fatalf("the table at %d of %d bytes has no identifier or size", place, len(data))
	}
	root := place + 4 + u32(place+4)
	vector := field(root, 0)
	vector += u32(vector)
	count := 0
	for i := range u32(vector) {
		at := vector + 4 + 4*i
		row := at + u32(at)
		offset, packet := u32(field(row, 0)), field(row, 1)
		if u32(offset-8) != u32(packet) || u32(offset-4) != u32(packet+4) || string(data[offset+8:offset+12]) != "EVTS" {
			t.Fatalf("row %d: offset %d has another packet", i, offset)
		}
		if n := u32(field(row, 2)); n != u32(offset+28) || u32(field(row, 3)) != u32(offset+32) {
			t.Errorf("row %d: %d events", i, n)
		}
		count += u32(field(row, 2))
	}
	if count != len(events) {
		t.Errorf("the table counts %d events, want %d", count, len(events))
	}
	if !bytes.Contains(data[:header+2000], []byte(`<attr key="sizeX" type="int">300</attr><attr key="sizeY" type="int">200</attr>`)) {
		t.Error("the header does not have the size of the largest coordinates")
	}
}
