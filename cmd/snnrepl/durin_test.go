package main

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/livespike/livespike/io/durin/sim"
)

// TestDurinDoctor: each finding on a line of its own, and the status of the worst.
func TestDurinDoctor(t *testing.T) {
	status, out, errs := snnrepl("", "durin", "doctor", "sim:room?seed=1&dead=4")
	if status != failed || errs != "" || !strings.Contains(out, "\n✓ identity   durin255, id 255, ") || !strings.Contains(out, "\n✗ sensors    4 see nothing at all: 0 mm in every zone\n             dead, or covered") {
		t.Errorf("status %d\n%s%s", status, out, errs)
	}
	status, out, errs = snnrepl("", "durin", "doctor", "--wheels", "sim:nosuch")
	if status != failed || errs != "" || !strings.HasSuffix(out, "\nthe wheels were not tried\n") {
		t.Errorf("status %d\n%s%s", status, out, errs)
	}
	// What is wrong elsewhere does not keep the wheels from being tried; standard input is empty.
	status, out, errs = snnrepl("", "durin", "doctor", "--wheels", "sim:room?seed=1&dead=4")
	if status != failed || !strings.Contains(out, "Lift the robot") || !strings.Contains(errs, "ended before the last answer") {
		t.Errorf("status %d\n%s%s", status, out, errs)
	}
	for _, c := range []struct {
		args []string
		err  string
	}{
		{[]string{"durin"}, "durin does doctor"},
		{[]string{"durin", "doctor"}, "one robot, not 0"},
		{[]string{"durin", "doctor", "a", "b"}, "one robot, not 2"},
		{[]string{"durin", "doctor", "--nosuch"}, "flag provided but not defined: -nosuch"},
	} {
		if status, out, errs := snnrepl("", c.args...); status != misuse || out != "" || !strings.Contains(errs, c.err) {
			t.Errorf("%q: status %d, %q %q", c.args, status, out, errs)
		}
	}
}

// TestDurinWheels: answers and what they mean for the address; the wheels have turned and stand still again.
func TestDurinWheels(t *testing.T) {
	config, err := sim.ParseConfig("empty?speed=1&seed=1")
	if err != nil {
		t.Fatal(err)
	}
	server, err := sim.Listen("127.0.0.1:0", config)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	for _, c := range []struct{ answers, want, err string }{
		{"\n\n\n\n\n\n\n", "?wheels=schema\n", ""},
		{"\n\n-\n-\nr\n\n\n\n", "?wheels=raw\n", ""},
		{"\nnw\nne\nwhat\n\n\n-\n-\n", "?wheels=viamove&invertx=1&invertrot=1\n", ""},
		{"\n0\n0\n0\n0\n", "", "was the motor button pressed?"},
		{"\n\n\n0\n\n", "", "nothing has turned for back left: is the wheel blocked"},
		{"\n\n", "", "ended before the last answer"},
	} {
		var out strings.Builder
		s := streams{in: strings.NewReader(c.answers), out: &out, err: io.Discard}
		err := askWheels(context.Background(), s, server.Addr()+"?wheels=raw", 20*time.Millisecond)
		if c.err == "" && (err != nil || !strings.HasSuffix(out.String(), "Dial "+server.Addr()+c.want)) || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) {
			t.Errorf("%q: %v\n%s", c.answers, err, out.String())
		}
	}
	server.Do(func(r *sim.Robot) {
		if r.Distance() < 1 || r.Commanded() != [4]float64{} {
			t.Errorf("%.1f mm driven; told %v", r.Distance(), r.Commanded())
		}
	})
}
