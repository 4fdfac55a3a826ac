package event_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/livespike/livespike/io/event"
)

func ExampleDigest() {
	camera := event.MustOpen("sample:bars")
	defer camera.Close()
	summary, err := event.Digest(camera)
	fmt.Println(summary.Count, summary.Width, summary.Height, err)
	// Output:
	// 280162 240 180 <nil>
}

func ExampleSigned() {
	camera := event.MustOpen("sample:bars", event.Signed()) // darker events count -1
	defer camera.Close()
	frame := camera.Read()
	fmt.Println(frame.Min().Item() < 0, frame.Max().Item() > 0)
	// Output:
	// true true
}

func ExampleXYOrder() {
	camera := event.MustOpen("sample:bars", event.XYOrder())
	defer camera.Close()
	fmt.Println(camera.Read().Shape())
	// Output:
	// [240 180]
}

func ExampleRealtime() {
	camera := event.MustOpen("sample:bars", event.Realtime()) // waits for each event's time, as a camera would
	defer camera.Close()
	batch, err := camera.Next()
	fmt.Println(len(batch) > 0, err)
	// Output:
	// true <nil>
}

func ExampleFormats() {
	for _, line := range event.Formats() {
		if strings.HasPrefix(line, "dat") {
			fmt.Println(line)
		}
	}
	// Output:
	// dat (.dat): Prophesee DAT, versions 1 and 2
}

func ExampleScenes() {
	for _, scene := range event.Scenes() {
		line, _, _ := strings.Cut(scene, "\n")
		if strings.HasPrefix(line, "bars") {
			fmt.Println(line)
		}
	}
	// Output:
	// bars: upright bars that move to the right and level bars that move down
}

func ExampleStream() {
	var camera *event.Stream = event.MustOpen("sample:bars").Crop(0, 0, 100, 100)
	defer camera.Close()
	var n float32
	for frame := range camera.Frames(10 * time.Millisecond) {
		n += frame.Sum().Item()
	}
	fmt.Println(n > 1000, camera.Err())
	// Output:
	// true <nil>
}
