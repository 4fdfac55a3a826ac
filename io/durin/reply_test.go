package durin

import (
	"testing"
	"time"

	"github.com/livespike/livespike/io/durin/wire"
)

// TestLeftOut: the robot leaves out the answer to enableTofStatus. What then seems open at the end of a series of
// questions does not make a connection look dead whose last question was answered; a question after which nothing was
// heard does.
func TestLeftOut(t *testing.T) {
	begin := time.Now()
	ask := func(f *fifo, tag wire.Tag, at time.Duration) {
		f.push(expectation{want: replyTo(tag), odd: tag == wire.TagEnableTofStatus, since: begin.Add(at)})
	}
	var f fifo
	ask(&f, wire.TagSetTofResolution, 0)
	ask(&f, wire.TagEnableTofStatus, 0)
	ask(&f, wire.TagEnableStreaming, 0)
	ack := &wire.Empty{Which: wire.TagAcknowledge}
	f.match(ack)
	f.match(ack)
	heard := begin.Add(time.Millisecond)
	if f.expire(begin.Add(time.Minute), heard) {
		t.Error("a connection whose last question was answered is dead")
	}
	if f.len() != 0 {
		t.Errorf("%d answers are waited for", f.len())
	}
	ask(&f, wire.TagPing, time.Second)
	if f.expire(begin.Add(time.Second/2), heard) || f.len() != 1 {
		t.Error("given up before its time")
	}
	if !f.expire(begin.Add(time.Minute), heard) {
		t.Error("a connection on which nothing was heard since the question is not dead")
	}
}
