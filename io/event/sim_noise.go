package event

var _ = registerScene("noise", sceneKind{
	doc:    "nothing but events without a cause",
	params: []simParam{{"rate", "events per second of the whole sensor", 1e5, 0, 1e8}},
})

// sparks are events without a cause: evenly over the sensor, both polarities alike, at times that follow a Poisson
// process. They leave the level that a pixel compares with as it is.
type sparks struct {
	gap           float64 // mean time between two in µs, 0 for none
	next          float64 // time of the next in µs
	width, height int
	rnd           *random
}

func newSparks(rate float64, width, height int, rnd *random) sparks {
	s := sparks{width: width, height: height, rnd: rnd}
	if rate > 0 {
		s.gap = 1e6 / rate
		s.next = float64(s.gap * rnd.exponential())
	}
	return s
}

// strike adds the events of the sensor's step.
func (s *sparks) strike(to *sensor) {
	for s.gap > 0 && s.next < float64(to.to) {
		at := s.rnd.below(s.width * s.height)
		x, y := at%s.width, at/s.width
		to.emit(&to.pixels[at], x, y, uint8(s.rnd.next()>>63), int64(s.next))
		s.next += float64(s.gap * s.rnd.exponential())
	}
}
