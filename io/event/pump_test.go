package event_test

import (
	"context"
	"errors"
	"io"
	"runtime"
	"testing"
	"time"

	"github.com/livespike/livespike/internal/interrupt"
	"github.com/livespike/livespike/io/event"
)

// camera is a live source that gives what is sent to it.
type camera struct {
	send chan []event.Event
	quit chan struct{}
}

func newCamera() *camera { return &camera{make(chan []event.Event), make(chan struct{})} }

func (c *camera) Info() event.Info {
	return event.Info{Format: "camera", Width: 4, Height: 2, Live: true, Events: -1}
}

func (c *camera) Next() ([]event.Event, error) {
	select {
	case b, ok := <-c.send:
		if !ok {
			return nil, io.EOF
		}
		return b, nil
	case <-c.quit:
		return nil, event.ErrClosed
	}
}

func (c *camera) Close() error {
	select {
	case <-c.quit:
	default:
		close(c.quit)
	}
	return nil
}

func live(t *testing.T, c *camera, opts ...event.Option) *event.Stream {
	t.Helper()
	s, err := event.From(c, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestLive: Read never waits, Next waits, the end comes after the events.
func TestLive(t *testing.T) {
	c := newCamera()
	s := live(t, c)
	if n := s.Read().Sum().Item(); n != 0 {
		t.Errorf("nothing was sent, %v events are in the image", n)
	}
	c.send <- []event.Event{event.Of(0, 1, 1, 1), event.Of(1, 1, 1, 1)}
	events, err := s.Next()
	if err != nil || len(events) != 2 {
		t.Fatalf("%v, %v", events, err)
	}
	c.send <- []event.Event{event.Of(2, 3, 1, 1)}
	close(c.send)
	if events, err = s.Next(); err != nil || len(events) != 1 || events[0].X != 3 {
		t.Fatalf("%v, %v", events, err)
	}
	if _, err = s.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %v", err)
	}
	if err := errors.Join(s.Close(), s.Close(), s.Err()); err != nil {
		t.Error(err)
	}
}

// TestLiveStops: Close and an interrupt end a Next that waits, and no goroutine stays.
func TestLiveStops(t *testing.T) {
	before := runtime.NumGoroutine()
	s := live(t, newCamera())
	ctx, cancel := context.WithCancel(context.Background())
	restore := interrupt.Set(ctx)
	result := make(chan error)
	go func() { _, err := s.Next(); result <- err }()
	cancel()
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
	restore()
	go func() { _, err := s.Next(); result <- err }()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := <-result; !errors.Is(err, event.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
	for runtime.NumGoroutine() > before {
		runtime.Gosched()
	}
}

// TestLiveLoses: a source that is not read loses its oldest events and counts them; with Block it waits.
func TestLiveLoses(t *testing.T) {
	const batch, batches = 1 << 20, 6
	for _, block := range []bool{false, true} {
		c := newCamera()
		policy := event.DropOldest()
		if block {
			policy = event.Block()
		}
		s := live(t, c, policy)
		go func() {
			for i := range batches {
				b := make([]event.Event, batch)
				for k := range b {
					b[k] = event.Of(int64(i*batch+k), 0, 0, 1)
				}
				c.send <- b
			}
			close(c.send)
		}()
		if !block {
			for s.Stats().Lost == 0 {
				runtime.Gosched()
			}
		}
		n, last := int64(0), int64(-1)
		for {
			events, err := s.Next()
			if err != nil {
				break
			}
			for _, e := range events {
				if e.T <= last {
					t.Fatal("events are out of order")
				}
				last = e.T
			}
			n += int64(len(events))
		}
		stats := s.Stats()
		if n+stats.Lost != batch*batches || last != batch*batches-1 || block && stats.Lost != 0 {
			t.Errorf("block %v: %d delivered and %d lost of %d, the last is %d", block, n, stats.Lost, batch*batches, last)
		}
		s.Close()
	}
}

// TestRealtime plays 10 ms of a recording: every event comes, the first Read is not empty, and it takes no less time
// than the recording.
func TestRealtime(t *testing.T) {
	var events []event.Event
	for i := range int64(100) {
		events = append(events, event.Of(100*i, 1, 1, 1))
	}
	s := from(t, []event.Option{event.Realtime()}, 4, 2, events...)
	start := time.Now()
	sum := s.Read().Sum().Item()
	if sum == 0 {
		t.Error("the first image is empty")
	}
	for sum < 100 {
		if _, err := s.Next(); err != nil && !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
		sum = float32(s.Stats().Events)
	}
	if d := time.Since(start); d < 8*time.Millisecond {
		t.Errorf("10 ms were over in %v", d)
	}
	if s.Close() != nil || sum != 100 {
		t.Errorf("%v events of 100", sum)
	}
}
