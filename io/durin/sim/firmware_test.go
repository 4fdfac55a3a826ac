package sim

import (
	"encoding/hex"
	"encoding/json"
	"math"
	"os"
	"testing"
	"time"

	"github.com/livespike/livespike/io/durin/wire"
)

// TestGoldenReplies gives the robot the frames that the Python package sent and compares its replies with those of the
// firmware's own C library. Data replies depend on the robot: there the message's name is compared.
func TestGoldenReplies(t *testing.T) {
	text, err := os.ReadFile("../wire/testdata/commands.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Commands []struct {
			Name  string
			Frame string  `json:"frame_hex"`
			Reply *string `json:"firmware_reply_frame_hex"`
			Seen  *string `json:"reply_as_seen_by_durin_py"`
		}
	}
	if err := json.Unmarshal(text, &golden); err != nil {
		t.Fatal(err)
	}
	if len(golden.Commands) == 0 {
		t.Fatal("no commands")
	}
	for _, c := range golden.Commands {
		frame, err := hex.DecodeString(c.Frame)
		if err != nil {
			t.Fatal(err)
		}
		payload, _, err := wire.ParseDatagram(frame)
		if err != nil {
			t.Fatalf("%s: %v", c.Name, err)
		}
		message, err := new(wire.Decoder).Decode(payload)
		if err != nil {
			t.Fatalf("%s: %v", c.Name, err)
		}
		reply := New(Config{}).Handle(message)
		switch encoder := (wire.Encoder{Layout: wire.Firmware}); {
		case c.Reply == nil:
			if reply != nil {
				t.Errorf("%s: answered by %v, the firmware says nothing", c.Name, reply)
			}
		case reply == nil:
			t.Errorf("%s: no answer, want %s", c.Name, *c.Seen)
		case reply.Tag() == wire.TagAcknowledge || reply.Tag() == wire.TagReject:
			if got := hex.EncodeToString(encoder.AppendFrame(nil, reply, 0)); got != *c.Reply {
				t.Errorf("%s: answered %s, want %s", c.Name, got, *c.Reply)
			}
		case c.Seen != nil && reply.Tag().String() != *c.Seen:
			t.Errorf("%s: answered by %v, want %s", c.Name, reply, *c.Seen)
		}
	}
}

// TestWatchdog: full speed for 0.5 s after a frame, then a linear ramp to zero at 1.5 s; a ping starts it anew but
// brings nothing back (durin.md section 8).
func TestWatchdog(t *testing.T) {
	w, err := NamedWorld("empty")
	if err != nil {
		t.Fatal(err)
	}
	r := New(Config{World: w, Quiet: true})
	r.Handle(&wire.SetRobotVelocity{Y: 400})
	for _, c := range []struct {
		at   time.Duration
		want float64
	}{{500 * time.Millisecond, 400}, {time.Second, 200}, {1400 * time.Millisecond, 40}, {1500 * time.Millisecond, 0}, {3 * time.Second, 0}} {
		for r.Now() < c.at {
			r.Step(time.Millisecond)
		}
		// The wheels follow a ramp of 400 mm/s² with 50 ms of lag: 20 mm/s behind.
		if v := r.Wheels(); math.Abs(v[frontRight]-c.want) > 21 {
			t.Errorf("at %v the wheels turn at %v, want %v", c.at, v, c.want)
		}
	}
	r.Handle(&wire.Empty{Which: wire.TagPing})
	r.Step(time.Second)
	if r.Moving() {
		t.Errorf("a ping starts the wheels: %v", r.Wheels())
	}
}

// TestFrontRightLatch: the hole in the firmware's watchdog, when it is asked for (durin.md section 8, item 4).
func TestFrontRightLatch(t *testing.T) {
	r := New(Config{FrontRightLatch: true, Quiet: true})
	r.Handle(&wire.SetRobotVelocity{Y: 100})
	r.Step(3 * time.Second)
	if r.Moving() {
		t.Error("moves after the watchdog")
	}
	r.Handle(&wire.Empty{Which: wire.TagPing})
	r.Step(400 * time.Millisecond)
	if v := r.Wheels(); v[frontRight] < 90 || max(v[frontLeft], v[backLeft], v[backRight]) > 0.001 {
		t.Errorf("after a ping the wheels turn at %v, want front-right alone", v)
	}
}

// TestSilence: streaming and ranging stop after 30 s without a frame; ranging comes back with the next, streaming not.
func TestSilence(t *testing.T) {
	r := New(Config{})
	sent := 0
	r.out = func([]byte) { sent++ }
	r.Handle(&wire.EnableStreaming{To: wire.UDPOnly, IP: []byte{127, 0, 0, 1}, Port: 9})
	r.Step(29 * time.Second)
	if sent < 29*15*4 {
		t.Errorf("%d datagrams in 29 s", sent)
	}
	r.Step(2 * time.Second)
	sent = 0
	if r.StepToF(); sent > 0 || r.ranging {
		t.Errorf("%d datagrams after 31 s of silence", sent)
	}
	r.Handle(&wire.Empty{Which: wire.TagPing})
	if !r.StepToF() || sent > 0 {
		t.Errorf("after a ping: %d datagrams", sent)
	}
}

// TestHash: the same seed and commands give the same robot; another seed another one.
func TestHash(t *testing.T) {
	run := func(seed uint64) uint64 {
		r := New(Config{Seed: seed})
		r.Handle(&wire.SetRobotVelocity{Y: 200, Rot: 20})
		r.Step(2 * time.Second)
		return r.Hash()
	}
	if one, two := run(3), run(3); one != two {
		t.Error("the same seed gives two robots")
	}
	if run(3) == run(4) {
		t.Error("two seeds give the same robot")
	}
}

// TestRange compares zones with the geometry: a wall straight ahead, seen by the middle columns and rows, and the floor.
func TestRange(t *testing.T) {
	w := &World{Name: "wall", Walls: []Segment{{Vec{1000, -9000}, Vec{1000, 9000}}}, Starts: []Pose{{}}}
	r := New(Config{World: w, Quiet: true})
	r.Handle(&wire.EnableTofStatus{On: true})
	r.StepToF()
	flat := 1000 - tofMount
	half := degrees(tofField / zones / 2) // middle zones look half a zone past the axis
	for _, c := range []struct {
		row, col int
		want     float64
	}{
		{3, 3, flat / math.Cos(half) / math.Cos(half)},
		{3, 0, flat / math.Cos(7*half) / math.Cos(half)},
		{7, 3, tofHeight / math.Sin(7*half)}, // the floor, 60 mm below
	} {
		mm, status := r.Range(0, c.row, c.col)
		if math.Abs(float64(mm)-c.want) > 0.51 || status == wire.StatusInvalid {
			t.Errorf("zone %d, %d: %v mm, status %d; want %.1f", c.row, c.col, mm, status, c.want)
		}
	}
	if mm, status := r.Range(4, 3, 3); mm != 0 || status != wire.StatusInvalid {
		t.Errorf("behind: %v mm, status %d", mm, status)
	}
	if mm, status := r.Range(1, 3, 7); status == wire.StatusInvalid || math.Abs(float64(mm)-(1000-tofMount*math.Sqrt2/2)/math.Cos(degrees(45)-7*half)/math.Cos(half)) > 0.51 {
		t.Errorf("front-left, its right edge: %v mm, status %d", mm, status)
	}
}
