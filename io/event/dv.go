package event

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"sync"
	"time"

	"github.com/livespike/livespike/internal/interrupt"
)

var _ = registerSource("dv", "events of dv-processing's servers: dv://localhost:7777, dv:///run/camera.sock, ?timeout=1s", openDV)

// dialTimeout is how long a server may take to answer.
const dialTimeout = 5 * time.Second

// openDV connects to a server, which sends what an AEDAT 4 file holds behind its version line, for ever. The client must
// send nothing.
//
// Source: events.md §4.3; inivation/dv-processing, include/dv-processing/io/network.
func openDV(u *url.URL, o *options) (Source, error) {
	wait, err := timeoutOf(u)
	if err != nil {
		return nil, fmt.Errorf("event: %s: %w", u, err)
	}
	conn, err := dial(u)
	if err != nil {
		return nil, fmt.Errorf("event: %s: %w", u, err)
	}
	s := &dvSource{conn: conn}
	f := &fileSource{in: newInput(&patient{conn: conn, wait: wait}, u.String()), info: Info{Format: "dv", Events: -1, Live: true}}
	_ = conn.SetReadDeadline(time.Now().Add(dialTimeout)) // the header comes at once
	stop := closeOnInterrupt(conn)
	f.dec, err = openAEDAT4Header(f.in, o, &f.info, &f.stats)
	stop()
	_ = conn.SetReadDeadline(time.Time{})
	if err != nil {
		if why := f.in.failed(); why != nil {
			err = fmt.Errorf("event: %s: the server sent no header of AEDAT 4: %w", u, why)
		}
		return nil, errors.Join(err, conn.Close())
	}
	if f.info.Camera == "" {
		f.info.Camera = u.Host
	}
	s.file = f
	return s, nil
}

// dvSource is a decoder on a connection that another goroutine may close.
type dvSource struct {
	conn net.Conn
	file *fileSource
	once sync.Once
	err  error

	mu    sync.Mutex // for stats
	stats Stats
}

func (s *dvSource) Info() Info { return s.file.info }

func (s *dvSource) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stats
}

func (s *dvSource) Next() ([]Event, error) {
	events, err := s.file.next()
	stats := s.file.Stats()
	s.mu.Lock()
	s.stats = stats
	s.mu.Unlock()
	if err != nil && errors.Is(s.file.in.end, net.ErrClosed) {
		return nil, ErrClosed
	}
	return events, err
}

// Close wakes Next.
func (s *dvSource) Close() error {
	s.once.Do(func() { s.err = s.conn.Close() })
	return s.err
}

// patient reads a connection that ends when nothing has come for a while, unless wait is 0.
type patient struct {
	conn  net.Conn
	wait  time.Duration
	begun bool
}

func (p *patient) Read(b []byte) (int, error) {
	if p.begun && p.wait > 0 {
		if err := p.conn.SetReadDeadline(time.Now().Add(p.wait)); err != nil {
			return 0, err
		}
	}
	n, err := p.conn.Read(b)
	p.begun = p.begun || n > 0
	if p.begun && p.wait > 0 && errors.Is(err, os.ErrDeadlineExceeded) {
		err = io.EOF
	}
	return n, err
}

// dial connects to the host and port of an address, or to the socket of its path.
func dial(u *url.URL) (net.Conn, error) {
	network, address := "tcp", u.Host
	switch {
	case u.Host == "" && u.Path != "":
		network, address = "unix", u.Path
	case u.Port() == "":
		return nil, fmt.Errorf("the address has no port, as %s://localhost:7777 has", u.Scheme)
	}
	d := net.Dialer{Timeout: dialTimeout}
	return d.DialContext(interrupt.Context(), network, address)
}

// closeOnInterrupt closes a connection that is waited for when the cell is interrupted, until stop is called.
func closeOnInterrupt(conn net.Conn) (stop func()) {
	done := make(chan struct{})
	go func() {
		select {
		case <-interrupt.Context().Done():
			_ = conn.Close() // the reader reports it
		case <-done:
		}
	}()
	return func() { close(done) }
}

// timeoutOf is the parameter timeout of an address, the only one it may have beside others; 0 without it.
func timeoutOf(u *url.URL, others ...string) (time.Duration, error) {
	query, err := query(u, append(others, "timeout")...)
	if err != nil || query.Get("timeout") == "" {
		return 0, err
	}
	d, err := time.ParseDuration(query.Get("timeout"))
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("timeout is %q, want a time such as 500ms", query.Get("timeout"))
	}
	return d, nil
}

// query is the parameters of an address, all of which must be known.
func query(u *url.URL, known ...string) (url.Values, error) {
	values, err := url.ParseQuery(u.RawQuery)
	for key := range values {
		found := false
		for _, k := range known {
			found = found || k == key
		}
		if !found {
			return nil, fmt.Errorf("no parameter is called %s; known are %s", key, joined(known))
		}
	}
	return values, err
}
