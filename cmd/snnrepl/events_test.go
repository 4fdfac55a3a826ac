package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/png"
	"math"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/livespike/livespike/io/event"
	"github.com/livespike/livespike/snn/tensor"
)

const recordings = "../../io/event/testdata/synthetic/"

// digestOf is what events info says of the events in a file.
func digestOf(t *testing.T, file string) string {
	t.Helper()
	status, out, err := snnrepl("", "events", "info", "--json", file)
	if status != 0 {
		t.Fatalf("%s: status %d, %s", file, status, err)
	}
	_, digest, _ := strings.Cut(out, `"sha256_txyp":`)
	return digest
}

// TestEventsConvert goes through every format and back: the digest is that of the original.
func TestEventsConvert(t *testing.T) {
	dir := t.TempDir()
	original := recordings + "evt3_loop.raw"
	want := digestOf(t, original)
	file := original
	for _, name := range []string{"a.aedat4", "b.dat", "c.raw", "d.es", "e.csv", "f.csv.gz", "g.raw.zst", "h.aedat4"} {
		next := filepath.Join(dir, name)
		args := []string{"events", "convert", file, next}
		if name == "h.aedat4" {
			args = append(args, "--compression", "ZSTD")
		}
		status, out, err := snnrepl("", args...)
		if status != 0 || !strings.Contains(out, " events") {
			t.Fatalf("%s: status %d, %s%s", name, status, out, err)
		}
		if got := digestOf(t, next); got != want {
			t.Errorf("%s has the digest %s, %s has %s", name, got, original, want)
		}
		file = next
	}
}

// TestEventsErrors: wrong flags are usage, bad data is not, and a recording that breaks off is converted as far as it
// goes.
func TestEventsErrors(t *testing.T) {
	dir := t.TempDir()
	whole := recordings + "csv_txyp.csv"
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"convert", "a"}, 2, "convert which file to which?"},
		{[]string{"convert", whole, "b.csv", "--to", "nosuch"}, 2, "unknown format nosuch"},
		{[]string{"convert", whole, "b.csv", "--compression", "RAR"}, 2, "unknown codec"},
		{[]string{"convert", whole, "b.csv", "--size", "big"}, 2, "--size big: want WIDTHxHEIGHT"},
		{[]string{"convert", whole, "b.csv", "--unit", "-1s"}, 2, "--unit -1s: -1s, want more than 0"},
		{[]string{"recv", "--count", "-1", whole}, 2, "--count -1"},
		{[]string{"convert", "nosuch.raw", "b.csv"}, 1, "no such file"},
		{[]string{"convert", whole, filepath.Join(dir, "a.es")}, 1, "give --size WxH"},
		{[]string{"convert", whole, "b.xyz"}, 1, "give --to, written are aedat4"},
		{[]string{"convert", whole, "b.csv", "--compression", "zstd"}, 1, "the format csv has no compression of its own"},
		{[]string{"convert", whole, "b.csv", "--order", "x,y"}, 2, "--order x,y: "},
		{[]string{"filter", whole, "--flip", "x"}, 2, "give --size WxH"},
		{[]string{"filter", whole, "--size", "64x48", "--crop", "60,0,9,9"}, 2, "--crop 60,0,9,9: 9x9 at (60, 0) is not inside 64x48"},
		{[]string{"filter", whole, "--mask", "nosuch.png"}, 1, "no such file"},
		{[]string{"filter", "--size", "64x48", whole, "--undistort", "1,2,3"}, 2, "3 numbers, want fx,fy,cx,cy"},
		{[]string{"filter", "--size", "64x48", whole, "--undistort", "nosuch"}, 1, "no such file"},
		{[]string{"filter", "--size", "64x48", whole, "--undistort", "1,0,3,4"}, 2, "--undistort 1,0,3,4: focal lengths 1 and 0"},
		{[]string{"filter", "--size", "64x48", whole, "--undistort", "400,400,5,5,nan"}, 2, `"nan" is no number`},
		{[]string{"convert", recordings + "dat_truncated.dat", filepath.Join(dir, "a.csv")}, 1, "breaks off"},
	} {
		status, _, err := snnrepl("", append([]string{"events"}, c.args...)...)
		if status != c.status || !strings.Contains(err, c.want) {
			t.Errorf("%v: status %d, %q, want %d, %q", c.args, status, err, c.status, c.want)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "a.csv")); err != nil {
		t.Errorf("the whole events of a truncated recording were not written: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "a.es")); err == nil {
		t.Error("a failed conversion left a file")
	}
}

