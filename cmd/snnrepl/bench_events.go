package main

import (
	"time"

	"github.com/livespike/livespike/io/event"
	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
)

// eventCases is d and d4 fed by packets of events, which never become a frame: the way from the packet to the output.
func eventCases() (all []benchCase) {
	const h, w, share = 480, 640, 0.02
	for _, name := range []string{"d-ev", "d4-ev"} {
		for _, into := range []bool{false, true} {
			c := benchCase{name: name, unit: "event/s", work: h * w * share}
			if into {
				c.name += "-into"
			}
			c.setup = func() func() {
				m := edgeDetector()
				if name == "d4-ev" {
					m = edgeDetector(snn.Bias(false), snn.Dilation(3), snn.Padding(12))
				}
				camera, err := event.From(newPackets(tensor.Bernoulli(share, h, w).ToSparse().Index(), h, w))
				if err != nil {
					panic(err)
				}
				list := tensor.NewSparse(nil, nil, camera.FrameShape()...)
				y := tensor.Zeros(m.OutputShape(h, w)...)
				var s *snn.State
				return func() {
					camera.SparseFrameInto(list, packetTime)
					if into {
						s = snn.ForwardSparseInto(m, y, list, s)
					} else {
						_, s = snn.ForwardSparse(m, list, s)
					}
				}
			}
			all = append(all, c)
		}
	}
	return all
}

const packetTime = 5 * time.Millisecond

// packets is a camera whose pixels at some places have an event in each packet.
type packets struct {
	h, w   int
	events []event.Event
}

func newPackets(at []int32, h, w int) *packets {
	p := &packets{h: h, w: w}
	for k, i := range at {
		p.events = append(p.events, event.Of(int64(k)*packetTime.Microseconds()/int64(len(at)), uint16(int(i)%w), uint16(int(i)/w), 1))
	}
	return p
}

// Info is the camera's size.
func (p *packets) Info() event.Info { return event.Info{Width: p.w, Height: p.h} }

// Next is the next packet.
func (p *packets) Next() ([]event.Event, error) {
	for k := range p.events {
		p.events[k].T += packetTime.Microseconds()
	}
	return p.events, nil
}

// Close does nothing.
func (p *packets) Close() error { return nil }
