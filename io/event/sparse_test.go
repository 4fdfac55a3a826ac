package event_test

import (
	"testing"
	"time"

	"github.com/livespike/livespike/io/event"
	"github.com/livespike/livespike/snn/tensor"
)

// Lists of a stream are its frames, with every way to show events, in new tensors and in one that is filled again.
func TestSparseFrames(t *testing.T) {
	const uri = "sim:bars?size=64x48&seconds=0.1&seed=3"
	for name, open := range map[string]func() *event.Stream{
		"counts":      func() *event.Stream { return event.MustOpen(uri) },
		"signed":      func() *event.Stream { return event.MustOpen(uri, event.Signed()) },
		"two":         func() *event.Stream { return event.MustOpen(uri, event.TwoChannel()) },
		"xy":          func() *event.Stream { return event.MustOpen(uri, event.XYOrder()) },
		"cropped":     func() *event.Stream { return event.MustOpen(uri, event.Crop(5, 6, 30, 20)) },
		"voxels":      func() *event.Stream { return event.MustOpen(uri).Voxels(3) },
		"timesurface": func() *event.Stream { return event.MustOpen(uri).TimeSurface(10 * time.Millisecond) },
	} {
		dense, sparse, again := open(), open(), open()
		into := tensor.NewSparse(nil, nil, again.FrameShape()...)
		want := []*tensor.Tensor{dense.Read()}
		for f := range dense.Frames(5 * time.Millisecond) {
			want = append(want, f)
		}
		got := []*tensor.Tensor{sparse.ReadSparse().ToDense()}
		for f := range sparse.SparseFrames(5 * time.Millisecond) {
			got = append(got, f.ToDense())
		}
		if len(got) != len(want) || len(want) < 10 {
			t.Fatalf("%s: %d lists, %d frames", name, len(got), len(want))
		}
		again.ReadSparseInto(into)
		for k := range want {
			if !got[k].Equal(want[k]) || !into.ToDense().Equal(want[k]) {
				t.Errorf("%s: list %d is not the frame", name, k)
			}
			more := again.SparseFrameInto(into, 5*time.Millisecond)
			if more != (k+1 < len(want)) {
				t.Errorf("%s: after list %d of %d SparseFrameInto says %v", name, k, len(want), more)
			}
		}
		if again.Stats() != dense.Stats() {
			t.Errorf("%s: stats %v, want %v", name, again.Stats(), dense.Stats())
		}
	}
}

// Goroutines that take lists in turns get each event once. The oracle is how many there are.
func TestSparseFramesInTurns(t *testing.T) {
	const uri = "sim:noise?size=64x48&rate=1e6&seconds=0.5&seed=3"
	want := float32(0)
	for f := range event.MustOpen(uri).Frames(time.Millisecond) {
		want += f.Sum().Item()
	}
	s := event.MustOpen(uri)
	counts := make(chan float32)
	for range 2 {
		go func() {
			into, n := tensor.NewSparse(nil, nil, s.FrameShape()...), float32(0)
			for more := true; more; {
				if more = s.SparseFrameInto(into, time.Millisecond); more {
					n += into.ToDense().Sum().Item()
					s.ReadSparseInto(into)
					n += into.ToDense().Sum().Item()
				}
			}
			counts <- n
		}()
	}
	if got := <-counts + <-counts; got != want || want < 100_000 {
		t.Errorf("%v events in the lists, %v in the recording", got, want)
	}
}

// Filling a list again allocates nothing.
func TestSparseFramesAllocateNothing(t *testing.T) {
	s := event.MustOpen("sim:noise?size=64x48&rate=1e6&seconds=10&seed=3")
	into := tensor.NewSparse(nil, nil, s.FrameShape()...)
	for range 20 {
		s.SparseFrameInto(into, 5*time.Millisecond)
	}
	if n := testing.AllocsPerRun(50, func() { s.SparseFrameInto(into, time.Millisecond) }); n >= 1 {
		t.Errorf("%v allocations", n)
	}
}
