package event

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// ringEvents is how many events a live source may be ahead of its reader: 64 MiB, a third of a second of the fastest
// cameras.
const ringEvents = 4 << 20

// pump reads a live source on a goroutine of its own, so that the camera never waits for the script.
type pump struct {
	src   Source
	block bool
	lost  atomic.Int64

	mu     sync.Mutex
	ready  []Event // what arrived since the last take
	spare  []Event // the slice the reader gave back
	taken  []Event // the slice the reader holds
	end    error
	arrive chan struct{} // holds one token when ready or end has changed
	room   chan struct{} // holds one token when the reader has taken
	quit   chan struct{}
	done   chan struct{}
	once   sync.Once
}

func newPump(src Source, block bool) *pump {
	p := &pump{
		src: src, block: block,
		arrive: make(chan struct{}, 1), room: make(chan struct{}, 1),
		quit: make(chan struct{}), done: make(chan struct{}),
	}
	go p.run()
	return p
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func (p *pump) run() {
	defer close(p.done)
	for {
		events, err := p.src.Next()
		if errors.Is(err, context.Canceled) {
			// The cell was interrupted, and the source with it; both go on with the next cell.
			select {
			case <-p.quit:
				return
			case <-time.After(pace):
			}
			continue
		}
		if err != nil {
			p.mu.Lock()
			p.end = err
			p.mu.Unlock()
			signal(p.arrive)
			return
		}
		if !p.put(events) {
			return
		}
	}
}

// put adds a batch behind the others; false when the pump is closed.
func (p *pump) put(events []Event) bool {
	p.mu.Lock()
	for p.block && len(p.ready) > 0 && len(p.ready)+len(events) > ringEvents {
		p.mu.Unlock()
		select {
		case <-p.room:
		case <-p.quit:
			return false
		}
		p.mu.Lock()
	}
	if over := len(p.ready) + len(events) - ringEvents; over > 0 && !p.block {
		// An eighth at a time, so that a full ring is not moved for each batch.
		over = min(max(over, ringEvents/8), len(p.ready))
		p.lost.Add(int64(over))
		p.ready = p.ready[:copy(p.ready, p.ready[over:])]
	}
	p.ready = append(p.ready, events...)
	p.mu.Unlock()
	if len(events) > 0 {
		signal(p.arrive)
	}
	select {
	case <-p.quit:
		return false
	default:
		return true
	}
}

// take is everything that arrived since the last take, nothing if nothing did. Events come before the end.
func (p *pump) take() ([]Event, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.ready) == 0 {
		return nil, p.end
	}
	p.spare = p.taken[:0]
	p.taken = p.ready
	p.ready = p.spare
	signal(p.room)
	return p.taken, nil
}

// next is take, but waits for something.
func (p *pump) next(ctx context.Context) ([]Event, error) {
	for {
		events, err := p.take()
		if len(events) > 0 || err != nil {
			return events, err
		}
		select {
		case <-p.arrive:
		case <-p.quit:
			return nil, ErrClosed
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// close stops the goroutine and waits for it. The source is closed to wake it.
func (p *pump) close() {
	p.once.Do(func() {
		close(p.quit)
		err := p.src.Close()
		<-p.done
		p.mu.Lock()
		if p.end == nil || errors.Is(p.end, ErrClosed) {
			p.end = err
		}
		p.mu.Unlock()
	})
}
