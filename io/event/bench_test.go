package event_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"testing"
	"time"

	"github.com/livespike/livespike/io/event"
	"github.com/livespike/livespike/snn/tensor"
)

// benchBytes is how large the copy of a recording is that a benchmark decodes: larger than the caches.
const benchBytes = 32 << 20

// repeated is a recording played again and again behind one header.
func repeated(b *testing.B, name string, header int) []byte {
	b.Helper()
	data, err := os.ReadFile(synthetic + name)
	if err != nil {
		b.Fatal(err)
	}
	body := data[header:]
	out := append([]byte(nil), data[:header]...)
	for len(out) < benchBytes {
		out = append(out, body...)
	}
	return out
}

func bodyOf(b *testing.B, name string) int {
	b.Helper()
	data, err := os.ReadFile(synthetic + name)
	if err != nil {
		b.Fatal(err)
	}
	return bytes.Index(data, []byte("% end\n")) + 6
}

// datHeader is the text, the type and the size in front of dat_wrap.dat.
const datHeader = 0x63 + 2

// recordings are the inputs of the benchmarks.
func recordings(b *testing.B) map[string][]byte {
	return map[string][]byte{
		"evt2":   repeated(b, "evt2_loop.raw", bodyOf(b, "evt2_loop.raw")),
		"dat":    repeated(b, "dat_wrap.dat", datHeader),
		"evt21":  repeated(b, "evt21_loop.raw", bodyOf(b, "evt21_loop.raw")),
		"es":     repeated(b, "es_gaps.es", 20),
		"nmnist": repeated(b, "nmnist_overflow.bin", 0),
		"evt3":   repeated(b, "evt3_loop.raw", bodyOf(b, "evt3_loop.raw")),
		"csv":    repeated(b, "csv_txyp.csv", 0),
		"aedat4": packets(b, "aedat4_lz4_notable.aedat4"),
		"zstd":   packets(b, "aedat4_zstdhigh.aedat4"),
	}
}

// formatOf names the format, because N-MNIST has no signature.
func formatOf(name string) event.Option {
	if name == "zstd" {
		name = "aedat4"
	}
	return event.Format(name)
}

// packets repeats the packets of a recording without a table.
func packets(b *testing.B, name string) []byte {
	b.Helper()
	data, err := os.ReadFile(synthetic + name)
	if err != nil {
		b.Fatal(err)
	}
	header := 14 + 4 + int(data[14]) + int(data[15])<<8
	return repeated(b, name, header)
}

// memcpy is this machine's speed of copying, in bytes a second, for the fraction beside each figure.
func memcpy(b *testing.B) float64 {
	b.Helper()
	src, dst := make([]byte, 64<<20), make([]byte, 64<<20)
	for i := range src {
		src[i] = byte(i) // pages that were never written are all the same one
	}
	copy(dst, src)
	best := 0.0
	for range 5 {
		start := time.Now()
		copy(dst, src)
		best = max(best, float64(len(src))/time.Since(start).Seconds())
	}
	return best
}

// report gives the speed in million events a second, and what passed (bytes in, 16 bytes an event out) as a fraction of
// the traffic of memcpy, which reads and writes.
func report(b *testing.B, events, in int64, copied float64) {
	s := b.Elapsed().Seconds()
	b.ReportMetric(float64(events)/s/1e6, "Mev/s")
	b.ReportMetric((float64(in)+16*float64(events))/s/(2*copied), "of-memcpy")
}

// BenchmarkNext decodes from memory to batches.
func BenchmarkNext(b *testing.B) {
	copied := memcpy(b)
	for name, data := range recordings(b) {
		b.Run("format="+name, func(b *testing.B) {
			b.ReportAllocs()
			n := int64(0)
			for b.Loop() {
				n += drain(b, data, name)
			}
			report(b, n, int64(b.N)*int64(len(data)), copied)
		})
	}
}

func drain(b *testing.B, data []byte, name string) int64 {
	s, err := event.FromReader(bytes.NewReader(data), name, formatOf(name))
	if err != nil {
		b.Fatal(err)
	}
	for {
		if _, err := s.Next(); err != nil {
			if !errors.Is(err, io.EOF) {
				b.Fatal(err)
			}
			return s.Stats().Events
		}
	}
}

// BenchmarkReadInto decodes and accumulates one frame of the whole recording, so that its clock, which jumps where it
// repeats, makes no empty frames.
func BenchmarkReadInto(b *testing.B) {
	copied := memcpy(b)
	for name, data := range recordings(b) {
		b.Run("format="+name, func(b *testing.B) {
			b.ReportAllocs()
			n := int64(0)
			frame := tensor.Zeros(720, 1280)
			for b.Loop() {
				s, err := event.FromReader(bytes.NewReader(data), name, formatOf(name), event.Size(1280, 720), event.Span(1<<62))
				if err != nil {
					b.Fatal(err)
				}
				s.ReadInto(frame)
				n += s.Stats().Events
			}
			report(b, n, int64(b.N)*int64(len(data)), copied)
		})
	}
}
