package durin

import (
	"bytes"
	"context"
	"net"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/livespike/livespike/io/durin/wire"
)

// findingsOf examines a robot for a little time, by name.
func findingsOf(t *testing.T, address string) (found map[string]Finding, fine bool) {
	t.Helper()
	found = map[string]Finding{}
	fine = examine(context.Background(), address, 600*time.Millisecond, func(f Finding) {
		t.Log(f)
		found[f.Name] = f
	})
	return found, fine
}

// TestExamine: what is wrong is found, and nothing of what does not depend on how busy the machine is is wrong without
// it.
func TestExamine(t *testing.T) {
	for _, c := range []struct {
		address string
		wrong   string // name
		text    string // of it
	}{
		{"sim:room?seed=1", "", ""},
		{"sim:room?seed=1&layout=pycapnp&garbage=1", "", ""},
		{"sim:room?seed=1&loss=0.25", "loss", "% of the datagrams"},
		{"sim:room?seed=1&flip=0.25", "damage", "with a wrong checksum"},
		{"sim:room?seed=1&duplicate=0.5", "order", "came twice"},
		{"sim:room?seed=1&dead=2,5", "sensors", "2, 5 see nothing at all"},
		{"sim:room?seed=1&stall=0s+300ms", "", ""}, // over before the telemetry
		{"sim:nosuch", "address", "no world"},
		{"replay:run.dur", "address", "a recording has no connection"},
		{"localhost?nosuch=1", "address", "unknown option nosuch"},
	} {
		found, fine := findingsOf(t, c.address)
		if f := found[c.wrong]; c.wrong != "" && (fine || f.OK || !strings.Contains(f.Text, c.text) || f.Advice == "") {
			t.Errorf("%s: %v", c.address, f)
		}
		if c.wrong == "address" {
			continue
		}
		for _, name := range []string{"address", "port", "answers", "identity", "layout", "damage", "sensors", "battery", "position", "goodbye"} {
			if f := found[name]; name != c.wrong && !f.OK {
				t.Errorf("%s: %s: %v", c.address, name, f)
			}
		}
	}
}

// TestExamineNobody: a port where nobody listens, and a robot that another program drives.
func TestExamineNobody(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	if found, fine := findingsOf(t, address); fine || !strings.Contains(found["port"].Text, "nothing listens there") || len(found) != 2 {
		t.Errorf("%v", found)
	}
	server := serve(t, "empty?speed=1")
	r := MustDial(server.Addr())
	if found, fine := findingsOf(t, server.Addr()); fine || !strings.Contains(found["answers"].Text, "the robot is busy") || len(found) != 3 {
		t.Errorf("%v", found)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	wait(t, "the robot to be free", func() bool { return !server.Connected() })
	if found, _ := findingsOf(t, server.Addr()); !found["answers"].OK || !found["goodbye"].OK {
		t.Errorf("%v", found)
	}
}

// TestExamineInterrupted: an examination that is interrupted while it watches judges nothing by the half it has seen, and
// switches the streams off all the same.
func TestExamineInterrupted(t *testing.T) {
	server := serve(t, "empty?speed=1")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	watching := make(chan struct{})
	go func() { // until something was streamed
		defer cancel()
		<-watching
		for moment, err := server.NextToF(ctx, 0); err == nil && moment.Sent == 0; moment, err = server.NextToF(ctx, 0) {
			runtime.Gosched()
		}
	}()
	var names []string
	fine := examine(ctx, server.Addr(), time.Hour, func(f Finding) {
		if names = append(names, f.Name); f.Name == "round trip" {
			close(watching)
		}
		if f.OK == (f.Name == "ended") || strings.Contains(f.Text, "nil") {
			t.Errorf("%v", f)
		}
	})
	if want := []string{"address", "port", "answers", "identity", "layout", "round trip", "ended", "goodbye"}; fine || !slices.Equal(names, want) {
		t.Errorf("fine %t, found %q, want %q", fine, names, want)
	}
}

// TestForeign: what others send to the port is not the robot's telemetry.
func TestForeign(t *testing.T) {
	w := newTelemetryWatch()
	w.foreign = 3
	if f := w.findings(time.Second, &net.UDPAddr{}); len(f) != 1 || !strings.Contains(f[0].Text, "but 3 datagrams of somebody else") {
		t.Errorf("%v", f)
	}
}

// TestTelemetryWatch by hand: 60 frames of 66 ms, of which every tenth datagram is lost, pair 1 of frame 9 comes twice,
// pair 2 of frame 21 comes after pair 3, and one has a wrong bit.
func TestTelemetryWatch(t *testing.T) {
	w := newTelemetryWatch()
	datagrams := frame()
	flipped := bytes.Clone(datagrams[0])
	flipped[20] ^= 4
	began := time.Now()
	n := 0
	for k := range 60 {
		at := began.Add(time.Duration(k) * 66 * time.Millisecond)
		order := []int{0, 1, 2, 3}
		if k == 21 {
			order = []int{0, 1, 3, 2}
		}
		for i, pair := range order {
			if n++; n%10 == 5 { // none of the first and the last, which could not be missed
				continue
			}
			w.take(datagrams[pair], at.Add(time.Duration(i)*time.Millisecond))
			if k == 9 && pair == 1 {
				w.take(datagrams[pair], at.Add(time.Duration(i)*time.Millisecond))
			}
		}
	}
	w.take(flipped, began)
	w.take([]byte("*"), began)
	gaps := w.gaps()
	if got := w.loss(gaps[len(gaps)/2]); got < 0.0999 || got > 0.1001 {
		t.Errorf("lost %v, want 0.1", got)
	}
	if w.duplicate != 1 || w.swapped != 1 || w.badChecksum != 1 || w.undecodable != 1 || w.datagrams != 216+3 {
		t.Errorf("%d datagrams, %d twice, %d swapped, %d and %d damaged", w.datagrams, w.duplicate, w.swapped, w.badChecksum, w.undecodable)
	}
	w.take(new(wire.Encoder).AppendFrame(nil, &wire.SystemStatus{BatteryMV: 6700, BatteryPercent: 3}, wire.Telemetry), began)
	for _, f := range w.findings(4*time.Second, &net.UDPAddr{}) {
		want := map[string]bool{"telemetry": true, "distances": true, "sensors": true, "gaps": true, "position": true}[f.Name]
		if f.OK != want {
			t.Errorf("%v", f)
		}
	}
}
