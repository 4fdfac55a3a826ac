package event

import "encoding/binary"

// evt2Gap bounds the words that fill a gap of the clock: 285 years, 4 MB.
const evt2Gap = 1 << 20

func createEVT2(out *output, _ *options, info Info) (encoder, error) {
	_, err := out.Write(evtHeader("2.0", "EVT2", info))
	return &evt2Encoder{out: out}, err
}

// evt2Encoder follows the reader's clock of 34 bits. Events may be out of order by less than 2^33 µs, but not across a
// turn of the clock.
type evt2Encoder struct {
	out   *output
	buf   []byte
	high  int64 // as the reader has it
	timed bool
}

func (d *evt2Encoder) encode(events []Event) error {
	if err := formats["evt2"].limits.fits(events); err != nil {
		return err
	}
	buf, high, timed := d.buf[:0], d.high, d.timed
	for i := range events {
		e := &events[i]
		if target := e.T &^ 63; target != high || !timed {
			if e.T < 0 || target-high > evt2Gap*(evt2Loop/2-64) {
				return mistimed(i, "time %d is outside the clock of EVT 2", e.T)
			}
			for first := true; first || high != target; first = false {
				step := target
				if evt2High(high, timed, step&(evt2Loop-1)) != step {
					if step < high {
						return misfit(i, "time %d: EVT 2 cannot go back over a turn of its clock", e.T)
					}
					step = min(target, high+evt2Loop/2-64)
				}
				high, timed = step, true
				buf = binary.LittleEndian.AppendUint32(buf, 8<<28|uint32(step>>6&(1<<28-1)))
			}
		}
		buf = binary.LittleEndian.AppendUint32(buf, uint32(e.On)<<28|uint32(e.T&63)<<22|uint32(e.X)<<11|uint32(e.Y))
	}
	d.buf, d.high, d.timed = buf, high, timed
	_, err := d.out.Write(buf)
	return err
}

func (d *evt2Encoder) finish() error { return nil }
