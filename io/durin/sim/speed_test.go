package sim

import (
	"testing"
	"time"

	"github.com/livespike/livespike/io/durin/wire"
)

// BenchmarkHeadless is a minute of a robot that drives about in a room with all its sensors on, without sockets.
func BenchmarkHeadless(b *testing.B) {
	c, err := ParseConfig("room?seed=1")
	if err != nil {
		b.Fatal(err)
	}
	const minute = 60 * time.Second
	for b.Loop() {
		r := New(c)
		r.Handle(&wire.SetStreamPeriod{Which: wire.TagSetTofStreamPeriod})
		r.Handle(&wire.EnableTofStatus{On: true})
		r.Handle(&wire.EnableStreaming{To: wire.UDPOnly, IP: []byte{127, 0, 0, 1}, Port: 1338})
		for r.Now() < minute {
			r.StepToF()
			left, _ := r.Range(1, 3, 3)
			right, _ := r.Range(7, 3, 3)
			r.Handle(&wire.SetRobotVelocity{Y: 150, Rot: int16((left - right) / 20)})
		}
	}
	b.ReportMetric(minute.Seconds()*float64(b.N)/b.Elapsed().Seconds(), "x-real-time")
}
