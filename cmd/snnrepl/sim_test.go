package main

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/livespike/livespike/io/durin/sim"
)

// TestSim runs a simulated robot for a while: what it is, what it measured, and how it ended.
func TestSim(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log.jsonl")
	status, out, errs := snnrepl("", "sim", "durin", "--port", "0", "--for", "500ms", "--speed", "4", "--log", log, "--quiet", "1", "--start", "1", "room")
	if status != fine || errs != "" || !strings.Contains(out, "a Durin in room (3.0 x 3.0 m, 8 walls), seed 0, sensor order 2023, 4x wall clock") || !strings.Contains(out, "http://127.0.0.1:") || !strings.HasSuffix(out, ": 0.0 m, 0.0 s in contact\n") {
		t.Errorf("status %d\n%s%s", status, out, errs)
	}
	f, err := os.Open(log)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	frames := 0
	for lines := bufio.NewScanner(f); lines.Scan(); frames++ {
		var got sim.Frame
		// By the room's definition: the first start is 600 mm from two walls.
		if err := json.Unmarshal(lines.Bytes(), &got); err != nil || got.X != 600 || got.Y != 600 || len(got.ToF[7]) != 64 {
			t.Fatalf("%s: %v", lines.Text(), err)
		}
	}
	if frames == 0 {
		t.Error("no frame in the log")
	}
}

// TestSimMisuse: what is wrong is said on one line.
func TestSimMisuse(t *testing.T) {
	drawing := filepath.Join(t.TempDir(), "x.map")
	if err := os.WriteFile(drawing, []byte("####\n#  #\n####\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args   []string
		status int
		err    string
	}{
		{[]string{"sim"}, misuse, "sim does durin"},
		{[]string{"sim", "durin", "--nosuch"}, misuse, "flag provided but not defined: -nosuch"},
		{[]string{"sim", "durin", "--world", "room", "arena"}, misuse, "one world, not room and arena"},
		{[]string{"sim", "durin", "nosuch"}, misuse, `no world "nosuch"; there are arena`},
		{[]string{"sim", "durin", "nosuch.svg"}, failed, "nosuch.svg"},
		{[]string{"sim", "durin", "--loss", "2"}, misuse, "loss: 2 is not between 0 and 1"},
		{[]string{"sim", "durin", "--start", "9", "maze1"}, misuse, "start 9; maze1 has "},
		{[]string{"sim", "durin", "--robots", "3", "maze1"}, misuse, "3 robots; maze1 has "},
		{[]string{"sim", "durin", drawing}, failed, "no start"},
		{[]string{"sim", "durin", "--port", "0", "--page", "nowhere"}, failed, "live: listen tcp: "},
	} {
		status, out, errs := snnrepl("", c.args...)
		if status != c.status || out != "" || !strings.Contains(errs, c.err) || strings.Count(errs, "\n") != 1 {
			t.Errorf("%q: status %d, %q %q; want %d, %q", c.args, status, out, errs, c.status, c.err)
		}
	}
}
