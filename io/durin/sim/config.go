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
	// Robots is how many robots the world has; 0 is one.
	Robots int
	// PycapnpLayout writes messages in the Python package's layout instead of the robot's.
	PycapnpLayout bool
}

// Faults are chances between 0 and 1 that something happens to a datagram, and delays.
type Faults struct {
	Loss, Duplicate, Reorder, Flip float64
	Delay, Jitter                  time.Duration
	// From StallAt after power on nothing gets through for StallFor: telemetry is lost, commands are handled after it.
	StallAt, StallFor time.Duration
}

// String lists the faults.
func (f Faults) String() string {
	if f == (Faults{}) {
		return "no faults"
	}
	text := fmt.Sprintf("loss=%g, duplicate=%g, reorder=%g, flip=%g, delay=%v, jitter=%v",
		f.Loss, f.Duplicate, f.Reorder, f.Flip, f.Delay, f.Jitter)
	if f.StallFor > 0 {
		text += fmt.Sprintf(", stall=%v+%v", f.StallAt, f.StallFor)
	}
	return text
}

// ParseConfig reads "WORLD?key=value&…", for instance "arena?seed=1". WORLD is one of Worlds or a file that LoadWorld
// reads; without one it is the arena. The keys are those of Settings.
func ParseConfig(text string) (Config, error) {
	name, query, _ := strings.Cut(text, "?")
	var c Config
	var err error
	if c.World, err = LoadWorld(name); err != nil {
		return c, err
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return c, fmt.Errorf("sim: %s: %w", text, err)
	}
	for _, s := range settings {
		list, ok := values[s.Key]
		delete(values, s.Key)
		if !ok {
			continue
		}
		if err := s.set(&c, list[len(list)-1]); err != nil {
			return c, fmt.Errorf("sim: %s: %s: %w", text, s.Key, err)
		}
	}
	for key := range values {
		return c, fmt.Errorf("sim: %s: unknown option %s; there are %s", text, key, settingNames())
	}
	if err := c.check(); err != nil {
		return c, fmt.Errorf("sim: %s: %w", text, err)
	}
	return c, nil
}

// check looks at what depends on the world.
func (c Config) check() error {
	w := c.world()
	switch n := len(w.Starts); {
	case c.Start > n:
		return fmt.Errorf("start %d; %s has %d", c.Start, w.Name, n)
	case c.Robots > n:
		return fmt.Errorf("%d robots; %s has %d starts", c.Robots, w.Name, n)
	}
	return nil
}

// Setting is one of the keys that ParseConfig knows.
type Setting struct {
	Key, Value, Help string // the key, what it takes, and what it does
	set              func(*Config, string) error
}

// String is the setting on one line.
func (s Setting) String() string { return fmt.Sprintf("%s=%s: %s", s.Key, s.Value, s.Help) }

// Settings are all keys of ParseConfig.
func Settings() []Setting { return append([]Setting(nil), settings...) }

func settingNames() string {
	names := make([]string, len(settings))
	for i, s := range settings {
		names[i] = s.Key
	}
	return strings.Join(names, ", ")
}

var settings = []Setting{
	{"seed", "N", "from which start, noise and faults follow", func(c *Config, v string) (err error) {
		c.Seed, err = strconv.ParseUint(v, 10, 64)
		return err
	}},
	{"start", "N", "which of the world's starts, from 1; otherwise the seed chooses", func(c *Config, v string) error { return between(&c.Start, v, 1, 1<<16) }},
	{"order", "2022|2023", "the time-of-flight ids: as on the talk's firmware, or as today", func(c *Config, v string) error { return setOrder(&c.Order, v) }},
	{"speed", "X", "simulated seconds per second; otherwise the client's Next is the clock", func(c *Config, v string) error { return positive(&c.Speed, v) }},
	{"quiet", "1", "sensors and wheels without noise", func(c *Config, v string) error { return truth(&c.Quiet, v) }},
	{"motors", "on|off", "off: the motor button has not been pressed, the robot stands still", func(c *Config, v string) error { return choice(&c.MotorsOff, v, "on", "off") }},
	{"latch", "1", "the firmware's front-right latch: after a watchdog stop any frame turns that wheel", func(c *Config, v string) error { return truth(&c.FrontRightLatch, v) }},
	{"garbage", "1", "a garbage reply to enableTofStatus", func(c *Config, v string) error { return truth(&c.GarbageTofStatus, v) }},
	{"dead", "ID,…", "time-of-flight sensors that send 0 mm", func(c *Config, v string) error { return idSet(&c.DeadTof, v) }},
	{"layout", "firmware|pycapnp", "how messages are laid out", func(c *Config, v string) error { return choice(&c.PycapnpLayout, v, "firmware", "pycapnp") }},
	{"loss", "0..1", "chance that a telemetry datagram is lost", func(c *Config, v string) error { return chance(&c.Fault.Loss, v) }},
	{"duplicate", "0..1", "chance that it comes twice", func(c *Config, v string) error { return chance(&c.Fault.Duplicate, v) }},
	{"reorder", "0..1", "chance that it comes after its successors", func(c *Config, v string) error { return chance(&c.Fault.Reorder, v) }},
	{"flip", "0..1", "chance that one of its bits is wrong", func(c *Config, v string) error { return chance(&c.Fault.Flip, v) }},
	{"delay", "DURATION", "of telemetry", func(c *Config, v string) error { return span(&c.Fault.Delay, v) }},
	{"jitter", "DURATION", "how much more telemetry may be delayed", func(c *Config, v string) error { return span(&c.Fault.Jitter, v) }},
	{"robots", "N", "that share the world", func(c *Config, v string) error { return between(&c.Robots, v, 1, 64) }},
	{"stall", "AT+FOR", "5s+2s: from 5 s on nothing gets through for 2 s; telemetry is lost, commands come late", func(c *Config, v string) error { return stall(&c.Fault, v) }},
}

func span(to *time.Duration, v string) error {
	d, err := time.ParseDuration(v)
	if err == nil && d < 0 {
		err = fmt.Errorf("%v is negative", d)
	}
	*to = d
	return err
}

func stall(to *Faults, v string) error {
	at, length, ok := strings.Cut(v, "+")
	if !ok {
		at, length, ok = strings.Cut(v, " ") // what a URL's + means
	}
	if !ok {
		return fmt.Errorf("%q is not like 5s+2s", v)
	}
	if err := span(&to.StallAt, at); err != nil {
		return err
	}
	return span(&to.StallFor, length)
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
