package event_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/livespike/livespike/io/event"
)

// numpyEvents are the events of testdata/numpy, as its make.py has them.
func numpyEvents() (events []event.Event) {
	for i := range 500 {
		events = append(events, event.Of(int64(1000+37*i), uint16(7*i%640), uint16(13*i%480), uint8(i%2)))
	}
	return events
}

// TestNumPy reads what NumPy has written, in every layout, mapped and byte by byte. Oracle: the formula in make.py.
func TestNumPy(t *testing.T) {
	files, err := filepath.Glob("testdata/numpy/*.np?")
	if err != nil || len(files) != 9 {
		t.Fatalf("%d files (%v)", len(files), err)
	}
	want := numpyEvents()
	for _, file := range files {
		s, err := event.Open(file)
		if err != nil {
			t.Error(err)
			continue
		}
		if got, err := rest(s); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %d events, want %d, or others (%v)", file, len(got), len(want), err)
		}
		if err := s.SeekEvent(123); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		if got, err := rest(s); err != nil || !slices.Equal(got, want[123:]) {
			t.Errorf("%s: %d events behind a seek (%v)", file, len(got), err)
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s, err = event.FromReader(iotest.OneByteReader(bytes.NewReader(data)), file)
		if err != nil {
			t.Error(err)
			continue
		}
		if got, err := rest(s); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s byte by byte: %d events, want %d, or others (%v)", file, len(got), len(want), err)
		}
	}
}

// TestNumPyCut cuts an archive and an array in the middle: the events before the cut come first, then an error with the
// place.
func TestNumPyCut(t *testing.T) {
	want := numpyEvents()
	for _, name := range []string{"packed.npy", "packed.npz", "psee_compressed.npz"} {
		data, err := os.ReadFile("testdata/numpy/" + name)
		if err != nil {
			t.Fatal(err)
		}
		data = data[:len(data)*2/3]
		s, err := event.FromReader(bytes.NewReader(data), name)
		if err != nil {
			t.Fatal(err)
		}
		got, err := rest(s)
		if !errors.Is(err, event.ErrTruncated) || !strings.Contains(err.Error(), "offset ") {
			t.Errorf("%s: error %v", name, err)
		}
		if len(got) < 100 || !slices.Equal(got, want[:len(got)]) {
			t.Errorf("%s: %d events, or others", name, len(got))
		}
	}
}

// TestLoadArray reads arrays of numbers. Oracle: the bytes, written by hand after NumPy's format.
func TestLoadArray(t *testing.T) {
	place := filepath.Join(t.TempDir(), "a.npy")
	array := func(dict, body string) string {
		return string(binary.LittleEndian.AppendUint16([]byte("\x93NUMPY\x01\x00"), uint16(len(dict)))) + dict + body
	}
	for data, want := range map[string]string{
		array("{'descr': '|b1', 'fortran_order': False, 'shape': (2, 3)}", "\x01\x00\x00\x00\x01\x01"):         "[2 3] [1 0 0 0 1 1]",
		array("{'descr': '>i2', 'fortran_order': False, 'shape': (2,)}", "\xff\xfe\x01\x00"):                   "[2] [-2 256]",
		array("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1)}", "\x00\x00\x00\x00\x00\x00\xf8\x3f"): "[1 1] [1.5]",
		array("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 1)}", "\x00\x00\x00\x00\x00\x00\xf8\x3f"): "breaks off inside an array of shape [2 1]",
		array("{'descr': '<f8', 'fortran_order': False, 'shape': (65536, 65536, 9)}", ""):                      "is refused",
		array("{'descr': '<f8', 'fortran_order': True, 'shape': (1, 1)}", "12345678"):                          "Fortran",
		array("{'descr': [('x', '<u2')], 'fortran_order': False, 'shape': (1,)}", "12"):                        "an array of records",
		"12": "breaks off inside the header",
	} {
		if err := os.WriteFile(place, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		a, err := event.LoadArray(place)
		got := fmt.Sprint(err)
		if err == nil {
			got = fmt.Sprint(a.Shape(), a.Data())
		}
		if !strings.Contains(got, want) || err != nil && !strings.Contains(got, place) {
			t.Errorf("%q: %s, want %s", data, got, want)
		}
	}
	if _, err := event.LoadArray("nosuch.npy"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

// TestNumPyRefused: arrays that hold no events, and headers that promise too much.
func TestNumPyRefused(t *testing.T) {
	array := func(dict string) string {
		head := binary.LittleEndian.AppendUint16([]byte("\x93NUMPY\x01\x00"), uint16(len(dict)))
		return string(head) + dict
	}
	member := func(flags, method byte, name, body string) string {
		b := append([]byte("PK\x03\x04\x14\x00"), flags, 0, method, 0, 0, 0, 0, 0, 0, 0, 0, 0)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(body)))
		b = binary.LittleEndian.AppendUint32(b, uint32(len(body)))
		return string(append(b, byte(len(name)), 0, 0, 0)) + name + body
	}
	for data, want := range map[string]string{
		array("{'descr': '<f8', 'shape': (3,)}"):                                       "an array of shape [3]",
		array("{'descr': '<c16', 'shape': (3, 4)}"):                                    `the type "<c16" is no number`,
		array("{'descr': [('a', '<u2')], 'shape': (3,)}"):                              "no fields t, x, y, p",
		array("{'descr': '<f8', 'shape': (3, 4), 'fortran_order': True}"):              "an array of shape [3 4]",
		array("{'descr': '|V70000', 'shape': (3, 4)}"):                                 "is no number",
		array("{'descr': '<f8', 'shape': (-3, 4)}"):                                    "the shape is",
		array(strings.Repeat("(", 99)):                                                 "the header is no dictionary",
		"\x93NUMPY\x02\x00\xff\xff\xff\xff" + "abcdefgh":                               "is refused",
		member(1, 0, "a.npy", "xxxx"):                                                  "is encrypted",
		member(0, 9, "a.npy", "xxxx"):                                                  "packed by method 9",
		member(0, 0, "a.npy", "not an array at all"):                                   "NumPy's start with",
		member(0, 0, "a.npy", array("{'descr': '<f8', 'shape': (9,)}")):                "there are a",
		member(0, 0, "t.npy", array("{'descr': '<i8', 'shape': (9,)}")) + "PK\x05\x06": "there are t",
		member(0, 0, "t.npy", array("{'descr': '<i8', 'shape': (9,)}")) + member(0, 0, "x.npy", array("{'descr': '<u2', 'shape': (9,)}")) +
			member(0, 0, "y.npy", array("{'descr': '<u2', 'shape': (9,)}")) + member(0, 0, "p.npy", array("{'descr': '<u2', 'shape': (8,)}")): "t and p have 9 and 8 elements",
	} {
		_, err := event.FromReader(strings.NewReader(data), "refused")
		if !errors.Is(err, event.ErrFormat) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %v, want %q", data, err, want)
		}
	}
}
