package event_test

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
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

// A gauge takes the best of several runs, of the decoder and of memcpy by turns, because other people's work slows this
// machine down for a while and never speeds it up.
type gauge struct {
	src, dst []byte
	copied   float64 // bytes a second of memcpy
	speed    float64 // events a second
	passed   float64 // bytes a second: those of the recording and 16 for each event
}

func newGauge() *gauge {
	g := &gauge{src: make([]byte, 32<<20), dst: make([]byte, 32<<20)}
	for i := range g.src {
		g.src[i] = byte(i) // pages that were never written are all the same one
	}
	copy(g.dst, g.src)
	return g
}

// run times one pass over size bytes, and memcpy.
func (g *gauge) run(size int, pass func() int64) {
	start := time.Now()
	n := float64(pass())
	s := time.Since(start).Seconds()
	g.speed, g.passed = max(g.speed, n/s), max(g.passed, (float64(size)+16*n)/s)
	start = time.Now()
	copy(g.dst, g.src)
	g.copied = max(g.copied, float64(len(g.src))/time.Since(start).Seconds())
}

// report gives the speed in million events a second, and what passed as a fraction of the traffic of memcpy, which reads
// and writes.
func (g *gauge) report(b *testing.B) {
	b.ReportMetric(g.speed/1e6, "Mev/s")
	b.ReportMetric(g.passed/(2*g.copied), "of-memcpy")
	b.ReportMetric(g.copied/1e9, "memcpy-GB/s")
}

// BenchmarkNext decodes files in the page cache to batches.
func BenchmarkNext(b *testing.B) {
	for _, name := range names(b) {
		data := recordings(b)[name]
		file := filepath.Join(b.TempDir(), "recording."+name)
		if err := os.WriteFile(file, data, 0o600); err != nil {
			b.Fatal(err)
		}
		b.Run("format="+name, func(b *testing.B) {
			b.ReportAllocs()
			g := newGauge()
			for b.Loop() {
				g.run(len(data), func() int64 { return drain(b, file, name) })
			}
			g.report(b)
		})
	}
}

func names(b *testing.B) []string { return slices.Sorted(maps.Keys(recordings(b))) }

func drain(b *testing.B, file, name string) int64 {
	s, err := event.Open(file, formatOf(name))
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
	for _, name := range names(b) {
		data := recordings(b)[name]
		file := filepath.Join(b.TempDir(), "recording."+name)
		if err := os.WriteFile(file, data, 0o600); err != nil {
			b.Fatal(err)
		}
		b.Run("format="+name, func(b *testing.B) {
			b.ReportAllocs()
			g := newGauge()
			frame := tensor.Zeros(720, 1280)
			for b.Loop() {
				g.run(len(data), func() int64 {
					s, err := event.Open(file, formatOf(name), event.Size(1280, 720), event.Span(1<<62))
					if err != nil {
						b.Fatal(err)
					}
					s.ReadInto(frame)
					return s.Stats().Events
				})
			}
			g.report(b)
		})
	}
}

// BenchmarkWrite encodes a made-up recording and throws the bytes away.
func BenchmarkWrite(b *testing.B) {
	events := madeUp(3, 640, 480)
	for _, name := range []string{"a.aedat4", "a.csv", "a.dat", "a.es", "a.evt2", "a.evt3"} {
		b.Run("format="+name[2:], func(b *testing.B) {
			b.ReportAllocs()
			g := newGauge()
			for b.Loop() {
				g.run(0, func() int64 {
					w, err := event.Create(os.DevNull, event.Format(name[2:]), event.Size(640, 480), event.FromZero())
					if err != nil {
						b.Fatal(err)
					}
					if err := errors.Join(w.Write(events), w.Close()); err != nil {
						b.Fatal(err)
					}
					return w.Count()
				})
			}
			g.report(b)
		})
	}
}
