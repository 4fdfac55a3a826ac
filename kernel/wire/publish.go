package wire

import (
	"encoding/json"
	"time"
	"unicode/utf8"
)

const (
	coalesce      = 50 * time.Millisecond // stream text is collected for so long
	coalesceBytes = 64 << 10              // or until there is so much of it
)

// publication is one message for iopub, or a piece of a stream.
type publication struct {
	parent   json.RawMessage
	kind     string // message type
	content  json.RawMessage
	metadata json.RawMessage
	buffers  [][]byte
	stream   string // "stdout" or "stderr": text is the piece
	text     []byte
	flushed  chan struct{} // closed when everything before it has been published
}

// publisher is the one goroutine that sends on iopub, so the order of its channel is the order on the wire. It
// collects pieces of a stream into messages.
type publisher struct {
	in   chan publication
	quit chan struct{} // closed: publish no more
	done chan struct{} // closed: the goroutine has ended
	send func(p publication)

	pending publication // the stream being collected; stream == "" is none
	last    time.Time   // when stream text was last sent
	timer   *time.Timer
}

func newPublisher(send func(publication)) *publisher {
	p := &publisher{in: make(chan publication, 256), quit: make(chan struct{}), done: make(chan struct{}), send: send}
	p.timer = time.NewTimer(time.Hour)
	p.timer.Stop()
	go p.run()
	return p
}

func (p *publisher) run() {
	defer close(p.done)
	for {
		select {
		case m := <-p.in:
			p.take(m)
		case <-p.quit:
			p.finish()
			return
		case <-p.timer.C:
			p.flush(false)
		}
	}
}

func (p *publisher) take(m publication) {
	switch {
	case m.flushed != nil:
		p.flush(true)
		close(m.flushed)
	case m.stream == "":
		p.flush(true)
		p.send(m)
	default:
		if p.pending.stream != m.stream || string(p.pending.parent) != string(m.parent) {
			p.flush(true)
			p.pending = publication{parent: m.parent, stream: m.stream}
		}
		p.pending.text = append(p.pending.text, m.text...)
		quiet := time.Since(p.last)
		switch {
		case quiet >= coalesce || len(p.pending.text) >= coalesceBytes:
			p.flush(false)
		default:
			p.timer.Reset(coalesce - quiet)
		}
	}
}

// flush sends the collected text. Unless it must send all, it keeps back a character that is not complete yet.
func (p *publisher) flush(all bool) {
	p.timer.Stop()
	text := p.pending.text
	keep := 0
	if !all {
		keep = incompleteRune(text)
	}
	if len(text) > keep {
		m := p.pending
		m.kind = "stream"
		m.content = marshal(map[string]string{"name": m.stream, "text": validText(text[:len(text)-keep])})
		p.send(m)
		p.last = time.Now()
	}
	if all {
		p.pending = publication{}
		return
	}
	p.pending.text = append([]byte(nil), text[len(text)-keep:]...)
}

// incompleteRune counts the bytes at the end of b that begin a character without finishing it.
func incompleteRune(b []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if tail := b[len(b)-n:]; utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}

// validText puts U+FFFD where the bytes are not UTF-8.
func validText(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	return string([]rune(string(b)))
}

// finish publishes what is queued already.
func (p *publisher) finish() {
	for {
		select {
		case m := <-p.in:
			p.take(m)
		default:
			p.flush(true)
			return
		}
	}
}

// publish queues a publication; it waits while the front ends are far behind. After close it does nothing: a cell
// that outlives the kernel speaks to nobody.
func (p *publisher) publish(m publication) {
	select {
	case p.in <- m:
	case <-p.quit:
	}
}

// flushNow returns when everything published before has been sent.
func (p *publisher) flushNow() {
	flushed := make(chan struct{})
	p.publish(publication{flushed: flushed})
	select {
	case <-flushed:
	case <-p.done:
	}
}

func (p *publisher) close() {
	close(p.quit)
	<-p.done
}
