package wire

import (
	"context"
	"time"
)

// A cell that does not stop is detached: its request is answered and the cell goes on behind it. That happens when a
// second interrupt comes soon after the first, and in any case after a while. The session itself leaves a cell that hangs
// in compiled code after a second, so the latter is for what hangs in the session.
const (
	secondInterrupt = 2 * time.Second
	interruptLimit  = 1500 * time.Millisecond
)

// running is the cell that runs.
type running struct {
	cancel      context.CancelFunc
	interrupted time.Time     // the first interrupt
	detach      chan struct{} // closed: answer now
}

// Interrupt cancels the running cell; without one it does nothing. A second call within two seconds gives the cell up.
func (s *Server) Interrupt() {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.running
	switch {
	case r == nil:
	case r.interrupted.IsZero():
		r.interrupted = time.Now()
		r.cancel()
		time.AfterFunc(interruptLimit, func() { s.detach(r) })
	case time.Since(r.interrupted) < secondInterrupt:
		r.leave()
	}
}

func (s *Server) detach(r *running) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.leave()
}

// leave needs the server's lock.
func (r *running) leave() {
	select {
	case <-r.detach:
	default:
		close(r.detach)
	}
}

// runCell runs a cell until it ends or is detached. There are never two at once: one that was detached has to end first.
func (s *Server) runCell(ctx context.Context, c Cell, out *output) Outcome {
	ctx, cancel := context.WithCancel(ctx)
	r := &running{cancel: cancel, detach: make(chan struct{})}
	s.mu.Lock()
	s.running = r
	s.mu.Unlock()
	defer func() {
		cancel()
		s.mu.Lock()
		s.running = nil
		s.mu.Unlock()
	}()
	if s.detached != nil {
		select {
		case <-s.detached:
			s.detached = nil
		case <-ctx.Done():
			return Outcome{Err: interruptedError("interrupted before it began: the cell before still runs")}
		}
	}
	ended := make(chan Outcome, 1)
	go func() { ended <- s.exec.Execute(ctx, c, out) }()
	select {
	case outcome := <-ended:
		return outcome
	case <-r.detach:
	}
	s.detached = make(chan struct{})
	go func(left chan struct{}) {
		<-ended
		close(left)
	}(s.detached)
	out.Stream("stderr", []byte("the cell does not stop; it goes on in the background\n"))
	return Outcome{Err: interruptedError("interrupted: the cell does not stop and goes on in the background")}
}

func interruptedError(text string) *CellError {
	return &CellError{Name: "Interrupted", Value: text, Traceback: []string{text}}
}

// Watch connects the server with the process that started it: stop is called when that process has ended, and on Windows
// its interrupt event interrupts the cell. Signals are the command's affair.
func (s *Server) Watch(stop func()) {
	watchParent(func() {
		s.log.Print("wire: the process that started the kernel has ended")
		stop()
	})
	watchEvent(s.Interrupt)
}
