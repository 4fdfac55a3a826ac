package zmtp

import (
	"errors"
	"net"
	"sync"
	"time"
)

// errClosed is what Send returns for a peer that is gone.
var errClosed = errors.New("zmtp: peer is closed")

// queue holds the messages that a peer has not been sent yet, bounded by bytes.
type queue struct {
	mu      sync.Mutex
	changed *sync.Cond
	waiting []outgoing
	bytes   int
	sent    uint64 // messages and partial writes that left, for telling progress from a stall
	closed  bool
}

type outgoing struct {
	buffers [][]byte
	size    int
}

func newQueue() *queue {
	q := &queue{}
	q.changed = sync.NewCond(&q.mu)
	return q
}

// put appends a message. It waits while the queue is full and something leaves it; after [stallTimeout] without a
// byte leaving it returns false, and the peer is to be closed.
func (q *queue) put(m outgoing) (ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	seen, since := q.sent, time.Now()
	for !q.closed && q.bytes > 0 && q.bytes+m.size > queueBytes {
		if q.sent != seen {
			seen, since = q.sent, time.Now()
		}
		left := stallTimeout - time.Since(since)
		if left <= 0 {
			return false
		}
		wake := time.AfterFunc(left, q.changed.Broadcast)
		q.changed.Wait()
		wake.Stop()
	}
	if q.closed {
		return false
	}
	q.waiting = append(q.waiting, m)
	q.bytes += m.size
	q.changed.Broadcast()
	return true
}

// drain writes what is queued until the queue is closed or the connection fails.
func (q *queue) drain(conn net.Conn) {
	for {
		m, ok := q.take()
		if !ok {
			return
		}
		buffers := append(net.Buffers(nil), m.buffers...)
		for len(buffers) > 0 {
			n, err := writeSome(conn, &buffers)
			q.progress(n)
			if err != nil {
				q.close()
				return
			}
		}
	}
}

// writeSome writes at most about 1 MiB, so that progress on a large message is seen.
func writeSome(conn net.Conn, buffers *net.Buffers) (int, error) {
	var part net.Buffers
	size := 0
	for len(*buffers) > 0 && size < growth {
		b := (*buffers)[0]
		if room := growth - size; len(b) > room {
			part = append(part, b[:room])
			(*buffers)[0] = b[room:]
			size += room
			continue
		}
		part = append(part, b)
		size += len(b)
		*buffers = (*buffers)[1:]
	}
	n, err := part.WriteTo(conn)
	return int(n), err
}

func (q *queue) take() (outgoing, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.waiting) == 0 && !q.closed {
		q.changed.Wait()
	}
	if len(q.waiting) == 0 {
		return outgoing{}, false
	}
	m := q.waiting[0]
	q.waiting[0] = outgoing{}
	q.waiting = q.waiting[1:]
	return m, true
}

func (q *queue) progress(n int) {
	if n == 0 {
		return
	}
	q.mu.Lock()
	q.bytes -= n
	q.sent++
	q.changed.Broadcast()
	q.mu.Unlock()
}

// flush waits until everything queued was written, the queue closed, or the deadline.
func (q *queue) flush(deadline time.Time) {
	wake := time.AfterFunc(time.Until(deadline), q.changed.Broadcast)
	defer wake.Stop()
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.bytes > 0 && !q.closed && time.Now().Before(deadline) {
		q.changed.Wait()
	}
}

func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	q.waiting = nil
	q.bytes = 0
	q.changed.Broadcast()
	q.mu.Unlock()
}
