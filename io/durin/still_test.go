package durin

import (
	"strings"
	"testing"
	"time"

	"github.com/livespike/livespike/io/durin/wire"
)

// TestStandsStill: a robot whose motor button was not pressed is noticed after two seconds, by whatever it is told; one
// that drives is not, nor one that is told to stand.
func TestStandsStill(t *testing.T) {
	for _, c := range []struct {
		address string
		send    Command
		still   bool
	}{
		{"sim:room?seed=1&motors=off", Move{Y: 100}, true},
		{"sim:arena?seed=2&motors=off", MoveWheels{NE: 100, NW: -100, SW: -100, SE: 100}, true},
		{"sim:room?seed=1&motors=off", Move{Y: 20}, false},
		{"sim:room?seed=1", Stop{}, false},
		{"sim:room?start=1", Move{Y: 60}, false},
		{"sim:arena?seed=2", Move{X: -60}, false},
		{"sim:maze1?seed=3", Move{Rot: 30}, false},
		{"sim:empty?seed=1&motors=off", Move{Y: 100}, false}, // it sees the floor only: nothing to tell by
	} {
		r := MustDial(c.address)
		for range 33 {
			r.Next()
			r.Send(c.send)
		}
		if s := r.Stats(); (s.Still > 0) != c.still || strings.Contains(r.String(), "motor button") != c.still {
			t.Errorf("%s %v: %v; %v", c.address, c.send, s, r)
		}
		r.Send(Stop{})
		r.Next()
		if strings.Contains(r.String(), "motor button") {
			t.Errorf("%s: told to stand: %v", c.address, r)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestTurnsInPlace: a robot that sees the same all around, but whose gyroscope turns, does not stand still. 65.5 is one
// degree a second.
func TestTurnsInPlace(t *testing.T) {
	var o Obs
	for id := range o.ToF {
		for row := range o.ToF[id] {
			for col := range o.ToF[id][row] {
				o.ToF[id][row][col] = 700
			}
		}
	}
	m := motion{body: wire.SetRobotVelocity{Rot: 30}}
	for raw, want := range map[int16]bool{0: true, 30 * 65.5: false} {
		o.IMU.RawGyro[2] = raw
		var s stillness
		if s.frame(0, &o, &m, Profile{}) || s.frame(3*time.Second, &o, &m, Profile{}) != want {
			t.Errorf("gyroscope at %v: want still %v", o.IMU, want)
		}
	}
}
