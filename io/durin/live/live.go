// Package live shows a robot and the network that drives it on a page in the browser while they run: the world and the
// robot in it, what its sensors see, the voltages and the spikes.
//
//	page := live.MustListen("127.0.0.1:8337")
//	page.Robot(robot)
//	for {
//		…
//		page.Network(state.V(), spikes)
//	}
//
// "snnrepl sim durin --page" serves the same page for a robot that somebody else drives; a program sends its network
// there with Remote. While nobody does, the keys w a s d, q and e or a gamepad drive it; Keys lets them drive another.
//
// Nothing here can hold a loop up: pages look at the robot 15 times a second from a goroutine of their own, and the
// network's newest values replace those that were not sent yet.
package live

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/livespike/livespike/io/durin"
	"github.com/livespike/livespike/io/durin/sim"
	"github.com/livespike/livespike/snn/tensor"
)

// rate is the time between two pictures.
const rate = time.Second / 15

//go:embed page.html
var html []byte

// Page is a page that browsers show. Its methods may be called by several goroutines at once.
type Page struct {
	listener net.Listener
	server   *http.Server
	serving  sync.WaitGroup
	ended    chan struct{} // closed by Close, which ends the streams

	mu      sync.Mutex
	look    func() scene // nil before Robot or Sim
	drive   driver       // nil without Keys or Sim
	network network
	closed  bool
}

// Listen serves a page at an address such as "127.0.0.1:8337"; port 0 takes a free one. Anybody who reaches the address
// sees the page, and can send a network to it; another site's page in a browser cannot.
func Listen(address string) (*Page, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("live: %w", err)
	}
	p := &Page{listener: listener, ended: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(html) // a browser that has gone
	})
	mux.HandleFunc("GET /events", p.events)
	mux.HandleFunc("POST /network", p.receive)
	mux.HandleFunc("POST /drive", p.keys)
	p.server = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	p.serving.Go(func() { _ = p.server.Serve(listener) }) // until Close
	return p, nil
}

// MustListen is Listen for scripts: it panics with the error.
func MustListen(address string) *Page {
	p, err := Listen(address)
	if err != nil {
		panic(err)
	}
	return p
}

// URL is where the page is.
func (p *Page) URL() string { return "http://" + p.listener.Addr().String() }

// String is the page's address.
func (p *Page) String() string { return "live page at " + p.URL() }

// Robot shows a robot from now on.
func (p *Page) Robot(r *durin.Robot) { p.show(func() scene { return sceneOf(r.Glance()) }) }

// Sim shows simulated robots that share a world, the sensors of the first. Its keys drive the first while no client is
// connected to it.
func (p *Page) Sim(servers ...*sim.Server) {
	if len(servers) == 0 {
		panic("live.Sim: no robot")
	}
	p.show(func() scene { return sceneOfSim(servers) })
	p.driveWith(driveSim(servers[0]))
}

func (p *Page) show(look func() scene) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.look = look
}

// Network shows voltages and spikes, of any shape and size; either may be nil. It copies them and does not wait.
func (p *Page) Network(voltages, spikes *tensor.Tensor) { p.setNetwork(newNetwork(voltages, spikes)) }

func (p *Page) setNetwork(n network) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n.Count = p.network.Count + 1
	for i, spiked := range p.network.Spikes { // spikes between two pictures add up
		if p.network.fresh && i < len(n.Spikes) {
			n.Spikes[i] = max(n.Spikes[i], spiked)
		}
	}
	n.fresh = true
	p.network = n
}

// Close ends the page. It may be called twice.
func (p *Page) Close() error {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil
	}
	p.closed = true
	p.mu.Unlock()
	close(p.ended)
	err := p.server.Close()
	p.serving.Wait()
	return err
}

// events sends scenes to one browser, as server-sent events. A browser that is slow gets fewer.
func (p *Page) events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-cache")
	control := http.NewResponseController(w)
	ticker := time.NewTicker(rate)
	defer ticker.Stop()
	for first := true; ; first = false {
		b, err := json.Marshal(p.picture(first))
		if err != nil {
			panic(err) // numbers and strings
		}
		if _, err := fmt.Fprintf(w, "data: %s\n\n", b); err != nil || control.Flush() != nil {
			return
		}
		select {
		case <-ticker.C:
		case <-p.ended:
			return
		case <-r.Context().Done():
			return
		}
	}
}

// picture is what a browser gets; the world only at first.
func (p *Page) picture(first bool) (s scene) {
	p.mu.Lock()
	look, keys := p.look, p.drive != nil
	n := p.network
	p.network.fresh = false
	p.mu.Unlock()
	if look != nil {
		s = look()
	}
	s.Keys = keys
	if !first {
		s.World = nil
	}
	if n.Count > 0 {
		s.Network = &n
	}
	return s
}

// maxNetwork is the most bytes that a network may have on its way.
const maxNetwork = 1 << 20

// receive takes a network from a program. That says no origin, as browsers do when they post, and may know this machine by a
// name.
func (p *Page) receive(w http.ResponseWriter, r *http.Request) {
	if why := foreign(r); why != "" && r.Header.Get("Origin") != "" {
		http.Error(w, "live: "+why, http.StatusForbidden)
		return
	}
	var n network
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxNetwork)).Decode(&n); err != nil {
		http.Error(w, "live: "+err.Error(), http.StatusBadRequest)
		return
	}
	n.limit()
	p.setNetwork(n)
	w.WriteHeader(http.StatusNoContent)
}
