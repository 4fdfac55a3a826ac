package wire

import "sync"

// queueLimit is how many bytes of code may wait for the running cell, and of messages for a handler.
const queueLimit = 64 << 20

// queue holds requests that wait for their turn.
type queue struct {
	mu      sync.Mutex
	changed *sync.Cond
	waiting []request
	bytes   int
	closed  bool
	gone    chan struct{} // closed with the queue
}

func newQueue() *queue {
	q := &queue{gone: make(chan struct{})}
	q.changed = sync.NewCond(&q.mu)
	return q
}

// put adds a request, unless the queue is full or closed.
func (q *queue) put(r request) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed || q.bytes > 0 && q.bytes+r.size() > queueLimit {
		return false
	}
	q.waiting = append(q.waiting, r)
	q.bytes += r.size()
	q.changed.Signal()
	return true
}

// take waits for the next request; false means that the queue was closed.
func (q *queue) take() (request, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.waiting) == 0 && !q.closed {
		q.changed.Wait()
	}
	if q.closed {
		return request{}, false
	}
	r := q.waiting[0]
	q.waiting = q.waiting[1:]
	q.bytes -= r.size()
	return r, true
}

// takeAll empties the queue.
func (q *queue) takeAll() []request {
	q.mu.Lock()
	defer q.mu.Unlock()
	all := q.waiting
	q.waiting, q.bytes = nil, 0
	return all
}

func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.closed {
		q.closed = true
		close(q.gone)
		q.changed.Broadcast()
	}
}

func (r request) size() int {
	n := len(r.Content)
	for _, b := range r.Buffers {
		n += len(b)
	}
	return n
}
