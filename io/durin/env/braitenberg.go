package env

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/livespike/livespike/internal/interrupt"
	"github.com/livespike/livespike/io/durin"
	"github.com/livespike/livespike/io/internal/canvas"
)

var _ = register(kind{
	name: "durin-braitenberg", doc: "drive a Durin, simulated or real, as far as possible without touching walls",
	period: time.Second / 15, steps: 60 * 15,
	action: box(-1, 1, "left wheels", "right wheels"),
	observation: box(0, 1,
		"front", "front left", "left", "back left", "back", "back right", "right", "front right"),
	make: func(s settings) (task, error) {
		if s.robot == "" {
			s.robot = "sim:room"
		}
		return &braitenberg{address: s.robot}, nil
	},
})

const (
	wheelSpeed = 300.0 // mm/s, at an action of 1
	touchRange = 40.0  // mm that a sensor sees when the body, 10 mm in front of it, touches
)

// braitenberg is a robot in a room. The observation is how near the nearest thing in front of each of the eight sensors
// is, counter-clockwise from the front: 1 - tanh(mm/1000), 1 at contact, 0 for nothing. The action is the speed of the
// wheels on either side, 1 is 300 mm/s. The reward of a step is the way forward in m that the wheels were told, and -1/15
// when a sensor sees something nearer than 40 mm. A run never ends by itself.
//
// Each Reset of a simulated robot starts it anew with the seed; a real one is stopped and stays where it is. A step is
// a time-of-flight frame.
type braitenberg struct {
	address string
	robot   *durin.Robot
	obs     durin.Obs
	sensor  [8]int // the id that looks 45 degrees times the index to the left
}

func (t *braitenberg) reset(seed uint64, _ *rand.Rand) error {
	world, simulated := strings.CutPrefix(t.address, "sim:")
	if t.robot != nil && simulated {
		if err := t.close(); err != nil {
			return err
		}
	}
	if t.robot == nil {
		address := t.address
		if simulated {
			separator := "?"
			if strings.Contains(world, "?") {
				separator = "&"
			}
			address += fmt.Sprintf("%sseed=%d", separator, seed)
		}
		robot, err := durin.Dial(address)
		if err != nil {
			return err
		}
		t.robot = robot
		for id := range 8 {
			t.sensor[int(robot.Order().Bearing(id))/45] = id
		}
	}
	t.robot.Send(durin.Stop{})
	return t.next()
}

func (t *braitenberg) next() (err error) {
	t.obs, err = t.robot.NextContext(interrupt.Context())
	return err
}

func (t *braitenberg) step(action []float32) (reward float64, terminated bool, err error) {
	l, r := action[0]*wheelSpeed, action[1]*wheelSpeed
	t.robot.Send(durin.MoveWheels{NW: l, SW: l, NE: r, SE: r})
	if err := t.next(); err != nil {
		return 0, false, err
	}
	reward = float64(l+r) / 2 / 1000 / 15
	for id := range 8 {
		if t.obs.Nearest(id) < touchRange {
			return reward - 1.0/15, false, nil
		}
	}
	return reward, false, nil
}

func (t *braitenberg) observe(obs []float32) {
	for k, id := range t.sensor {
		obs[k] = 0
		if mm := t.obs.Nearest(id); mm < durin.Far {
			obs[k] = float32(1 - math.Tanh(float64(mm)/1000))
		}
	}
}

func (t *braitenberg) close() error {
	if t.robot == nil {
		return nil
	}
	err := t.robot.Close()
	t.robot = nil
	return err
}

// draw paints what the robot sees, looking up: a dot for each sensor's nearest thing, 2 m at the edge.
func (t *braitenberg) draw(c canvas.Canvas) {
	const perMM = side / 2 / 2000
	square(c, floorColor, side/2, side/2, side)
	middle := canvas.At(side/2, side/2)
	for k, id := range t.sensor {
		mm := float64(t.obs.Nearest(id))
		sin, cos := math.Sincos(math.Pi/2 + math.Pi/4*float64(k))
		reach := min(mm+100, 2000) * perMM
		at := canvas.At(middle.X+reach*cos, middle.Y-reach*sin)
		c.Stroke(earColor, 2, middle, at)
		if mm < durin.Far {
			c.Disc(wallColor, at, 5)
		}
	}
	c.Disc(furColor, middle, 110*perMM)
	c.Stroke(floorColor, 3, middle, canvas.At(middle.X, middle.Y-100*perMM))
}
