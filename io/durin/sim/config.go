package sim

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Config is a robot and its world. The zero value of a field is its default.
type Config struct {
	World *World // the arena
	Seed  uint64 // start, noise and faults follow from it
	Start int    // which of the world's starts, from 1; 0 lets the seed choose
	Order Order  // the world's
	// Speed is simulated seconds per second; 0 lets Server.NextToF be the clock.
	Speed float64
	// Quiet leaves out the noise of sensors and wheels.
	Quiet bool
	// MotorsOff is a robot whose motor button has not been pressed: it accepts commands and stands still.
	MotorsOff bool
	// FrontRightLatch reproduces a hole in the firmware's watchdog: when the ramp has stopped the wheels, the front-right
	// wheel keeps its speed for the next frame of any kind.
	FrontRightLatch bool
	// GarbageTofStatus answers enableTofStatus with an undecodable payload, as uninitialised memory would; otherwise
	// there is no answer.
	GarbageTofStatus bool
	// DeadTof is a set of sensor ids, bit by bit, that send 0 mm.
	DeadTof uint8
	// Fault is what happens to telemetry on its way.
	Fault Faults
	// Firmware writes messages in the robot's layout instead of the Python package's.
	PycapnpLayout bool
}

// Faults are chances between 0 and 1 that something happens to a datagram, and delays.
type Faults struct {
	Loss, Duplicate, Reorder, Flip float64
	Delay, Jitter                  time.Duration
}

// String lists the faults.
func (f Faults) String() string {
	if f == (Faults{}) {
		return "no faults"
	}
	return fmt.Sprintf("loss=%g, duplicate=%g, reorder=%g, flip=%g, delay=%v, jitter=%v",
		f.Loss, f.Duplicate, f.Reorder, f.Flip, f.Delay, f.Jitter)
}

// ParseConfig reads "WORLD?key=value&…", for instance "arena?seed=1". The keys are
//
//	seed=N      start and noise                  order=2022|2023   sensor ids
//	start=N     one of the world's starts        speed=X           times the wall clock; without it the client's
//	quiet=1     no noise                                           Next is the clock
//	motors=off  motor button not pressed         latch=1           the firmware's front-right latch
//	loss, duplicate, reorder, flip = 0..1        delay, jitter     durations, 20ms
//	dead=3,4    sensors that send 0 mm           garbage=1         a garbage reply to enableTofStatus
//	layout=pycapnp
func ParseConfig(text string) (Config, error) {
	name, query, _ := strings.Cut(text, "?")
	var c Config
	var err error
	if c.World, err = NamedWorld(name); err != nil {
		return c, err
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return c, fmt.Errorf("sim: %s: %w", text, err)
	}
	for key, list := range values {
		set, ok := settings[key]
		if !ok {
			return c, fmt.Errorf("sim: %s: unknown option %s; there are %s", text, key, settingNames)
		}
		if err := set(&c, list[len(list)-1]); err != nil {
			return c, fmt.Errorf("sim: %s: %s: %w", text, key, err)
		}
	}
	if c.Start > len(c.World.Starts) {
		return c, fmt.Errorf("sim: %s: start %d; %s has %d", text, c.Start, name, len(c.World.Starts))
	}
	return c, nil
}

const settingNames = "seed, start, order, speed, quiet, motors, latch, garbage, dead, layout, loss, duplicate, reorder, flip, delay, jitter"

var settings = map[string]func(*Config, string) error{
	"seed":      func(c *Config, v string) (err error) { c.Seed, err = strconv.ParseUint(v, 10, 64); return },
	"start":     func(c *Config, v string) error { return between(&c.Start, v, 1, 1<<16) },
	"order":     func(c *Config, v string) error { return setOrder(&c.Order, v) },
	"speed":     func(c *Config, v string) error { return positive(&c.Speed, v) },
	"quiet":     func(c *Config, v string) error { return truth(&c.Quiet, v) },
	"latch":     func(c *Config, v string) error { return truth(&c.FrontRightLatch, v) },
	"garbage":   func(c *Config, v string) error { return truth(&c.GarbageTofStatus, v) },
	"motors":    func(c *Config, v string) error { return choice(&c.MotorsOff, v, "on", "off") },
	"layout":    func(c *Config, v string) error { return choice(&c.PycapnpLayout, v, "firmware", "pycapnp") },
	"dead":      func(c *Config, v string) error { return idSet(&c.DeadTof, v) },
	"loss":      func(c *Config, v string) error { return chance(&c.Fault.Loss, v) },
	"duplicate": func(c *Config, v string) error { return chance(&c.Fault.Duplicate, v) },
	"reorder":   func(c *Config, v string) error { return chance(&c.Fault.Reorder, v) },
	"flip":      func(c *Config, v string) error { return chance(&c.Fault.Flip, v) },
	"delay":     func(c *Config, v string) (err error) { c.Fault.Delay, err = time.ParseDuration(v); return },
	"jitter":    func(c *Config, v string) (err error) { c.Fault.Jitter, err = time.ParseDuration(v); return },
}

func between(to *int, v string, lo, hi int) error {
	n, err := strconv.Atoi(v)
	if err == nil && (n < lo || n > hi) {
		err = fmt.Errorf("%d is not in %d..%d", n, lo, hi)
	}
	*to = n
	return err
}

func setOrder(to *Order, v string) error {
	switch v {
	case "2022":
		*to = Order2022
	case "2023":
		*to = Order2023
	default:
		return fmt.Errorf("%q is neither 2022 nor 2023", v)
	}
	return nil
}

func positive(to *float64, v string) error {
	f, err := strconv.ParseFloat(v, 64)
	if err == nil && !(f > 0 && f <= 1000) {
		err = fmt.Errorf("%s is not above 0 and at most 1000", v)
	}
	*to = f
	return err
}

func chance(to *float64, v string) error {
	f, err := strconv.ParseFloat(v, 64)
	if err == nil && !(f >= 0 && f <= 1) {
		err = fmt.Errorf("%s is not between 0 and 1", v)
	}
	*to = f
	return err
}

func truth(to *bool, v string) (err error) {
	*to, err = strconv.ParseBool(v)
	return err
}

func choice(to *bool, v, no, yes string) error {
	if v != no && v != yes {
		return fmt.Errorf("%q is neither %s nor %s", v, no, yes)
	}
	*to = v == yes
	return nil
}

func idSet(to *uint8, v string) error {
	for _, part := range strings.Split(v, ",") {
		var id int
		if err := between(&id, part, 0, 7); err != nil {
			return err
		}
		*to |= 1 << id
	}
	return nil
}

// String is the configuration on one line.
func (c Config) String() string {
	clock := "clock: the client's Next"
	if c.Speed > 0 {
		clock = fmt.Sprintf("%gx wall clock", c.Speed)
	}
	return fmt.Sprintf("%v, seed %d, sensor order %v, %s, %v", c.world(), c.Seed, c.order(), clock, c.Fault)
}

func (c Config) world() *World {
	if c.World != nil {
		return c.World
	}
	return builtin["arena"]()
}

func (c Config) order() Order {
	if c.Order != OrderDefault {
		return c.Order
	}
	if o := c.world().Order; o != OrderDefault {
		return o
	}
	return Order2023
}
