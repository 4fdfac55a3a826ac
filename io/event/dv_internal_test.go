package event

import (
	"net"
	"sync"
	"testing"
	"time"
)

// TestDVCloseEnds: a client that stays does not keep Close from ending, however the end of its patience and its waiting
// fall together.
func TestDVCloseEnds(t *testing.T) {
	for i := range 2000 {
		one, other := net.Pipe()
		s := &dvSink{gone: make(chan struct{}), listener: nobody{}, clients: map[net.Conn]bool{one: true}}
		s.come, s.linger = sync.NewCond(&s.mu), time.Duration(i%200)*50*time.Nanosecond
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		_ = other.Close() // the sink has closed its end
	}
}

// nobody is a listener that nobody calls.
type nobody struct{ net.Listener }

func (nobody) Close() error { return nil }
