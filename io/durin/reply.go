package durin

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/livespike/livespike/io/durin/wire"
)

// expectation is a reply that is still to come. The robot answers every command once and in order, without numbers.
type expectation struct {
	want  wire.Tag
	odd   bool // the answer is anything, or nothing
	since time.Time
	reply chan<- answer
}

func (e *expectation) resolve(a answer) {
	if e.reply != nil {
		e.reply <- a // it has room for one
	}
}

// fifo is the expected replies, oldest first, in a ring that does not allocate.
type fifo struct {
	ring     [64]expectation
	first, n int
}

func (f *fifo) len() int { return f.n }

// push adds one; when the robot has left that many unanswered, the oldest is given up.
func (f *fifo) push(e expectation) {
	if f.n == len(f.ring) {
		f.pop()
	}
	f.ring[(f.first+f.n)%len(f.ring)] = e
	f.n++
}

func (f *fifo) front() *expectation {
	if f.n == 0 {
		return nil
	}
	return &f.ring[f.first]
}

func (f *fifo) pop() expectation {
	e := f.ring[f.first]
	f.ring[f.first] = expectation{}
	f.first, f.n = (f.first+1)%len(f.ring), f.n-1
	return e
}

// replyTo is the message that answers another.
func replyTo(t wire.Tag) wire.Tag {
	switch t {
	case wire.TagGetTofObservations:
		return wire.TagTofObservations
	case wire.TagGetImuMeasurement:
		return wire.TagImuMeasurement
	case wire.TagGetSystemStatus:
		return wire.TagSystemStatus
	case wire.TagGetPosition:
		return wire.TagPosition
	case wire.TagGetUwbNodes:
		return wire.TagUwbNodes
	case wire.TagGetSystemInfo:
		return wire.TagSystemInfo
	}
	return wire.TagAcknowledge
}

var errRejected = errors.New("the robot rejected it")

// match finds whose reply a message is. A robot that leaves one answer out shifts the rest by one; data messages,
// which say what they answer, put that right.
func (f *fifo) match(m wire.Message) {
	tag := m.Tag()
	plain := tag == wire.TagAcknowledge || tag == wire.TagReject
	for f.n > 0 {
		front := f.front()
		switch {
		case front.odd && plain && f.n == 1, front.want == tag:
			e := f.pop()
			e.resolve(answer{message: m})
			return
		case front.odd: // unanswered, or answered by garbage that was dropped before
			f.pop()
		case tag == wire.TagReject:
			e := f.pop()
			e.resolve(answer{err: errRejected})
			return
		case plain:
			return // an acknowledgement while data is expected: a late one
		default:
			e := f.pop()
			e.resolve(answer{err: fmt.Errorf("answered by %v", tag)})
		}
	}
}

// expire gives up replies that have not come for a time, and reports whether there were any since whose question nothing
// at all was heard. (After an answer that was left out, the last question of a series waits in vain for a robot that has
// answered it.)
func (f *fifo) expire(before, heard time.Time) (silent bool) {
	for e := f.front(); e != nil && e.since.Before(before); e = f.front() {
		late := f.pop()
		if !late.odd && late.since.After(heard) {
			silent = true
		}
		late.resolve(answer{err: errors.New("no reply")})
	}
	return silent
}

// resyncAfter is how long the rest of a frame may take.
const resyncAfter = 100 * time.Millisecond

// readReplies receives on TCP until the connection ends.
func (r *Robot) readReplies(l *link) {
	defer r.done.Done()
	defer l.conn.Close()
	var framer wire.Framer
	var decoder wire.Decoder
	buffer := make([]byte, 4096)
	for partial := false; ; {
		n, err := l.conn.Read(buffer)
		if partial && errors.Is(err, os.ErrDeadlineExceeded) && !r.isClosed() {
			framer.Resync()
			err = nil
		}
		if err != nil {
			r.lost(l, err)
			return
		}
		framer.Feed(buffer[:n])
		for payload, ok := framer.Next(); ok; payload, ok = framer.Next() {
			m, err := decoder.Decode(payload)
			r.mu.Lock()
			l.heard = time.Now()
			r.takeReply(l, payload, m, err)
			r.mu.Unlock()
		}
		if partial, err = r.awaitRest(l, framer.Pending(), partial); err != nil {
			r.lost(l, err)
			return
		}
	}
}

// awaitRest limits the time for the rest of a frame, and reports whether there is such a limit. A robot that is being
// closed keeps the limit that Close has set, and has nothing more to wait for when all replies are there.
func (r *Robot) awaitRest(l *link, pending, limited bool) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.closed && l.expected.len() == 0:
		return false, errClosed
	case r.closed:
		return limited, nil
	case pending:
		return true, l.conn.SetReadDeadline(time.Now().Add(resyncAfter))
	case limited:
		return false, l.conn.SetReadDeadline(time.Time{})
	}
	return false, nil
}

func (r *Robot) isClosed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.closed
}

func (r *Robot) takeReply(l *link, payload []byte, m wire.Message, err error) {
	r.recorder.add(recReply, r.now(), payload)
	if err != nil {
		r.stats.Undecodable++
		if front := l.expected.front(); front != nil && front.odd {
			l.expected.pop()
		}
		return
	}
	r.stats.Replies++
	if m.Tag() == wire.TagTextLogging {
		return // between replies, when logging is on
	}
	if m.Tag() == wire.TagReject {
		r.stats.Rejected++
	}
	if front := l.expected.front(); front != nil && front.reply != nil {
		m = ownCopy(payload, m) // it leaves this goroutine
	}
	l.expected.match(m)
	if r.link != l {
		return
	}
	for len(l.queue) > 0 && l.expected.len() < queueWindow {
		q := l.queue[0]
		l.queue = l.queue[1:]
		r.transmit(q.message, q.reply)
	}
	r.flush()
}

// ownCopy decodes a message again into memory of its own.
func ownCopy(payload []byte, m wire.Message) wire.Message {
	if c, err := new(wire.Decoder).Decode(payload); err == nil {
		return c
	}
	return m
}
