package sim

import "github.com/livespike/livespike/io/durin/wire"

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

	periods map[wire.Tag]int64 // µs
	last    map[wire.Tag]int64 // when each was sent
	polled  int64              // time-of-flight polls since power on
	pair    int                // the next pair of sensors of the frame that is being sent; 4 is none
	sending bool               // whether this frame is streamed

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

const defaultPeriod = 50_000 // µs

func (t *telemetry) reset() {
	t.fine, t.ranging, t.pair = true, true, 4
	t.periods, t.last = map[wire.Tag]int64{}, map[wire.Tag]int64{}
	for _, tag := range []wire.Tag{
		wire.TagSetTofStreamPeriod, wire.TagSetImuStreamPeriod, wire.TagSetSystemStatusStreamPeriod,
		wire.TagSetPositionStreamPeriod, wire.TagSetUwbStreamPeriod,
	} {
		t.periods[tag] = defaultPeriod
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
func (r *Robot) due(tag wire.Tag) bool {
	period := r.periods[tag]
	if r.now-r.last[tag] < max(period, stepMicros) {
		return false
	}
	r.last[tag] = r.now
	return true
}

// stream measures what is due in this step and sends it.
func (r *Robot) stream() {
	if r.now-r.lastFrame > silence {
		r.streaming, r.ranging = false, false
	}
	r.streamTof()
	if r.streaming {
		if r.due(wire.TagSetImuStreamPeriod) {
			r.send(r.imu())
		}
		if r.due(wire.TagSetSystemStatusStreamPeriod) {
			r.send(r.systemStatus())
		}
		if r.due(wire.TagSetPositionStreamPeriod) {
			r.send(r.position())
		}
		if r.due(wire.TagSetUwbStreamPeriod) && len(r.world.Beacons) > 0 {
			r.send(r.uwb())
		}
	}
	r.release()
}

// streamTof sends a frame as four datagrams of two sensors each, 1 ms apart.
func (r *Robot) streamTof() {
	if poll := r.now * r.rate() / 1_000_000; r.ranging && poll != r.polled && r.pair == 4 {
		r.polled, r.pair = poll, 0
		r.sending = r.due(wire.TagSetTofStreamPeriod)
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
