// Command events measures how fast recordings are read and written, and datagrams received, each as a part of what the
// machine's memory can do in the same run.
//
//	go build -o events-bench ./bench/events
//	./events-bench make DIR        recordings of the simulated camera in every format
//	./events-bench read FILE…      decode, decode to an image, and memcpy by turns; one JSON object a file
//	./events-bench udp             loopback: as fast as it goes, and at 10 million events a second
//
// Speeds but those of udp are by processor time, so that other work on the machine does not show in them.
//
// bench/compare_events.py calls it beside the readers of others.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/livespike/livespike/io/event"
	_ "github.com/livespike/livespike/io/udp"
	"github.com/livespike/livespike/snn/tensor"
)

func main() {
	if len(os.Args) < 2 {
		fail(errors.New("events-bench make DIR | read FILE… | udp"))
	}
	runtime.LockOSThread() // for cpu
	switch os.Args[1] {
	case "make":
		makeAll(os.Args[2])
	case "read":
		for _, file := range os.Args[2:] {
			read(file)
		}
	case "udp":
		for _, layout := range []string{"spif", "spif-untimed"} {
			udp(layout, 0)
			udp(layout, 10e6)
		}
	default:
		fail(fmt.Errorf("unknown %s", os.Args[1]))
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func must(err error) {
	if err != nil {
		fail(err)
	}
}

// count is how many events a recording has.
const count = 4 << 20

// camera is the first events of a simulated scene.
func camera() []event.Event {
	s := event.MustOpen("sim:bars?size=1280x720&seconds=60&seed=1")
	all := make([]event.Event, 0, count)
	for len(all) < count {
		events, err := s.Next()
		must(err)
		all = append(all, events[:min(len(events), count-len(all))]...)
	}
	must(s.Close())
	return all
}

func makeAll(dir string) {
	events := camera()
	for _, name := range []string{
		"a.dat", "a.evt2.raw", "a.evt3.raw", "a.lz4.aedat4", "a.zstd.aedat4", "a.none.aedat4", "a.es", "a.csv", "a.npy", "a.npz",
	} {
		opts := []event.Option{event.Size(1280, 720)}
		parts := strings.Split(name, ".")
		switch parts[1] {
		case "evt2", "evt3":
			opts = append(opts, event.Format(parts[1]))
		case "lz4", "zstd", "none":
			opts = append(opts, event.Compression(strings.ToUpper(parts[1])))
		}
		w, err := event.Create(filepath.Join(dir, name), opts...)
		must(err)
		start := cpu()
		must(w.Write(events))
		written := cpu() - start
		must(w.Close())
		st, err := os.Stat(filepath.Join(dir, name))
		must(err)
		fmt.Printf("%-16s %5.2f bytes an event, written at %.0f Mev/s\n", name, float64(st.Size())/count, count/written.Seconds()/1e6)
	}
}

// result is a line of read.
type result struct {
	File          string  `json:"file"`
	Events        int64   `json:"events"`
	Digest        string  `json:"digest"`
	MevS          float64 `json:"mev_s"`
	FrameMevS     float64 `json:"frame_mev_s"`
	Memcpy        float64 `json:"memcpy_gb_s"`
	OfMemcpy      float64 `json:"of_memcpy"` // bytes read and written, of those that memcpy reads and writes
	AllocsBatch   float64 `json:"allocs_a_batch"`
	FrameOfMemcpy float64 `json:"frame_of_memcpy"` // of the file's bytes alone
}

// runs is how often each is tried; the best counts, because other work on the machine only slows things down.
const runs = 5

func read(file string) {
	st, err := os.Stat(file)
	must(err)
	r := result{File: filepath.Base(file)}
	s, err := event.Open(file)
	must(err)
	sum, err := event.Digest(s)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	_ = s.Close()
	r.Events, r.Digest = sum.Count, sum.SHA256
	src, dst := make([]byte, 64<<20), make([]byte, 64<<20)
	for i := range src {
		src[i] = byte(i)
	}
	copy(dst, src)
	for range runs {
		n, seconds, allocs, batches := pass(file)
		if sum.Count >= 50_000 { // fewer are over before the clock has moved
			r.MevS = max(r.MevS, float64(n)/seconds/1e6)
		}
		r.AllocsBatch = float64(allocs) / float64(max(1, batches))
		start := cpu()
		copy(dst, src)
		r.Memcpy = max(r.Memcpy, float64(len(src))/(cpu()-start).Seconds()/1e9)
		if sum.Width > 0 {
			r.FrameMevS = max(r.FrameMevS, float64(sum.Count)/frame(file)/1e6)
		}
	}
	perEvent := float64(st.Size()) / float64(max(1, sum.Count))
	r.OfMemcpy = r.MevS * (perEvent + 16) / (2 * r.Memcpy * 1e3)
	r.FrameOfMemcpy = r.FrameMevS * perEvent / (2 * r.Memcpy * 1e3)
	must(json.NewEncoder(os.Stdout).Encode(r))
}

// pass decodes a file once; n is how many events it timed.
func pass(file string) (n int, seconds float64, allocs uint64, batches int) {
	s, err := event.Open(file)
	must(err)
	defer s.Close()
	for range 3 { // the buffers have their size then
		if _, err := s.Next(); err != nil {
			break
		}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := cpu()
	for {
		events, err := s.Next()
		if err != nil {
			break
		}
		n += len(events)
		batches++
	}
	seconds = (cpu() - start).Seconds()
	runtime.ReadMemStats(&after)
	return n, seconds, after.Mallocs - before.Mallocs, batches
}

// frame decodes a file into one image.
func frame(file string) float64 {
	s, err := event.Open(file, event.Span(1<<62))
	must(err)
	defer s.Close()
	dst := tensor.Zeros(s.FrameShape()...)
	dst.FillInPlace(1) // the pages are there then
	start := cpu()
	s.ReadInto(dst)
	return (cpu() - start).Seconds()
}

// udp sends the recording to itself, in datagrams of 1400 bytes; rate is in events a second, 0 for as fast as it goes.
func udp(layout string, rate float64) {
	events := camera()
	for i := range events {
		events[i].T = int64(i)
	}
	s, err := event.Open("udp://127.0.0.1:3399?timeout=500ms&size=1280x720&layout="+layout, event.Block())
	must(err)
	w, err := event.Create("udp://127.0.0.1:3399?layout=" + layout)
	must(err)
	start, used := time.Now(), processCPU()
	go func() {
		const batch = 10_000
		for i := 0; i < len(events); i += batch {
			if rate > 0 {
				time.Sleep(time.Until(start.Add(time.Duration(float64(i) / rate * float64(time.Second)))))
			}
			must(w.Write(events[i:min(i+batch, len(events))]))
		}
		must(w.Close())
	}()
	n, last := int64(0), start
	for {
		got, err := s.Next()
		if err != nil {
			break
		}
		n += int64(len(got))
		last = time.Now()
	}
	st := s.Stats()
	spent := processCPU() - used
	_ = s.Close()
	fmt.Printf("udp loopback, %s, wanted %.0f Mev/s: received %d of %d at %.1f Mev/s, %d datagrams lost, %d events lost; %.1f Mev a second of processor time, both ends\n",
		layout, rate/1e6, n, len(events), float64(n)/last.Sub(start).Seconds()/1e6, st.LostPackets, st.Lost, float64(n)/spent.Seconds()/1e6)
}
