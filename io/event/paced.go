package event

import (
	"sync"
	"time"
)

// paced delivers a recording on the clock of the wall, starting at its first event. It is a live source that never
// loses events by itself: the recording waits.
type paced struct {
	src   Source
	mu    sync.Mutex // held while src is read, which may take as long as a pipe is silent
	rest  []Event
	first int64
	start time.Time
	quit  chan struct{}
	once  sync.Once
	err   error

	counting sync.Mutex // for stats
	stats    Stats      // of src after the last read
}

// pace is how finely the wall clock is followed.
const pace = time.Millisecond

func newPaced(src Source) *paced {
	p := &paced{src: src, quit: make(chan struct{})}
	p.count()
	return p
}

func (p *paced) Info() Info {
	info := p.src.Info()
	info.Live = true
	return info
}

func (p *paced) Stats() Stats {
	p.counting.Lock()
	defer p.counting.Unlock()
	return p.stats
}

func (p *paced) count() {
	if c, ok := p.src.(counted); ok {
		stats := c.Stats()
		p.counting.Lock()
		defer p.counting.Unlock()
		p.stats = stats
	}
}

func (p *paced) read() ([]Event, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.quit:
		return nil, ErrClosed
	default:
	}
	defer p.count()
	return p.src.Next()
}

func (p *paced) Next() ([]Event, error) {
	if len(p.rest) == 0 {
		events, err := p.read()
		if err != nil {
			return nil, err
		}
		p.rest = events
		if p.start.IsZero() {
			p.start, p.first = time.Now(), events[0].T
		}
	}
	due := p.rest[0].T - p.first
	if wait := Time(due) - time.Since(p.start); wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-p.quit:
			return nil, ErrClosed
		}
	}
	end := p.first + max(due, time.Since(p.start).Microseconds()) + pace.Microseconds()
	n := 1
	for n < len(p.rest) && p.rest[n].T < end {
		n++
	}
	events := p.rest[:n]
	p.rest = p.rest[n:]
	return events, nil
}

func (p *paced) Close() error {
	p.once.Do(func() {
		close(p.quit)
		if w, ok := p.src.(waker); ok {
			w.wake()
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.err = p.src.Close()
	})
	return p.err
}
