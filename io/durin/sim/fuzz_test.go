package sim

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/livespike/livespike/io/durin/wire"
)

// FuzzHandle: whatever can be decoded, the robot survives, and drives as before afterwards. The seeds are what the
// Python package sends.
func FuzzHandle(f *testing.F) {
	text, err := os.ReadFile("../wire/testdata/commands.json")
	if err != nil {
		f.Fatal(err)
	}
	var golden struct {
		Commands []struct {
			Payload string `json:"payload_hex"`
		}
	}
	if err := json.Unmarshal(text, &golden); err != nil {
		f.Fatal(err)
	}
	for _, c := range golden.Commands {
		payload, err := hex.DecodeString(c.Payload)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(payload)
	}
	world, err := NamedWorld("empty")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		m, err := new(wire.Decoder).Decode(payload)
		if err != nil {
			return
		}
		r := New(Config{World: world, Quiet: true})
		r.out = func([]byte) {}
		reply := r.Handle(m)
		if reply != nil {
			new(wire.Encoder).AppendFrame(nil, reply, 0)
		}
		r.Step(100 * time.Millisecond)
		r.Handle(&wire.SetWheelVelocity{FrontLeft: 100, FrontRight: 100, BackLeft: 100, BackRight: 100})
		r.Step(400 * time.Millisecond)
		if !r.off && !r.Moving() {
			t.Errorf("after %v it does not drive", m)
		}
	})
}
