package durin

import (
	"errors"
	"net"
	"os"
	"time"

	"github.com/livespike/livespike/io/durin/wire"
)

// cycle is the time-of-flight frame that is being received: four datagrams of two sensors each.
type cycle struct {
	seen  uint8 // sensors, bit by bit
	since time.Time
}

const (
	allSensors = 0xff
	// A frame's four datagrams come within about 4 ms; what comes later belongs to the next.
	cycleSpread = 10 * time.Millisecond
	// A sensor that comes twice within this is a duplicate, not the next frame, which is 16 ms away at least.
	duplicate = 8 * time.Millisecond
)

// readTelemetry receives on UDP until the socket is closed.
func (r *Robot) readTelemetry(l *link) {
	defer r.done.Done()
	var decoder wire.Decoder
	buffer := make([]byte, 4096)
	var limit time.Time // the read deadline
	for {
		n, from, err := l.udp.Receive(buffer)
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case errors.Is(err, os.ErrDeadlineExceeded):
		case err != nil:
			continue // an ICMP error of an earlier life of this port; the robot's silence is noticed elsewhere
		}
		r.mu.Lock()
		if err == nil && from.Addr().Unmap() != l.remote {
			r.stats.Foreign++
		} else if err == nil {
			l.received++
			r.recorder.add(recTelemetry, r.now(), buffer[:n])
			r.takeDatagram(buffer[:n], &decoder)
		}
		if r.cycle.seen != 0 && !r.lockstep && time.Since(r.cycle.since) >= cycleSpread {
			r.endCycle()
		}
		var deadline time.Time
		if r.cycle.seen != 0 && !r.lockstep {
			deadline = r.cycle.since.Add(cycleSpread)
		}
		r.mu.Unlock()
		if deadline != limit {
			limit = deadline
			if err := l.udp.SetReadDeadline(limit); err != nil {
				return // closed
			}
		}
	}
}

// takeDatagram decodes a datagram and updates the observation.
func (r *Robot) takeDatagram(b []byte, decoder *wire.Decoder) {
	r.stats.Received++
	defer r.wakeLockstep()
	payload, _, err := wire.ParseDatagram(b)
	if err != nil {
		if wire.IsChecksum(err) {
			r.stats.BadChecksum++
		} else {
			r.stats.Undecodable++
		}
		return
	}
	m, err := decoder.Decode(payload)
	if err != nil {
		r.stats.Undecodable++
		return
	}
	r.take(m)
}

// take updates the observation with a message.
func (r *Robot) take(m wire.Message) {
	now := r.now()
	at := r.epoch.Add(now)
	switch m := m.(type) {
	case *wire.TofObservations:
		r.takeTof(m, at)
	case *wire.ImuMeasurement:
		r.obs.IMU, r.obs.IMUAt = IMU{m.Acc, m.Gyro, m.Mag}, at
		r.rhythms[SensorIMU].heard(now)
	case *wire.SystemStatus:
		r.obs.Battery, r.obs.BatteryAt = Battery{int(m.BatteryMV), int(m.BatteryPercent)}, at
		r.rhythms[SensorStatus].heard(now)
	case *wire.Position:
		r.obs.Position, r.obs.PositionAt = vec(m), at
		r.rhythms[SensorPosition].heard(now)
	case *wire.UwbNodes:
		r.rhythms[SensorUWB].heard(now)
		nodes := make([]Node, 0, len(m.Nodes)) // a new one: copies of the observation keep the old
		for _, n := range m.Nodes {
			nodes = append(nodes, Node{int(n.ID), n.Purpose.String(), float32(n.DistanceMM), vec(&n.Position)})
		}
		r.obs.UWB, r.obs.UWBAt = nodes, at
	}
}

func vec(p *wire.Position) *Vec {
	if !p.Known {
		return nil
	}
	return &Vec{float32(p.X), float32(p.Y), float32(p.Z)}
}

func (r *Robot) takeTof(m *wire.TofObservations, at time.Time) {
	now := time.Now()
	for _, o := range m.Observations {
		if o.ID > 7 {
			r.stats.UnknownIDs++
			continue
		}
		bit := uint8(1) << o.ID
		if r.cycle.seen&bit != 0 && !r.lockstep {
			if now.Sub(r.cycle.since) < duplicate {
				continue
			}
			r.endCycle()
		}
		if !r.obs.setTof(int(o.ID), o.Ranges) {
			r.stats.Undecodable++
			continue
		}
		r.obs.ToFAt[o.ID] = at
		if r.cycle.seen == 0 {
			r.cycle.since = now
		}
		r.cycle.seen |= bit
	}
	if r.cycle.seen == allSensors && !r.lockstep {
		r.endCycle()
	}
}

// endCycle makes what was received a frame.
func (r *Robot) endCycle() {
	if r.cycle.seen != allSensors {
		r.stats.Incomplete++
	}
	r.cycle.seen = 0
	now := r.now()
	r.recorder.add(recFrame, now, nil)
	r.obs.Seq++
	r.stats.Frames++
	r.rhythms[SensorToF].heard(now)
	if (errors.Is(r.err, errStale) || errors.Is(r.err, errGone) && r.link != nil) && !r.isStale(now) {
		r.err = nil
	}
	if r.still.frame(now, &r.obs, &r.present, r.settings.profile) {
		r.stats.Still++
	}
	r.track.frame(now)
	r.changed.Broadcast()
}
