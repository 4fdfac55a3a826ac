package durin

import (
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/livespike/livespike/io/durin/wire"
)

// fakeRobot is the plainest robot: it acknowledges everything, streams nothing, and remembers what it was told.
type fakeRobot struct {
	listener net.Listener
	mute     bool // never answers

	mu      sync.Mutex
	heard   []string // messages, as text
	changed chan struct{}
	gone    chan struct{} // closed when the client has left
}

func newFakeRobot(t *testing.T, mute bool) *fakeRobot {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &fakeRobot{listener: l, mute: mute, changed: make(chan struct{}, 1), gone: make(chan struct{})}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		f.serve()
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-ended
	})
	return f
}

func (f *fakeRobot) serve() {
	conn, err := f.listener.Accept()
	if err != nil {
		return
	}
	defer close(f.gone)
	defer conn.Close()
	var framer wire.Framer
	var decoder wire.Decoder
	var encoder wire.Encoder
	buffer := make([]byte, 512)
	for {
		n, err := conn.Read(buffer)
		if err != nil {
			return
		}
		framer.Feed(buffer[:n])
		for payload, ok := framer.Next(); ok; payload, ok = framer.Next() {
			text := "undecodable"
			if m, err := decoder.Decode(payload); err == nil {
				text = m.String()
			}
			f.mu.Lock()
			f.heard = append(f.heard, text)
			f.mu.Unlock()
			select {
			case f.changed <- struct{}{}:
			default:
			}
			if f.mute {
				continue
			}
			// One byte at a time: the client has to put frames together.
			for _, b := range encoder.AppendFrame(nil, &wire.Empty{Which: wire.TagAcknowledge}, 0) {
				if _, err := conn.Write([]byte{b}); err != nil {
					return
				}
			}
		}
	}
}

func (f *fakeRobot) addr() string { return f.listener.Addr().String() }

func (f *fakeRobot) log() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.heard)
}

// waitFor waits until what was heard satisfies a condition.
func (f *fakeRobot) waitFor(t *testing.T, what string, ok func(heard []string) bool) {
	t.Helper()
	limit := time.After(10 * time.Second)
	for !ok(f.log()) {
		select {
		case <-f.changed:
		case <-limit:
			t.Fatalf("waiting for %s; heard %q", what, f.log())
		}
	}
}

// deadManAfter changes how long motion lasts without a Send, for tests that are about something else.
func deadManAfter(d time.Duration) Option {
	return Option{"deadMan", func(s *settings) { s.deadMan = d }}
}

var (
	zeros = (&wire.SetWheelVelocity{}).String()
	drive = MoveWheels{NE: 100, NW: 110, SW: 120, SE: 130}
	wires = (&wire.SetWheelVelocity{FrontLeft: 110, FrontRight: 100, BackLeft: 120, BackRight: 130}).String()
)

// dialFake connects to a fake robot and drives it.
func dialFake(t *testing.T, opts ...Option) (*fakeRobot, *Robot) {
	t.Helper()
	f := newFakeRobot(t, false)
	r, err := Dial(f.addr(), append([]Option{Blind(), NoSignals()}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	r.Send(drive)
	f.waitFor(t, "motion", func(heard []string) bool { return slices.Contains(heard, wires) })
	return f, r
}

// stopped reports whether the last motion was zeros, sent twice.
func stopped(heard []string) bool {
	i := len(heard) - 1
	for i >= 0 && heard[i] != zeros && heard[i] != wires {
		i--
	}
	return i >= 1 && heard[i] == zeros && heard[i-1] == zeros
}

// wait polls, since what it waits for happens elsewhere.
func wait(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for limit := time.Now().Add(20 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatalf("waiting for %s", what)
		}
	}
}
