package kernel

import (
	"context"
	"fmt"
	"io"
	"sync"

	"github.com/livespike/livespike/internal/interrupt"
	"github.com/livespike/livespike/kernel/wire"
	"github.com/livespike/livespike/plot/display"
)

// sink shows what cells display, also after their end.
type sink struct{ session *Session }

func (k sink) Display(b display.Bundle, id string) error {
	r := k.session.running()
	if r == nil {
		return fmt.Errorf("no cell has run yet")
	}
	k.session.mu.Lock()
	if len(k.session.displays) >= displayLimit {
		clear(k.session.displays)
	}
	k.session.displays[id] = r
	k.session.mu.Unlock()
	r.display(id, wire.Bundle{Data: b.Data, Metadata: b.Metadata})
	return nil
}

// displayLimit is how many displays keep their cell. An older one that is updated appears again, below the newest cell.
const displayLimit = 10000

func (k sink) Update(b display.Bundle, id string) error {
	k.session.mu.Lock()
	r := k.session.displays[id]
	k.session.mu.Unlock()
	if r == nil {
		return k.Display(b, id)
	}
	k.session.capture.flush()
	// Front ends find the display by its id; some look only at messages of the cell that they wait for.
	k.session.running().output().Update(id, wire.Bundle{Data: b.Data, Metadata: b.Metadata})
	return nil
}

func (k sink) Clear(wait bool) error {
	if r := k.session.running(); r != nil {
		k.session.capture.flush()
		r.output().Clear(wait)
	}
	return nil
}

func (k sink) Input(prompt string, secret bool) (string, error) {
	r := k.session.running()
	if r == nil {
		return "", wire.ErrNoStdin
	}
	k.session.capture.flush()
	return r.output().Input(interrupt.Context(), prompt, secret)
}

// running is the cell that runs, or ran last.
func (s *Session) running() *run {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current
}

// stdin is the standard input of scripts: it asks the front end of the cell for a line when it has none left.
type stdin struct {
	session *Session

	mu   sync.Mutex
	left []byte
}

func (in *stdin) Read(p []byte) (int, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if len(p) == 0 {
		return 0, nil
	}
	if len(in.left) == 0 {
		r := in.session.running()
		if r == nil {
			return 0, io.EOF
		}
		in.session.capture.flush()
		line, err := r.output().Input(r.ctx, "", false)
		if err != nil {
			if cause := context.Cause(r.ctx); cause != nil {
				return 0, cause
			}
			return 0, io.EOF // nobody can answer
		}
		in.left = []byte(line + "\n")
	}
	n := copy(p, in.left)
	in.left = in.left[n:]
	return n, nil
}

// OpenComm opens a comm, if the cell's front end has them.
func (k sink) OpenComm(target string, m display.CommMessage, handle func(display.CommMessage)) (display.Comm, error) {
	r := k.session.running()
	if r == nil {
		return nil, display.ErrNoComm
	}
	out, ok := r.output().(wire.CommOutput)
	if !ok {
		return nil, display.ErrNoComm
	}
	return comm{out.OpenComm(target, wire.CommMessage(m), func(m wire.CommMessage) { handle(display.CommMessage(m)) })}, nil
}

// comm is one of the wire's for displays.
type comm struct{ *wire.Comm }

func (c comm) Send(m display.CommMessage) error { return c.Comm.Send(wire.CommMessage(m)) }

var _ display.CommSink = sink{}
