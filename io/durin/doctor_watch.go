package durin

import (
	"fmt"
	"math"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/livespike/livespike/io/durin/wire"
)

// telemetryWatch counts what comes from a robot, for Examine.
type telemetryWatch struct {
	decoder     wire.Decoder
	datagrams   int
	foreign     int // of somebody else; the others are the robot's
	badChecksum int
	undecodable int

	seen      [8]int         // by sensor: frames
	zero      [8]int         // of these, frames of nothing but 0 mm
	arrivals  [4][]time.Time // by pair of sensors
	duplicate int            // datagrams of the same pair again at once
	swapped   int            // datagrams before those that were sent before them
	lastPair  int
	last      time.Time // of any pair
	imu       []time.Time
	status    *wire.SystemStatus
	fix       bool
	position  int // messages
	beacons   int // the most
}

func newTelemetryWatch() *telemetryWatch { return &telemetryWatch{lastPair: -1} }

// take counts a datagram.
func (w *telemetryWatch) take(b []byte, at time.Time) {
	w.datagrams++
	payload, _, err := wire.ParseDatagram(b)
	if wire.IsChecksum(err) {
		w.badChecksum++
		return
	}
	var m wire.Message
	if err == nil {
		m, err = w.decoder.Decode(payload)
	}
	if err != nil {
		w.undecodable++
		return
	}
	switch m := m.(type) {
	case *wire.TofObservations:
		w.takeTof(m, at)
	case *wire.ImuMeasurement:
		w.imu = append(w.imu, at)
	case *wire.SystemStatus:
		status := *m
		w.status = &status
	case *wire.Position:
		w.position++
		w.fix = w.fix || m.Known
	case *wire.UwbNodes:
		w.beacons = max(w.beacons, len(m.Nodes))
	}
}

func (w *telemetryWatch) takeTof(m *wire.TofObservations, at time.Time) {
	if len(m.Observations) == 0 || m.Observations[0].ID > 7 {
		return
	}
	pair := int(m.Observations[0].ID) / 2
	if a := w.arrivals[pair]; len(a) > 0 && at.Sub(a[len(a)-1]) < duplicate {
		w.duplicate++
		return
	}
	if w.lastPair > pair && at.Sub(w.last) < duplicate {
		w.swapped++
	}
	w.lastPair, w.last = pair, at
	w.arrivals[pair] = append(w.arrivals[pair], at)
	for _, o := range m.Observations {
		if o.ID > 7 {
			continue
		}
		w.seen[o.ID]++
		if !slices.ContainsFunc(o.Ranges, func(field uint16) bool { return wire.RangeMM(field) != 0 }) {
			w.zero[o.ID]++
		}
	}
}

// gaps are the times between the arrivals of each pair, sorted.
func (w *telemetryWatch) gaps() (gaps []time.Duration) {
	for _, a := range w.arrivals {
		for i := 1; i < len(a); i++ {
			gaps = append(gaps, a[i].Sub(a[i-1]))
		}
	}
	slices.Sort(gaps)
	return gaps
}

// loss is the share of the time-of-flight datagrams that did not come. They have no numbers: the middle of the gaps is
// taken for the robot's period, and of each pair as many are expected as periods have passed between its first and its
// last.
func (w *telemetryWatch) loss(period time.Duration) float64 {
	got, expected := 0, 0.0
	for _, a := range w.arrivals {
		if n := len(a); n > 0 {
			got += n
			expected += math.Round(a[n-1].Sub(a[0]).Seconds()/period.Seconds()) + 1
		}
	}
	return max(0, 1-float64(got)/expected)
}

const (
	rateOff    = 0.1  // of a stream's rate
	lossLimit  = 0.01 // of the datagrams
	batteryOff = 6600 // mV, at which the robot switches itself off
	batteryLow = 6900 // mV: our own choice
	tofPeriod  = time.Second / 15
	longGap    = 200 * time.Millisecond // at which the robot is slowed down
)

// findings is what the watch has seen, in the order of a report.
func (w *telemetryWatch) findings(watched time.Duration, here net.Addr) (all []Finding) {
	ok := func(name, format string, args ...any) {
		all = append(all, Finding{OK: true, Name: name, Text: fmt.Sprintf(format, args...)})
	}
	wrong := func(name, text, advice string) { all = append(all, Finding{Name: name, Text: text, Advice: advice}) }
	if w.datagrams == 0 {
		text := fmt.Sprintf("nothing has come to %v in %v", here, watched)
		if w.foreign > 0 {
			text += fmt.Sprintf(" but %d datagrams of somebody else", w.foreign)
		}
		wrong("telemetry", text,
			"does a firewall of this computer keep UDP out? it can let one port in, telemetry=1338 behind the address; is it behind NAT or a VPN that the robot cannot see through?")
		return all
	}
	ok("telemetry", "%d datagrams in %v", w.datagrams, watched)
	gaps := w.gaps()
	if len(gaps) == 0 {
		wrong("distances", "no time-of-flight frames", "the light at the start is yellow when all eight sensors are alive, pink when some are, red when none is")
		return all
	}
	period := gaps[len(gaps)/2]
	w.sensors(ok, wrong, period)
	w.network(ok, wrong, gaps, period)
	w.rest(ok, wrong)
	return all
}

