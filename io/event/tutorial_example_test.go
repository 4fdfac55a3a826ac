package event_test

import (
	"fmt"

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
