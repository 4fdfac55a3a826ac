package zmtp

import (
	"bytes"
	"fmt"
	"net"
	"sync"
)

// XPub is an XPUB socket: a message goes to every peer that subscribed to a prefix of its first frame.
type XPub struct {
	socket
	welcome func(topic []byte) [][]byte

	fan    sync.Mutex // held while a message is queued at all peers, so that all see one order
	topics map[*Peer]map[string]int
}

// NewXPub serves a listener. When a peer subscribes to a topic for the first time, welcome may give a message that it
// gets before any other; welcome may be nil, and log is as for [NewRouter].
func NewXPub(l net.Listener, welcome func(topic []byte) [][]byte, log func(string)) *XPub {
	x := &XPub{welcome: welcome, topics: map[*Peer]map[string]int{}}
	x.socket = socket{
		kind: "XPUB", peerTypes: []string{"SUB", "XSUB"},
		listener: l, log: log, receive: x.subscription, left: x.leave,
	}
	x.start()
	return x
}

// Publish queues a message at every subscribed peer, encoded once. A peer that has stalled is closed and logged; the
// others get everything.
func (x *XPub) Publish(frames [][]byte) {
	if len(frames) == 0 {
		return
	}
	buffers, size := encode(frames)
	x.fan.Lock()
	defer x.fan.Unlock()
	for p, topics := range x.topics {
		if !subscribed(topics, frames[0]) {
			continue
		}
		if err := p.send(outgoing{buffers, size}); err != nil {
			delete(x.topics, p)
			x.log(fmt.Sprintf("zmtp: XPUB: %v: stopped reading, closed", p.conn.RemoteAddr()))
		}
	}
}

func subscribed(topics map[string]int, topic []byte) bool {
	for prefix := range topics {
		if bytes.HasPrefix(topic, []byte(prefix)) {
			return true
		}
	}
	return false
}

// subscription reads a peer's message: 1 and a topic subscribes, 0 and a topic cancels once; anything else is not
// for a publisher.
func (x *XPub) subscription(p *Peer, frames [][]byte) {
	if len(frames) != 1 || len(frames[0]) == 0 || frames[0][0] > 1 {
		return
	}
	topic := frames[0][1:]
	x.fan.Lock()
	defer x.fan.Unlock()
	if x.topics[p] == nil {
		x.topics[p] = map[string]int{}
	}
	topics := x.topics[p]
	if frames[0][0] == 0 {
		if topics[string(topic)]--; topics[string(topic)] <= 0 {
			delete(topics, string(topic))
		}
		return
	}
	topics[string(topic)]++
	if x.welcome == nil || topics[string(topic)] > 1 {
		return
	}
	if greeting := x.welcome(topic); greeting != nil {
		if err := p.Send(greeting); err != nil {
			delete(x.topics, p)
		}
	}
}

func (x *XPub) leave(p *Peer) {
	x.fan.Lock()
	delete(x.topics, p)
	x.fan.Unlock()
}
