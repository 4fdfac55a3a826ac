package wire

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
)

// ErrNoStdin is returned by Output.Input when the front end cannot answer.
var ErrNoStdin = errors.New("this front end takes no input")

// stdinWaiter hands input_replies to the question that they answer.
type stdinWaiter struct {
	mu       sync.Mutex
	waiting  map[string]question // by the msg_id of the input_request
	shutdown chan struct{}
	once     sync.Once
}

// question is an input_request without its answer.
type question struct {
	asked  string // identity of the client
	answer chan string
}

func newStdinWaiter() *stdinWaiter {
	return &stdinWaiter{waiting: map[string]question{}, shutdown: make(chan struct{})}
}

// take removes and returns the question that a client's reply answers. Front ends that set no parent, or the cell's, answer
// the question that the client has; a parent of ours that is not waiting is an answer that came too late.
func (w *stdinWaiter) take(parent, session, client string) (question, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if q, ok := w.waiting[parent]; ok {
		delete(w.waiting, parent)
		return q, true
	}
	if strings.HasPrefix(parent, session+"_") {
		return question{}, false
	}
	for id, q := range w.waiting {
		if q.asked == client {
			delete(w.waiting, id)
			return q, true
		}
	}
	return question{}, false
}

func (w *stdinWaiter) close() { w.once.Do(func() { close(w.shutdown) }) }

// ask sends an input_request to the stdin socket of the client that sent the cell, and waits for the answer to it.
func (s *Server) ask(ctx context.Context, r request, prompt string, password bool) (string, error) {
	peer := s.transport.Stdin(r.from.Identity())
	if peer == nil {
		return "", ErrNoStdin
	}
	s.publisher.flushNow()
	header := s.header("input_request")
	var h Header
	if err := json.Unmarshal(header, &h); err != nil {
		return "", err
	}
	answer := make(chan string, 1)
	s.stdin.mu.Lock()
	s.stdin.waiting[h.ID] = question{r.from.Identity(), answer}
	s.stdin.mu.Unlock()
	defer func() {
		s.stdin.mu.Lock()
		delete(s.stdin.waiting, h.ID)
		s.stdin.mu.Unlock()
	}()
	m := Message{
		Idents: r.Idents, RawHeader: header, Parent: r.RawHeader,
		Content: marshal(map[string]any{"prompt": prompt, "password": password}),
	}
	if err := peer.Send(m.encode(s.signer)); err != nil {
		return "", ErrNoStdin
	}
	select {
	case text := <-answer:
		return text, nil
	case <-ctx.Done():
		return "", ctx.Err()
	case <-peer.Gone():
		return "", ErrNoStdin
	case <-s.stdin.shutdown:
		return "", ErrNoStdin
	}
}

// readReplies takes input_replies and drops those that answer nothing.
func (s *Server) readReplies() {
	for r := range s.transport.Replies() {
		m, err := s.signer.open(r.Frames)
		if err != nil {
			s.drop(err)
			continue
		}
		var parent Header
		var content struct{ Value string }
		if json.Unmarshal(m.Parent, &parent) != nil || json.Unmarshal(m.Content, &content) != nil {
			continue
		}
		if q, ok := s.stdin.take(parent.ID, s.session, r.From.Identity()); ok {
			q.answer <- content.Value
		}
	}
}
