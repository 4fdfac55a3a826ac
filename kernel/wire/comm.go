package wire

import (
	"encoding/json"
	"fmt"
	"sync"
)

// CommMessage is what travels over a comm, in either direction.
type CommMessage struct {
	Data, Metadata map[string]any
	Buffers        [][]byte
}

// CommOutput is an Output that can open comms: channels to objects in the front ends, such as widgets. The server's
// outputs are.
type CommOutput interface {
	Output
	// OpenComm opens a comm to the front ends' target. handle, which may be nil, gets what they send, one message at a
	// time; what it panics with is logged.
	OpenComm(target string, m CommMessage, handle func(CommMessage)) *Comm
}

// Comm is an open comm.
type Comm struct {
	server *Server
	id     string
	target string
	parent json.RawMessage
	handle func(CommMessage)
}

// comms are those that are open, and the messages that wait for their handlers.
type comms struct {
	mu       sync.Mutex
	open     map[string]*Comm
	targets  map[string]func(*Comm, CommMessage) (handle func(CommMessage))
	incoming *queue
}

func newComms() *comms {
	return &comms{
		open: map[string]*Comm{}, incoming: newQueue(),
		targets: map[string]func(*Comm, CommMessage) func(CommMessage){},
	}
}

func (c *comms) get(id string) *Comm {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.open[id]
}

func (c *comms) add(comm *Comm) {
	c.mu.Lock()
	c.open[comm.id] = comm
	c.mu.Unlock()
}

// remove reports whether the comm was open.
func (c *comms) remove(id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, ok := c.open[id]
	delete(c.open, id)
	return ok
}

// info lists the open comms, of one target or all.
func (c *comms) info(target string) map[string]any {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := map[string]any{}
	for id, comm := range c.open {
		if target == "" || target == comm.target {
			list[id] = map[string]string{"target_name": comm.target}
		}
	}
	return list
}

// CommTarget lets front ends open comms of a target. opened gets each with its first message and returns the handler of
// the others. It must be called before the server runs, or from a cell.
func (s *Server) CommTarget(target string, opened func(*Comm, CommMessage) (handle func(CommMessage))) {
	s.comms.mu.Lock()
	defer s.comms.mu.Unlock()
	s.comms.targets[target] = opened
}

// OpenComm opens a comm to the front ends.
func (o *output) OpenComm(target string, m CommMessage, handle func(CommMessage)) *Comm {
	c := &Comm{server: o.server, id: newUUID(), target: target, parent: o.request.RawHeader, handle: handle}
	o.server.comms.add(c)
	c.publish("comm_open", m)
	return c
}

// ID is the comm's id, a UUID.
func (c *Comm) ID() string { return c.id }

// Send sends a message to the front ends.
func (c *Comm) Send(m CommMessage) error {
	if c.server.comms.get(c.id) != c {
		return fmt.Errorf("wire: comm %s is closed", c.id)
	}
	c.publish("comm_msg", m)
	return nil
}

// Close closes the comm, here and in the front ends. Closing again does nothing.
func (c *Comm) Close() error {
	if c.server.comms.remove(c.id) {
		c.publish("comm_close", CommMessage{})
	}
	return nil
}

func (c *Comm) publish(kind string, m CommMessage) {
	content := map[string]any{"comm_id": c.id, "data": orEmpty(m.Data)}
	if kind == "comm_open" {
		content["target_name"] = c.target
	}
	c.server.publisher.publish(publication{
		parent: c.parent, kind: kind, content: marshal(content), metadata: marshal(orEmpty(m.Metadata)), buffers: m.Buffers,
	})
}

func orEmpty(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

// runComms is the one goroutine that calls handlers, so that neither the sockets nor a cell waits for one.
func (s *Server) runComms() {
	for {
		r, ok := s.comms.incoming.take()
		if !ok {
			return
		}
		s.status(r.RawHeader, "busy")
		s.commRequest(r)
		s.status(r.RawHeader, "idle")
	}
}

func (s *Server) commRequest(r request) {
	defer func() {
		if p := recover(); p != nil {
			s.log.Printf("wire: %s: a handler panicked: %v", r.Header.Type, p)
		}
	}()
	var content struct {
		ID     string         `json:"comm_id"`
		Target string         `json:"target_name"`
		Data   map[string]any `json:"data"`
	}
	if err := json.Unmarshal(r.Content, &content); err != nil || content.ID == "" {
		s.log.Printf("wire: %s without a comm_id, or with data that is no object", r.Header.Type)
		return
	}
	m := CommMessage{Data: orEmpty(content.Data), Metadata: map[string]any{}, Buffers: r.Buffers}
	_ = json.Unmarshal(r.Metadata, &m.Metadata) // an object, by decode
	switch r.Header.Type {
	case "comm_open":
		c := &Comm{server: s, id: content.ID, target: content.Target, parent: r.RawHeader}
		s.comms.mu.Lock()
		opened := s.comms.targets[content.Target]
		s.comms.mu.Unlock()
		if opened == nil {
			c.publish("comm_close", CommMessage{})
			return
		}
		s.comms.add(c)
		c.handle = opened(c, m)
	case "comm_msg":
		if c := s.comms.get(content.ID); c != nil && c.handle != nil {
			c.handle(m)
		}
	case "comm_close":
		s.comms.remove(content.ID)
	}
}

// commInfo answers a comm_info_request.
func (s *Server) commInfo(r request) {
	var content struct {
		Target string `json:"target_name"`
	}
	_ = json.Unmarshal(r.Content, &content) // a target that is no string is no filter
	s.reply(r, "comm_info_reply", map[string]any{"status": "ok", "comms": s.comms.info(content.Target)})
}
