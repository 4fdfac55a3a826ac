package event_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/livespike/livespike/io/event"
)

func ExampleOpen() {
	recording, err := event.Open("sample:bars")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer recording.Close()
	fmt.Println(recording.Info().Width, recording.Info().Height)
	events, err := recording.Next()
	fmt.Println(len(events) > 0, err)

	_, err = event.Open("sample:trees")
	fmt.Println(err)
	// Output:
	// 240 180
	// true <nil>
	// event: sample:trees: no recording is called trees; known are bars
}

func ExampleOpen_simulated() {
	camera := event.MustOpen("sim:bars?size=64x48&seconds=0.5")
	fmt.Println(camera.Info())
	_, err := event.Open("sim:cars")
	fmt.Println(err)
	// Output:
	// sim 64x48 "bars, 500ms, seed 1"
	// event: sim:cars: no scene is called cars; known are bars, dots, edges, noise, rotating
}

func ExampleStream_Frames() {
	camera := event.MustOpen("sample:bars")
	frames, events := 0, float32(0)
	for frame := range camera.Frames(5 * time.Millisecond) {
		frames++
		events += frame.Sum().Item()
	}
	camera.Close()
	fmt.Println(frames, "frames of", camera.FrameShape(), "with", events, "events")
	fmt.Println(camera.Stats())
	// Output:
	// 200 frames of [180 240] with 280162 events
	// 280162 events, 566192 bytes
}

func ExampleStream_Read() {
	camera := event.MustOpen("sim:dots?size=32x24&seconds=0.02")
	frame := camera.Read() // 5 ms
	fmt.Println(frame.Shape())
	camera.Close()
	_, err := camera.Next()
	fmt.Println(errors.Is(err, event.ErrClosed))
	// Output:
	// [24 32]
	// true
}
