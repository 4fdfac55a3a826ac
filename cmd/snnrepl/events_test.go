package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
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
