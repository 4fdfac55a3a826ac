package sim

import (
	"math"

	"github.com/livespike/livespike/io/durin/wire"
)

// telemetry is what the robot streams, where to and how often.
type telemetry struct {
	streaming bool
	ranging   bool
	ip        [4]byte
	port      uint16
	fine      bool // 8x8 zones, not 4x4
	tofStatus bool
	touched   bool // since the last sample of the trace
	frames    int  // time-of-flight frames that are complete

	pace    [5]pace // of the streams
	polled  int64   // time-of-flight polls since power on
	pair    int     // the next pair of sensors of the frame that is being sent; 4 is none
	sending bool    // whether this frame is streamed

	out    func(datagram []byte) // where datagrams go; nil drops them
	outToF bool                  // whether what goes out is time-of-flight
	held   []delayed
	enc    wire.Encoder
	buffer []byte
}

// delayed is a datagram on its way.
type delayed struct {
	due   int64
	tof   bool
	bytes []byte
}

// pace is when a stream sends, in µs.
type pace struct{ period, last int64 }

// next is when the stream is due.
func (p *pace) next() int64 { return p.last + max(p.period, stepMicros) }

// The streams.
const (
	streamTof = iota
	streamImu
	streamStatus
	streamPosition
	streamUwb
)

// streamOf is the stream whose period a message sets.
func streamOf(tag wire.Tag) int {
	switch tag {
	case wire.TagSetTofStreamPeriod:
		return streamTof
	case wire.TagSetImuStreamPeriod:
		return streamImu
	case wire.TagSetSystemStatusStreamPeriod:
		return streamStatus
	case wire.TagSetPositionStreamPeriod:
		return streamPosition
	case wire.TagSetUwbStreamPeriod:
		return streamUwb
	}
	panic("sim: no stream " + tag.String())
}

const defaultPeriod = 50_000 // µs

func (t *telemetry) reset() {
	t.fine, t.ranging, t.pair = true, true, 4
	for i := range t.pace {
		t.pace[i].period = defaultPeriod
	}
}

// Resolution is the number of zones in a row, 8 or 4.
func (t *telemetry) Resolution() int {
	if t.fine {
		return 8
	}
	return 4
}

// rate is the time-of-flight frames in a second.
func (t *telemetry) rate() int64 {
	if t.fine {
		return 15
	}
	return 60
}

// due reports whether a stream's period has passed, and if so starts the next. What is sent at a fixed rate keeps its
// phase.
func (r *Robot) due(stream int) bool {
	p := &r.pace[stream]
	if r.now < p.next() {
		return false
	}
	p.last = r.now
	return true
}

// nextSend is when the robot has something to do that can be seen from outside, in µs; a very long time from now when
// it only moves.
func (r *Robot) nextSend() int64 {
	at := int64(math.MaxInt64) / 1000
	if r.streaming {
		for i := range r.pace {
			if i != streamTof {
				at = min(at, r.pace[i].next())
			}
		}
		if r.pair < 4 {
			at = r.now + stepMicros
		} else if r.ranging {
			poll := ((r.polled+1)*1_000_000 + r.rate() - 1) / r.rate()
			at = min(at, (poll+stepMicros-1)/stepMicros*stepMicros)
		}
	}
	for _, d := range r.held {
		at = min(at, d.due)
	}
	if r.stalled() {
		at = min(at, (r.config.Fault.StallAt + r.config.Fault.StallFor).Microseconds())
	}
	if r.camera.out != nil {
		at = min(at, r.now-r.now%cameraMicros+cameraMicros)
	}
	return max(at, r.now+stepMicros)
}

// stream measures what is due in this step and sends it.
func (r *Robot) stream() {
	if r.now-r.lastFrame > silence {
		r.streaming, r.ranging = false, false
	}
	r.sendTof()
	if r.streaming {
		if r.due(streamImu) {
			r.send(r.imu())
		}
		if r.due(streamStatus) {
			r.send(r.systemStatus())
		}
		if r.due(streamPosition) {
			r.send(r.position())
		}
		if r.due(streamUwb) && len(r.world.Beacons) > 0 {
			r.send(r.uwb())
		}
	}
	r.release()
}

// sendTof sends a frame as four datagrams of two sensors each, 1 ms apart.
func (r *Robot) sendTof() {
	if poll := r.now * r.rate() / 1_000_000; r.ranging && poll != r.polled && r.pair == 4 {
		r.polled, r.pair = poll, 0
		r.sending = r.due(streamTof)
	}
	if r.pair == 4 {
		return
	}
	m := &r.tofMessage
	m.Observations = m.Observations[:0]
	n := r.Resolution()
	for id := 2 * r.pair; id < 2*r.pair+2; id++ {
		r.measure(id)
		m.Observations = append(m.Observations, wire.TofObservation{ID: uint8(id), Ranges: r.ranges[id][:n*n]})
	}
	if r.streaming && r.sending {
		r.send(m)
	}
	if r.pair++; r.pair == 4 {
		r.frames++
		r.trace = append(r.trace, Sample{r.Now(), r.body.pose, r.touched})
		r.touched = false
		if r.framed != nil {
			r.framed()
		}
	}
}

// send encodes a message and hands it to the network, which may be faulty.
func (r *Robot) send(m wire.Message) {
	if r.out == nil {
		return
	}
	r.enc.Layout = wire.Firmware
	if r.config.PycapnpLayout {
		r.enc.Layout = wire.Pycapnp
	}
	_, r.outToF = m.(*wire.TofObservations)
	r.buffer = r.enc.AppendFrame(r.buffer[:0], m, wire.Telemetry)
	if r.config.Fault == (Faults{}) {
		r.out(r.buffer)
		return
	}
	r.faulty(r.buffer)
}
