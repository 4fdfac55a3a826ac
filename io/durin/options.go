package durin

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/livespike/livespike/io/durin/sim"
)

// Option changes how Dial connects; see the functions that return one.
type Option struct {
	name string
	set  func(*settings)
}

// String is the option's name.
func (o Option) String() string { return o.name }

type settings struct {
	maxSpeed   float64
	maxAccel   float64
	profile    Profile
	timeout    time.Duration // for replies
	silence    time.Duration // without a frame after which the robot is gone
	deadMan    time.Duration
	order      sim.Order
	blind      bool
	noSignals  bool
	record     string // the name of a file
	resolution Resolution
	telemetry  uint16 // the UDP port; 0 is any
}

// deadManTime is how long motion lasts without a Send.
const deadManTime = 300 * time.Millisecond

func defaults() settings {
	return settings{
		maxSpeed: 500, timeout: 2 * time.Second, silence: 2 * time.Second, deadMan: deadManTime, order: sim.Order2023,
		resolution: R8x8At15Hz,
	}
}

// MaxSpeed limits every wheel and direction to a speed in mm/s; the default is 500.
func MaxSpeed(mmPerSecond float64) Option {
	if !(mmPerSecond >= 0) {
		panic(fmt.Sprintf("durin.MaxSpeed: %v mm/s", mmPerSecond))
	}
	return Option{"MaxSpeed", func(s *settings) { s.maxSpeed = mmPerSecond }}
}

// MaxAccel limits how fast speeds change, in mm/s²; the default is no limit. A stop is never delayed. Between two
// commands it counts their distance in time, at most 0.1 s, so that a robot that stood still does not leap.
func MaxAccel(mmPerSecond2 float64) Option {
	if !(mmPerSecond2 > 0) {
		panic(fmt.Sprintf("durin.MaxAccel: %v mm/s²", mmPerSecond2))
	}
	return Option{"MaxAccel", func(s *settings) { s.maxAccel = mmPerSecond2 }}
}

// Timeout is how long Dial waits for an answer and Next for a frame; the default is 2 s.
func Timeout(d time.Duration) Option {
	if d <= 0 {
		panic(fmt.Sprintf("durin.Timeout: %v", d))
	}
	return Option{"Timeout", func(s *settings) { s.timeout, s.silence = d, d }}
}

// WithProfile sets which way the wheels turn.
func WithProfile(p Profile) Option { return Option{"WithProfile", func(s *settings) { s.profile = p }} }

// Blind lets motion through before the time-of-flight sensors were heard of, and with old data.
func Blind() Option { return Option{"Blind", func(s *settings) { s.blind = true }} }

// NoSignals leaves SIGINT and SIGTERM alone: the program promises to call Close.
func NoSignals() Option { return Option{"NoSignals", func(s *settings) { s.noSignals = true }} }

// At60Hz asks for 4x4 zones at 60 Hz from the start.
func At60Hz() Option { return Option{"At60Hz", func(s *settings) { s.resolution = R4x4At60Hz }} }

// parse takes the options that stand in an address and returns it without them.
func (s *settings) parse(address string) (string, error) {
	host, query, _ := strings.Cut(address, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return host, err
	}
	for key, list := range values {
		value := list[len(list)-1]
		ok := true
		switch key {
		case "order":
			switch value {
			case "2022":
				s.order = sim.Order2022
			case "2023":
				s.order = sim.Order2023
			default:
				ok = false
			}
		case "wheels":
			ok = false
			for mode := WheelsSchema; mode <= WheelsViaMove; mode++ {
				if mode.String() == value {
					s.profile.Wheels, ok = mode, true
				}
			}
		case "invertx":
			s.profile.InvertX, ok = value == "1", value == "1" || value == "0"
		case "invertrot":
			s.profile.InvertRot, ok = value == "1", value == "1" || value == "0"
		case "telemetry":
			n, err := strconv.ParseUint(value, 10, 16)
			s.telemetry, ok = uint16(n), err == nil && n > 0
		default:
			return host, fmt.Errorf("unknown option %s; there are order, wheels, invertx, invertrot, telemetry", key)
		}
		if !ok {
			return host, fmt.Errorf("%s=%s is not understood", key, value)
		}
	}
	return host, nil
}
