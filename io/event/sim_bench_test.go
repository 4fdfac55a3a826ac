package event_test

import (
	"errors"
	"io"
	"testing"

	"github.com/livespike/livespike/io/event"
)

// BenchmarkSim simulates a second at 640x480: x-realtime is how much faster than a camera.
func BenchmarkSim(b *testing.B) {
	for _, uri := range []string{"sim:bars", "sim:rotating", "sim:dots", "sim:noise"} {
		b.Run(uri[4:], func(b *testing.B) {
			b.ReportAllocs()
			n := int64(0)
			for b.Loop() {
				s := event.MustOpen(uri + "?seconds=1")
				for {
					if _, err := s.Next(); err != nil {
						if !errors.Is(err, io.EOF) {
							b.Fatal(err)
						}
						break
					}
				}
				n += s.Stats().Events
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "x-realtime")
			b.ReportMetric(float64(n)/b.Elapsed().Seconds()/1e6, "Mev/s")
		})
	}
}
