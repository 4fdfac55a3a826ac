package sim

import (
	"encoding/json"
	"io"

	"github.com/livespike/livespike/io/durin/wire"
)

// Frame is what a robot measured and where it truly was, as Log writes it.
type Frame struct {
	Time    float64    `json:"t"` // s since power on
	X       float64    `json:"x"` // mm
	Y       float64    `json:"y"`
	Heading float64    `json:"heading"` // radians
	Wheels  [4]float64 `json:"wheels"`  // mm/s: front left, front right, back left, back right
	Contact bool       `json:"contact"` // since the frame before
	ToF     [8][]int   `json:"tof"`     // mm as they were sent, row by row from the top, by sensor
	Status  [8][]int   `json:"status"`
}

// Log writes each time-of-flight frame from now on as a line of JSON, a Frame; nil ends that. It stops at the first
// error, which Err reports.
func (s *Server) Log(w io.Writer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w == nil {
		s.robot.framed = nil
		return
	}
	encoder := json.NewEncoder(w)
	s.robot.framed = func() {
		if err := encoder.Encode(s.robot.frame()); err != nil {
			s.failure, s.robot.framed = err, nil
		}
	}
}

func (r *Robot) frame() Frame {
	p := r.body.pose
	f := Frame{
		Time: r.seconds(), X: p.At.X, Y: p.At.Y, Heading: p.Heading, Wheels: r.body.wheels,
		Contact: len(r.trace) > 0 && r.trace[len(r.trace)-1].Contact,
	}
	n := r.Resolution()
	for id := range f.ToF {
		for _, field := range r.ranges[id][:n*n] {
			f.ToF[id] = append(f.ToF[id], wire.RangeMM(field))
			f.Status[id] = append(f.Status[id], wire.RangeStatus(field))
		}
	}
	return f
}
