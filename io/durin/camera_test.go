package durin

import (
	"errors"
	"io"
	"testing"

	"github.com/livespike/livespike/io/event"
)

// TestCamera: a robot that turns sees edges move, all over its picture; one that stands sees nothing.
func TestCamera(t *testing.T) {
	r := MustDial("sim:room?start=1&quiet=1")
	defer r.Close()
	camera, err := r.Camera()
	if err != nil {
		t.Fatal(err)
	}
	if i := camera.Info(); i.Width != 640 || i.Height != 480 || !i.Live {
		t.Errorf("%v", i)
	}
	got := make(chan event.Event, 1<<20)
	ended := make(chan error)
	go func() {
		for {
			events, err := camera.Next()
			if err != nil {
				ended <- err
				return
			}
			for _, e := range events {
				got <- e
			}
		}
	}()
	for range 5 {
		r.Next()
	}
	if n := len(got); n > 0 {
		t.Errorf("%d events at rest", n)
	}
	for range 10 {
		r.Next()
		r.Send(Move{Rot: 60})
	}
	wait(t, "events", func() bool { return len(got) > 10_000 })
	for len(got) > 0 {
		if e := <-got; e.X >= 640 || e.Y >= 480 || e.On > 1 {
			t.Fatalf("%v", e)
		}
	}
	if err := camera.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; err == nil || errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("ended with %v", err)
	}
	again, err := r.Camera() // the robot takes the next client
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
}

// TestNoCamera: a robot without a connection has none.
func TestNoCamera(t *testing.T) {
	r := MustDial("sim:empty")
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Camera(); err == nil {
		t.Error("a closed robot has a camera")
	}
}
