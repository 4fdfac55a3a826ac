package wire

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os/user"
	"sync"
	"sync/atomic"
	"time"
)

// lingerTime is how long queued messages may take to leave at the end.
const lingerTime = time.Second

// request is a message and whom to answer.
type request struct {
	*Message
	channel Channel
	from    Peer
}

// Server is a running kernel: it reads requests from a transport, has an executor do the work, and publishes what
// happens in the order that the protocol asks for.
type Server struct {
	exec      Executor
	transport Transport
	signer    *signer
	log       *log.Logger
	publisher *publisher
	queue     *queue
	stdin     *stdinWaiter

	session  string
	username string
	counter  atomic.Uint64
	dropped  atomic.Uint64

	mu     sync.Mutex
	count  int                     // execution count
	cancel context.CancelFunc      // of the running cell; nil when idle
	helper map[string]helperCancel // the running completion or inspection of each client and kind

	stop     chan struct{} // closed once, by shutdown
	stopOnce sync.Once
	working  sync.WaitGroup
}

type helperCancel struct {
	cancel context.CancelFunc
	id     string
}

// Serve opens the five sockets of a connection, fills in the ports that were 0, calls ready (which may be nil), and
// runs until a shutdown request or the end of ctx. It logs one line for each message that it drops.
func Serve(ctx context.Context, c *Connection, exec Executor, logger *log.Logger, ready func()) error {
	if err := c.check(); err != nil {
		return fmt.Errorf("wire: %w", err)
	}
	s := newServer(exec, c.Key, logger)
	sockets, err := listen(c, s.welcome, func(line string) { s.log.Print(line) })
	if err != nil {
		return err
	}
	if ready != nil {
		ready()
	}
	return s.run(ctx, sockets)
}

func newServer(exec Executor, key string, logger *log.Logger) *Server {
	s := &Server{
		exec: exec, signer: newSigner(key), log: logger,
		queue: newQueue(), stdin: newStdinWaiter(),
		session: newUUID(), username: "livespike",
		helper: map[string]helperCancel{}, stop: make(chan struct{}),
	}
	if u, err := user.Current(); err == nil && u.Username != "" {
		s.username = u.Username
	}
	return s
}

// newUUID is a random UUID, version 4 of RFC 9562.
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, by its documentation
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// run serves a transport until the end.
func (s *Server) run(ctx context.Context, t Transport) error {
	s.transport = t
	s.publisher = newPublisher(s.publish)
	s.status(nil, "starting")
	go s.readReplies() // ends when the transport closes
	s.working.Go(func() { s.execute(ctx) })
	shell := make(chan request, 16)
	s.working.Go(func() {
		for r := range shell {
			s.handle(ctx, r)
		}
	})
	control := make(chan request, 16)
	s.working.Go(func() {
		for r := range control {
			s.handle(ctx, r)
		}
	})
	s.dispatch(ctx, shell, control)
	close(shell)
	close(control)
	s.interrupt()
	s.queue.close()
	s.stdin.close()
	closing, cancel := context.WithTimeout(context.Background(), lingerTime)
	defer cancel()
	err := s.exec.Close(closing)
	s.waitFor(lingerTime)
	s.publisher.close()
	return errors.Join(err, t.Close(lingerTime))
}

// waitFor gives the loops and the running cell time to end. A cell that does not is left behind, and the log says so.
func (s *Server) waitFor(limit time.Duration) {
	done := make(chan struct{})
	go func() {
		s.working.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(limit):
		s.log.Print("wire: a cell is still running at the end; it is left behind")
	}
}

// dispatch decodes requests and hands them to the loop of their socket, until the end.
func (s *Server) dispatch(ctx context.Context, shell, control chan<- request) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.stop:
			return
		case r, ok := <-s.transport.Requests():
			if !ok {
				return
			}
			m, err := s.signer.open(r.Frames)
			if err != nil {
				s.drop(err)
				continue
			}
			to := shell
			if r.Channel == Control {
				to = control
			}
			select {
			case to <- request{m, r.Channel, r.From}:
			case <-ctx.Done():
				return
			case <-s.stop:
				return
			}
		}
	}
}

func (s *Server) drop(err error) {
	s.log.Printf("wire: %v (%d so far)", err, s.dropped.Add(1))
}

// header is a new header of ours.
func (s *Server) header(kind string) json.RawMessage {
	return marshal(Header{
		ID: fmt.Sprintf("%s_%d", s.session, s.counter.Add(1)), Session: s.session, Username: s.username,
		Date: time.Now().UTC().Format("2006-01-02T15:04:05.000000Z"), Type: kind, Version: Version,
	})
}

// reply answers a request on the connection that it came from.
func (s *Server) reply(r request, kind string, content any) {
	m := Message{Idents: r.Idents, RawHeader: s.header(kind), Parent: r.RawHeader, Content: marshal(content)}
	if err := r.from.Send(m.encode(s.signer)); err != nil {
		s.log.Printf("wire: %s to %x: %v", kind, r.from.Identity(), err)
	}
}

// publish sends a message on iopub; the publisher's goroutine alone calls it.
func (s *Server) publish(p publication) {
	m := Message{
		Idents:    [][]byte{fmt.Appendf(nil, "kernel.%s.%s", s.session, p.kind)},
		RawHeader: s.header(p.kind), Parent: p.parent, Metadata: p.metadata, Content: p.content, Buffers: p.buffers,
	}
	s.transport.Publish(m.encode(s.signer))
}

// welcome is what a new subscriber of iopub gets first.
func (s *Server) welcome(topic []byte) [][]byte {
	if !validUTF8(topic) {
		return nil
	}
	m := Message{
		Idents: [][]byte{topic}, RawHeader: s.header("iopub_welcome"),
		Content: marshal(map[string]string{"subscription": string(topic)}),
	}
	return m.encode(s.signer)
}

// status publishes the kernel's state as a consequence of a request; parent may be nil.
func (s *Server) status(parent json.RawMessage, state string) {
	s.publisher.publish(publication{parent: parent, kind: "status", content: marshal(map[string]string{"execution_state": state})})
}

// interrupt cancels the running cell, if there is one.
func (s *Server) interrupt() {
	s.mu.Lock()
	cancel := s.cancel
	s.mu.Unlock()
	if cancel != nil {
		cancel()
	}
}

// shutdown ends the server once the reply is on its way.
func (s *Server) shutdown() { s.stopOnce.Do(func() { close(s.stop) }) }
