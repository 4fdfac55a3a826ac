package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
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
		{[]string{"convert", whole, "b.csv", "--size", "big"}, 2, "--size big, want WIDTHxHEIGHT"},
		{[]string{"convert", whole, "b.csv", "--unit", "-1s"}, 2, "TimeUnit"},
		{[]string{"recv", "--count", "-1", whole}, 2, "--count -1"},
		{[]string{"convert", "nosuch.raw", "b.csv"}, 1, "no such file"},
		{[]string{"convert", whole, filepath.Join(dir, "a.es")}, 1, "give Size"},
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

// TestEventsPipe sends a recording over UDP to a second command, equal event for event.
func TestEventsPipe(t *testing.T) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := conn.LocalAddr().String()
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	original, place := recordings+"evt3_starts_high.raw", filepath.Join(t.TempDir(), "a.aedat4")
	done := make(chan string)
	go func() {
		status, _, err := snnrepl("", "events", "recv", "--size", "1280x720", "udp://"+address+"?timeout=1s", place)
		done <- fmt.Sprintf("%d %s", status, err)
	}()
	time.Sleep(200 * time.Millisecond) // until the socket is there
	if status, out, err := snnrepl("", "events", "send", "--fast", original, "udp://"+address); status != 0 || !strings.Contains(err, " events") {
		t.Errorf("send: status %d, %s%s", status, out, err)
	}
	if got := <-done; !strings.HasPrefix(got, "0 ") || strings.Contains(got, "lost") {
		t.Fatalf("recv: %s", got)
	}
	if got, want := digestOf(t, place), digestOf(t, original); got != want {
		t.Errorf("digest %s, want %s", got, want)
	}
	// A count ends a stream, standard output is CSV.
	status, out, errs := snnrepl("", "events", "recv", "--count", "3", "sim:bars?size=64x48")
	if status != 0 || strings.Count(out, "\n") != 5 || !strings.HasPrefix(out, "# geometry 64x48\n# t,x,y,p\n") {
		t.Errorf("status %d, %q %s", status, out, errs)
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
