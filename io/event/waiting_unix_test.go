//go:build unix

package event_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/livespike/livespike/internal/interrupt"
	"github.com/livespike/livespike/io/event"
)

// interrupted runs f in a cell that is interrupted after a moment, and returns its error. It fails when f does not
// return; how soon is for the log, because machines differ.
func interrupted(t *testing.T, what string, f func() error) error {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer interrupt.Set(ctx)()
	result := make(chan error, 1)
	go func() { result <- f() }()
	time.Sleep(30 * time.Millisecond)
	start := time.Now()
	cancel()
	select {
	case err := <-result:
		t.Logf("%s returned %v after the interrupt", what, time.Since(start))
		return err
	case <-time.After(10 * time.Second):
		t.Fatalf("%s does not stop", what)
		return nil
	}
}

// TestPipeInterrupt: a pipe into which nobody writes holds no cell, neither at its opening nor later, and what is
// written after the interrupt is there for the next cell.
func TestPipeInterrupt(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "camera.raw")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skipf("no named pipes here: %v", err)
	}
	err := interrupted(t, "Open of a pipe without a writer", func() error {
		_, err := event.Open(pipe)
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Open: %v", err)
	}

	writer, err := os.OpenFile(pipe, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	err = interrupted(t, "Open of a silent pipe", func() error {
		_, err := event.Open(pipe)
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Open of a silent pipe: %v", err)
	}
	if err := writer.Close(); err != nil {
		t.Error(err)
	}
}

// TestPipeResumes reads half a recording, is interrupted, and reads the other half.
func TestPipeResumes(t *testing.T) {
	data, err := os.ReadFile(synthetic + "evt3_loop.raw")
	if err != nil {
		t.Fatal(err)
	}
	pipe := filepath.Join(t.TempDir(), "camera.raw")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skipf("no named pipes here: %v", err)
	}
	opened := make(chan *os.File)
	go func() {
		w, err := os.OpenFile(pipe, os.O_WRONLY, 0)
		if err == nil {
			_, err = w.Write(data[:32001])
		}
		if err != nil {
			t.Error(err)
		}
		opened <- w
	}()
	s := event.MustOpen(pipe)
	writer := <-opened
	n := 0
	count := func() error {
		for {
			events, err := s.Next()
			if err != nil {
				return err
			}
			n += len(events)
		}
	}
	if err := interrupted(t, "Next", count); !errors.Is(err, context.Canceled) || n == 0 {
		t.Errorf("Next: %v after %d events", err, n)
	}
	go func() {
		if _, err := bytes.NewReader(data[32001:]).WriteTo(writer); err != nil {
			t.Error(err)
		}
		writer.Close()
	}()
	if err := count(); n != 60000 || s.Err() != nil {
		t.Errorf("%d events, want 60000: %v", n, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestLiveInterrupt: each way to read a silent camera lets go.
func TestLiveInterrupt(t *testing.T) {
	for what, f := range map[string]func(s *event.Stream) error{
		"Next": func(s *event.Stream) error { _, err := s.Next(); return err },
		"Frames": func(s *event.Stream) error {
			for range s.Frames(time.Millisecond) {
			}
			return context.Canceled
		},
		"Read": func(s *event.Stream) error { s.Read(); return context.Canceled },
	} {
		c := newCamera()
		s := live(t, c)
		if err := interrupted(t, what, func() error { return f(s) }); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", what, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestRealtimeResumes: after an interrupt the next cell reads on, to the last event.
func TestRealtimeResumes(t *testing.T) {
	const uri = "sim:noise?seconds=0.2&size=64x48&rate=1e5"
	whole := event.MustOpen(uri)
	want, err := event.Digest(whole)
	if err != nil {
		t.Fatal(err)
	}
	s := event.MustOpen(uri, event.Realtime())
	sum := float32(0)
	read := func() error {
		for f := range s.Frames(5 * time.Millisecond) {
			sum += f.Sum().Item()
		}
		return interrupt.Context().Err()
	}
	if err := interrupted(t, "Frames in real time", read); !errors.Is(err, context.Canceled) {
		t.Errorf("Frames: %v", err)
	}
	if int64(sum) >= want.Count {
		t.Errorf("%v events before the interrupt, there are %d in all", sum, want.Count)
	}
	if err := read(); err != nil || int64(sum) != want.Count {
		t.Errorf("%v events in the end, want %d (%v)", sum, want.Count, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestPipeCloses: Close ends a Next that waits for a silent pipe, and counts can be read meanwhile of one that is played at
// its own pace.
func TestPipeCloses(t *testing.T) {
	data, err := os.ReadFile(synthetic + "evt3_loop.raw")
	if err != nil {
		t.Fatal(err)
	}
	for _, pace := range []event.Option{event.AsFast(), event.Realtime()} {
		pipe := filepath.Join(t.TempDir(), "camera.raw")
		if err := syscall.Mkfifo(pipe, 0o600); err != nil {
			t.Skipf("no named pipes here: %v", err)
		}
		writer, err := os.OpenFile(pipe, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := writer.Write(data[:20_000]); err != nil {
			t.Fatal(err)
		}
		s, err := event.Open(pipe, pace)
		if err != nil {
			t.Fatal(err)
		}
		last := make(chan error, 1)
		begun := make(chan struct{})
		go func() {
			_, err := s.Next()
			close(begun)
			for err == nil {
				_, err = s.Next()
			}
			last <- err
		}()
		<-begun
		if fmt.Sprint(pace) == "Realtime()" && s.Stats().Bytes == 0 {
			t.Error("nothing has been read")
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := <-last; !errors.Is(err, event.ErrClosed) {
			t.Errorf("%v: Next: %v, want ErrClosed", pace, err)
		}
		if err := writer.Close(); err != nil {
			t.Error(err)
		}
	}
}
