package event_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/livespike/livespike/internal/cuda"
	"github.com/livespike/livespike/internal/cuda/simulated"
	"github.com/livespike/livespike/io/event"
	"github.com/livespike/livespike/snn/tensor"
)

// TestFramesOnGPU: events sent to an image on a device, which is the interpreter of the PTX that ships, are counted as on
// the CPU, in every layout.
func TestFramesOnGPU(t *testing.T) {
	var log []string
	t.Cleanup(cuda.Use(simulated.Driver{Log: &log}))
	events := []event.Event{
		event.Of(0, 0, 0, 1), event.Of(1, 2, 1, 0), event.Of(2, 2, 1, 0), event.Of(3, 2, 0, 1),
		event.Of(2, 3, 0, 1), event.Of(3, 0, 2, 1), // outside 3x2
		event.Of(7000, 1, 1, 1), event.Of(7001, 1, 1, 0), event.Of(9000, 2, 1, 1),
	}
	for _, opts := range [][]event.Option{
		nil,
		{event.Signed()},
		{event.TwoChannel()},
		{event.XYOrder()},
		{event.XYOrder(), event.Signed()},
		{event.XYOrder(), event.TwoChannel()},
		{event.FlipX()},
	} {
		here, there := from(t, opts, 3, 2, events...), from(t, opts, 3, 2, events...)
		frame := tensor.Full(7, here.FrameShape()...)
		onGPU := frame.CUDA()
		for k := range 5 {
			more := here.FrameInto(frame, 2*time.Millisecond)
			if there.FrameInto(onGPU, 2*time.Millisecond) != more {
				t.Fatalf("%v: frame %d: one stream has ended", opts, k)
			}
			if got := onGPU.CPU(); !got.Equal(frame) {
				t.Errorf("%v: frame %d\n%v\nwant\n%v", opts, k, got, frame)
			}
		}
		if a, b := fmt.Sprint(here.Stats()), fmt.Sprint(there.Stats()); a != b {
			t.Errorf("stats %s\nwant %s", b, a)
		}
	}
	if !strings.Contains(fmt.Sprint(log), "accumulate") {
		t.Errorf("the events were not counted there: %v", log)
	}
	defer func() {
		const want = "event.Stream.ReadInto: this view of the events is made on the CPU only; the tensor is on cuda:0"
		if r := fmt.Sprint(recover()); r != want {
			t.Errorf("panic %s\nwant %s", r, want)
		}
	}()
	from(t, nil, 3, 2, events...).Decay(time.Millisecond).ReadInto(tensor.Zeros(2, 3).CUDA())
}