// sensors is about the time-of-flight sensors.
func (w *telemetryWatch) sensors(ok func(name, format string, args ...any), wrong func(name, text, advice string), period time.Duration) {
	rate := time.Second.Seconds() / period.Seconds()
	text := fmt.Sprintf("%.1f frames a second, 15 asked for", rate)
	if off := period.Seconds()/tofPeriod.Seconds() - 1; off < -rateOff || off > rateOff {
		wrong("distances", text, "another program may have set another rate or resolution; a busy computer reads late")
	} else {
		ok("distances", "%s", text)
	}
	var missing, dead []string
	for id := range w.seen {
		switch {
		case w.seen[id] == 0:
			missing = append(missing, fmt.Sprint(id))
		case w.zero[id] == w.seen[id]:
			dead = append(dead, fmt.Sprint(id))
		}
	}
	switch {
	case len(missing) > 0:
		wrong("sensors", "nothing from "+strings.Join(missing, ", "), "motion is held until each sensor was heard of; durin.Blind() gives that up")
	case len(dead) > 0:
		wrong("sensors", strings.Join(dead, ", ")+" see nothing at all: 0 mm in every zone", "dead, or covered; they count as seeing nothing, not as contact")
	default:
		ok("sensors", "all eight see something")
	}
}

// network is about what happens to datagrams on their way.
func (w *telemetryWatch) network(ok func(name, format string, args ...any), wrong func(name, text, advice string), gaps []time.Duration, period time.Duration) {
	loss := w.loss(period)
	text := fmt.Sprintf("%.1f %% of the datagrams", 100*loss)
	if loss > lossLimit {
		wrong("loss", text, "nearer to the access point, or a channel of its own; 4x4 zones at 60 Hz (durin.At60Hz) leave shorter gaps")
	} else {
		ok("loss", "%s", text)
	}
	if n := w.badChecksum + w.undecodable; n > 0 {
		wrong("damage", fmt.Sprintf("%d datagrams with a wrong checksum, %d that are no message", w.badChecksum, w.undecodable), "is the firmware of October 2022 or later?")
	} else {
		ok("damage", "none")
	}
	if w.duplicate+w.swapped > 0 {
		wrong("order", fmt.Sprintf("%d datagrams came twice, %d before earlier ones", w.duplicate, w.swapped), "more than one way to the robot? both are sorted out, but the data is older for it")
	} else {
		ok("order", "as they were sent")
	}
	longest := gaps[len(gaps)-1]
	text = fmt.Sprintf("%v between two frames of a sensor, %v at most", brief(gaps[len(gaps)/2]), brief(longest))
	if longest > longGap {
		wrong("gaps", text, fmt.Sprintf("above %v the robot is driven at half speed, above %v not at all", slowAge, staleAge))
	} else {
		ok("gaps", "%s", text)
	}
}

// rest is about the other sensors.
func (w *telemetryWatch) rest(ok func(name, format string, args ...any), wrong func(name, text, advice string)) {
	if n := len(w.imu); n < 2 {
		wrong("IMU", "nothing", "its messages are small: if only they are missing, the sensor is")
	} else {
		ok("IMU", "%.0f a second, %d asked for", float64(n-1)/w.imu[n-1].Sub(w.imu[0]).Seconds(), 1000/imuPeriod)
	}
	switch s := w.status; {
	case s == nil:
		wrong("battery", "nothing", "")
	case s.BatteryMV < batteryLow:
		wrong("battery", fmt.Sprintf("%.2f V", float64(s.BatteryMV)/1000), fmt.Sprintf("charge it: at %.1f V the robot switches itself off", batteryOff/1000.0))
	default:
		ok("battery", "%.2f V, %d %%", float64(s.BatteryMV)/1000, s.BatteryPercent)
	}
	switch {
	case w.fix:
		ok("position", "known, by radio; %d beacons", w.beacons)
	default:
		ok("position", "no fix, %d beacons: Obs.Position stays nil", w.beacons)
	}
}