// TestEventsFilter: flags filter as the methods of the same names do.
func TestEventsFilter(t *testing.T) {
	place := filepath.Join(t.TempDir(), "a.csv")
	status, out, err := snnrepl("", "events", "convert", "sample:bars", place, "--window", "0s,500ms", "--crop", "10,20,100,50", "--polarity", "on", "--flip", "x", "--rotate", "1")
	if status != 0 || !strings.Contains(out, "filtered") {
		t.Fatalf("status %d, %s%s", status, out, err)
	}
	data, _ := os.ReadFile(place)
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	if lines[0] != "# geometry 50x100" || len(lines) < 1000 {
		t.Errorf("%d lines, the first %s", len(lines), lines[0])
	}
	for _, line := range lines[2:] {
		var ts, x, y, p int
		if n, err := fmt.Sscanf(line, "%d,%d,%d,%d", &ts, &x, &y, &p); n != 4 || err != nil || x >= 50 || y >= 100 || p != 1 || ts >= 510_000 {
			t.Fatalf("line %q", line)
		}
	}
	for _, args := range [][]string{
		{"--crop", "1,2"},
		{"--crop", "1,2,3,4,5"},
		{"--size", "64x48x3"},
		{"--thin", "2.5"},
		{"--rotate", "0.5"},
		{"--downsample", "1.5"},
		{"--crop", "9999,0,1,1"},
		{"--polarity", "blue"},
		{"--denoise", "5"},
		{"--thin", "x"},
		{"--thin", "0"},
		{"--flip", "z"},
		{"--window", "1s"},
		{"--max-rate", "1"},
	} {
		if status, _, err := snnrepl("", append([]string{"events", "convert", "sample:bars", place}, args...)...); status != 2 {
			t.Errorf("%v: status %d, %s", args, status, err)
		}
	}
}

// TestEventsMaps: masks and maps of pixels, from images and arrays. Oracle: the filters of the same names.
func TestEventsMaps(t *testing.T) {
	dir := t.TempDir()
	const w, h = 240, 180
	mask, img, to := tensor.Zeros(h, w), image.NewGray(image.Rect(0, 0, w, h)), tensor.Zeros(h, w, 2)
	for i, v := range mask.Data() {
		if i%w < 100 && i/w%2 == 0 {
			v, img.Pix[i] = 1, 9
		}
		mask.Data()[i] = v
		to.Data()[2*i], to.Data()[2*i+1] = float32(w-1-i%w), float32(i/w)
	}
	array := func(name string, a *tensor.Tensor, shape string) string {
		dict := "{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + "}\n"
		b := append(binary.LittleEndian.AppendUint16([]byte("\x93NUMPY\x01\x00"), uint16(len(dict))), dict...)
		for _, v := range a.Data() {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
		return write(t, filepath.Join(dir, name), b)
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, img); err != nil {
		t.Fatal(err)
	}
	calib := []float64{199.09, 198.83, 132.19, 110.71, -0.368, 0.151, -0.0003, -0.0008, 0}
	lens := strings.Trim(fmt.Sprint(calib), "[]")
	for _, c := range []struct {
		args []string
		want func(s *event.Stream) *event.Stream
	}{
		{[]string{"--mask", write(t, filepath.Join(dir, "mask.png"), picture.Bytes())}, func(s *event.Stream) *event.Stream { return s.Mask(mask) }},
		{[]string{"--mask", array("mask.npy", mask, "(180, 240)")}, func(s *event.Stream) *event.Stream { return s.Mask(mask) }},
		{[]string{"--remap", array("map.npy", to, "(180, 240, 2)")}, (*event.Stream).FlipX},
		{[]string{"--transpose"}, (*event.Stream).Transpose},
		{[]string{"--undistort", strings.ReplaceAll(lens, " ", ",")}, func(s *event.Stream) *event.Stream { return s.Undistort(199.09, 198.83, 132.19, 110.71, calib[4:]...) }},
		{[]string{"--undistort", write(t, filepath.Join(dir, "calib.txt"), []byte(lens+"\n"))}, func(s *event.Stream) *event.Stream { return s.Undistort(199.09, 198.83, 132.19, 110.71, calib[4:]...) }},
	} {
		place := filepath.Join(dir, "a.aedat4")
		if status, _, errs := snnrepl("", append([]string{"events", "convert", "sample:bars", place}, c.args...)...); status != 0 {
			t.Errorf("%v: status %d, %s", c.args, status, errs)
			continue
		}
		got, err := event.Digest(event.MustOpen(place))
		want, errWant := event.Digest(c.want(event.MustOpen("sample:bars")))
		if err != nil || errWant != nil || got.SHA256 != want.SHA256 || got.Width != want.Width || got.Count == 0 {
			t.Errorf("%v: %v, want %v (%v, %v)", c.args, got, want, err, errWant)
		}
	}
}

