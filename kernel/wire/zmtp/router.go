package zmtp

import (
	"net"
	"sync"
)

// Router is a ROUTER socket: it hands each message over with the peer it came from, and answers go to that peer.
type Router struct {
	socket
	names  sync.Mutex
	newest map[string]*Peer
}

// NewRouter serves a listener. It calls receive, one message of a peer at a time, with frames that the callee owns;
// log gets one line for each connection that is closed for breaking the protocol, and may be nil.
func NewRouter(l net.Listener, receive func(p *Peer, frames [][]byte), log func(string)) *Router {
	r := &Router{newest: map[string]*Peer{}}
	r.socket = socket{
		kind: "ROUTER", peerTypes: []string{"DEALER", "REQ", "ROUTER"},
		listener: l, log: log, receive: receive, joined: r.join, left: r.leave,
	}
	r.start()
	return r
}

// Peer is the newest connection with an identity, or nil. Two connections may share one, as after a page reload.
func (r *Router) Peer(identity string) *Peer {
	r.names.Lock()
	defer r.names.Unlock()
	return r.newest[identity]
}

func (r *Router) join(p *Peer) {
	r.names.Lock()
	r.newest[p.identity] = p
	r.names.Unlock()
}

func (r *Router) leave(p *Peer) {
	r.names.Lock()
	if r.newest[p.identity] == p {
		delete(r.newest, p.identity)
	}
	r.names.Unlock()
}
