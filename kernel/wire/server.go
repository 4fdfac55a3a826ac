package wire

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os/user"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

// At the end a cell has stopTime to stop, the executor closeTime to close, and queued messages lingerTime to leave.
const (
	stopTime   = 400 * time.Millisecond
	closeTime  = 400 * time.Millisecond
	lingerTime = 200 * time.Millisecond
)

// request is a message and whom to answer.
type request struct {
	*Message
	from Peer
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
	comms     *comms
	ports     map[string]int // for connect_request

	session  string
	username string
	counter  atomic.Uint64
	dropped  atomic.Uint64

	mu      sync.Mutex
	count   int                     // execution count
	running *running                // the cell that runs; nil when idle
	helper  map[string]helperCancel // the running completion or inspection of each client and kind

	barrier  chan chan struct{} // see settle
	detached chan struct{}      // closed when the cell left behind has ended; nil: there is none. Of the executor's goroutine
	executed chan struct{}      // closed when no cell runs any more
	endOnce  sync.Once
	endErr   error
	stop     chan struct{} // closed once, by shutdown
	stopOnce sync.Once
	working  sync.WaitGroup
}

type helperCancel struct {
	cancel context.CancelFunc
	id     string
}

// Serve opens the five sockets of a connection, fills in the ports that were 0, calls ready (which may be nil) with the
// server, and runs until a shutdown request or the end of ctx. It logs one line for each message that it drops. It
// returns within about a second of the end, also when a cell or the executor hangs; the log then says which, and the
// process must exit.
func Serve(ctx context.Context, c *Connection, exec Executor, logger *log.Logger, ready func(*Server)) error {
	if err := c.check(); err != nil {
		return fmt.Errorf("wire: %w", err)
	}
	s := newServer(exec, c.Key, logger)
	sockets, err := listen(c, s.welcome, func(line string) { s.log.Print(line) })
	if err != nil {
		return err
	}
	s.ports = map[string]int{
		"shell_port": c.ShellPort, "iopub_port": c.IOPubPort, "stdin_port": c.StdinPort,
		"control_port": c.ControlPort, "hb_port": c.HBPort,
	}
	if ready != nil {
		ready(s)
	}
	return s.run(ctx, sockets)
}

func newServer(exec Executor, key string, logger *log.Logger) *Server {
	s := &Server{
		exec: exec, signer: newSigner(key), log: logger,
		queue: newQueue(), stdin: newStdinWaiter(), comms: newComms(), ports: map[string]int{},
		session: newUUID(), username: "livespike",
		helper: map[string]helperCancel{}, barrier: make(chan chan struct{}), executed: make(chan struct{}), stop: make(chan struct{}),
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
	go func() {
		defer close(s.executed)
		s.execute(ctx)
	}()
	go s.runComms()                                                  // a handler that hangs is left behind
	shell, control := make(chan func(), 1024), make(chan func(), 16) // what waits for shell must not keep control waiting
	for _, socket := range []chan func(){shell, control} {
		s.working.Go(func() {
			for do := range socket {
				s.guarded(do)
			}
		})
	}
	s.dispatch(ctx, shell, control)
	close(shell)
	close(control)
	s.end()
	err := s.endErr
	if !within(stopTime+closeTime, s.working.Wait) {
		s.log.Print("wire: a request is still being answered at the end")
	}
	closed := make(chan error, 1)
	if within(2*lingerTime, func() {
		s.publisher.close()
		closed <- t.Close(lingerTime)
	}) {
		return errors.Join(err, <-closed)
	}
	s.log.Print("wire: a front end did not take the last messages")
	return err
}

// end stops the running cell, drops those that wait, and closes the executor. It leaves behind what does not stop.
func (s *Server) end() {
	s.endOnce.Do(func() {
		s.queue.close()
		s.comms.incoming.close()
		s.stdin.close()
		s.Interrupt()
		if !within(stopTime, func() { <-s.executed }) {
			s.log.Print("wire: the cell does not stop; it is left behind")
		}
		ctx, cancel := context.WithTimeout(context.Background(), closeTime)
		defer cancel()
		closed := make(chan error, 1)
		if within(closeTime+closeTime/4, func() { closed <- s.exec.Close(ctx) }) {
			s.endErr = <-closed
		} else {
			s.log.Print("wire: what cells opened does not close; it is left behind")
		}
	})
}

// within calls f and reports whether it returned in time.
func within(limit time.Duration, f func()) bool {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
		return true
	case <-time.After(limit):
		return false
	}
}

// guarded calls what may panic in the executor: that ends no loop.
func (s *Server) guarded(do func()) {
	defer func() {
		if p := recover(); p != nil {
			s.internal(p)
		}
	}()
	do()
}

func (s *Server) internal(p any) { s.log.Printf("wire: internal error: %v\n%s", p, debug.Stack()) }

// dispatch decodes requests and hands them to the loop of their socket, until the end.
func (s *Server) dispatch(ctx context.Context, shell, control chan<- func()) {
	hand := func(to chan<- func(), do func()) bool {
		select {
		case to <- do:
			return true
		case <-ctx.Done():
		case <-s.stop:
		}
		return false
	}
	take := func(r Request) bool {
		m, err := s.signer.open(r.Frames)
		if err != nil {
			s.drop(err)
			return true
		}
		to := shell
		if r.Channel == Control {
			to = control
		}
		return hand(to, func() { s.handle(ctx, request{m, r.From}) })
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.stop:
			return
		case r, ok := <-s.transport.Requests():
			if !ok || !take(r) {
				return
			}
		case passed := <-s.barrier:
			for range len(s.transport.Requests()) {
				if r, ok := <-s.transport.Requests(); !ok || !take(r) {
					return
				}
			}
			if !hand(shell, func() { close(passed) }) {
				return
			}
		}
	}
}

// settle returns when every request that had been received on shell before the call is where it waits: in the queue, if it
// is a cell.
func (s *Server) settle() {
	passed := make(chan struct{})
	select {
	case s.barrier <- passed:
	case <-s.queue.gone:
		return
	}
	select {
	case <-passed:
	case <-s.queue.gone: // nothing will be taken from it
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

// shutdown ends the server once the reply is on its way.
func (s *Server) shutdown() { s.stopOnce.Do(func() { close(s.stop) }) }