// write makes a file.
func write(t *testing.T, place string, data []byte) string {
	t.Helper()
	if err := os.WriteFile(place, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return place
}

// freeUDP is an address of this machine that nobody listens at.
func freeUDP(t *testing.T) string {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	return conn.LocalAddr().String()
}

// TestEventsCount: a count ends a stream, standard output is CSV.
func TestEventsCount(t *testing.T) {
	status, out, errs := snnrepl("", "events", "recv", "--count", "3", "sim:bars?size=64x48")
	if status != 0 || strings.Count(out, "\n") != 5 || !strings.HasPrefix(out, "# geometry 64x48\n# t,x,y,p\n") {
		t.Errorf("status %d, %q %s", status, out, errs)
	}
}

// TestEventsSendFails: what nobody receives, and times that would arrive as others, are failures.
func TestEventsSendFails(t *testing.T) {
	place := "udp://" + freeUDP(t)
	status, _, errs := snnrepl("", "events", "send", "--fast", recordings+"evt3_starts_high.raw", place)
	if status != 1 || !strings.Contains(errs, place+": nobody listens there: at least ") {
		t.Errorf("nobody listens: status %d, %s", status, errs)
	}
	const unix = recordings + "aedat4_none.aedat4"
	status, _, errs = snnrepl("", "events", "send", "--fast", unix, place)
	if status != 1 || !strings.Contains(errs, "does not fit: spif has 32 bits") || !strings.Contains(errs, "give --from-zero, or") {
		t.Errorf("Unix times: status %d, %s", status, errs)
	}
	conn, err := net.ListenPacket("udp", "127.0.0.1:0") // takes what fits into its buffer
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if status, _, errs := snnrepl("", "events", "send", "--fast", "--from-zero", unix, "udp://"+conn.LocalAddr().String()); status != 0 {
		t.Errorf("from zero: status %d, %s", status, errs)
	}
}

// TestEventsView draws images of a recording as characters.
func TestEventsView(t *testing.T) {
	status, out, err := snnrepl("", "events", "view", "--terminal", "--frames", "3", "--fps", "50", "--columns", "40", "sample:bars")
	if status != 0 || strings.Count(out, "Mev/s") != 3 || strings.Count(out, "\n") < 3*10 {
		t.Errorf("status %d, %d lines, %s", status, strings.Count(out, "\n"), err)
	}
	if status, _, err := snnrepl("", "events", "view", recordings+"csv_txyp.csv"); status != 2 || !strings.Contains(err, "add --size") {
		t.Errorf("without a size: status %d, %s", status, err)
	}
}
