package zmtp

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// client is the other side, written from the RFC and not from the server's code: the oracle of these tests.
type client struct {
	net.Conn
	r *bufio.Reader
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func dial(t testing.TB, addr net.Addr, kind, identity string) *client {
	t.Helper()
	conn, err := net.Dial("tcp", addr.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	hello := append([]byte{0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0}, "NULL"...)
	hello = append(hello, make([]byte, 64-len(hello))...)
	ready := "\x05READY\x0bsocket-TYPE" + string([]byte{0, 0, 0, byte(len(kind))}) + kind +
		"\x08Identity" + string([]byte{0, 0, 0, byte(len(identity))}) + identity
	hello = append(hello, 4, byte(len(ready)))
	hello = append(hello, ready...)
	for _, piece := range [][]byte{hello[:1], hello[1:11], hello[11:70], hello[70:]} { // peers may send in pieces
		if _, err := conn.Write(piece); err != nil {
			t.Fatal(err)
		}
	}
	c := &client{conn, bufio.NewReader(conn)}
	var greeting [64]byte
	if _, err := io.ReadFull(c.r, greeting[:]); err != nil {
		t.Fatal(err)
	}
	if string(greeting[12:16]) != "NULL" || greeting[0] != 0xff || greeting[9] != 0x7f || greeting[10] != 3 {
		t.Fatalf("greeting % x", greeting)
	}
	if _, command := c.readFrame(t); !command {
		t.Fatal("the server's first frame is not a command")
	}
	return c
}

func (c *client) readFrame(t testing.TB) (body []byte, command bool) {
	t.Helper()
	_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
	var flags [1]byte
	if _, err := io.ReadFull(c.r, flags[:]); err != nil {
		t.Fatal(err)
	}
	sizes := make([]byte, 1)
	if flags[0]&2 != 0 {
		sizes = make([]byte, 8)
	}
	if _, err := io.ReadFull(c.r, sizes); err != nil {
		t.Fatal(err)
	}
	size := 0
	for _, b := range sizes {
		size = size<<8 | int(b)
	}
	body = make([]byte, size)
	if _, err := io.ReadFull(c.r, body); err != nil {
		t.Fatal(err)
	}
	return body, flags[0]&4 != 0
}

// send writes frames in the long form when long is set, which is legal for short ones too.
func (c *client) send(t testing.TB, long bool, frames ...string) {
	t.Helper()
	var b []byte
	for i, f := range frames {
		var flags byte
		if i < len(frames)-1 {
			flags = 1
		}
		if long || len(f) > 255 {
			b = append(b, flags|2, 0, 0, 0, 0, byte(len(f)>>24), byte(len(f)>>16), byte(len(f)>>8), byte(len(f)))
		} else {
			b = append(b, flags, byte(len(f)))
		}
		b = append(b, f...)
	}
	if _, err := c.Write(b); err != nil {
		t.Fatal(err)
	}
}

func (c *client) want(t testing.TB, frames ...string) {
	t.Helper()
	for _, want := range frames {
		got, command := c.readFrame(t)
		if command || string(got) != want {
			t.Fatalf("got frame %.60q (command %v), want %.60q", got, command, want)
		}
	}
}

func closeSocket(t testing.TB, s interface{ Close(time.Duration) error }) {
	t.Helper()
	t.Cleanup(func() {
		if err := s.Close(time.Second); err != nil {
			t.Error(err)
		}
	})
}

func TestRouterAnswersTheConnectionThatAsked(t *testing.T) {
	r := NewRouter(listen(t), func(p *Peer, frames [][]byte) {
		if err := p.Send(append([][]byte{[]byte(p.Identity())}, frames...)); err != nil {
			t.Error(err)
		}
	}, nil)
	closeSocket(t, r)
	a, b := dial(t, r.Addr(), "DEALER", "tab"), dial(t, r.Addr(), "DEALER", "tab")
	a.send(t, false, "x", "", strings.Repeat("long", 100_000))
	b.send(t, true, "y")
	a.want(t, "tab", "x", "", strings.Repeat("long", 100_000))
	b.want(t, "tab", "y")
	if p := r.Peer("tab"); p == nil {
		t.Error("the identity is not known")
	}
	anonymous := dial(t, r.Addr(), "REQ", "")
	anonymous.send(t, false, "", "z")
	got, _ := anonymous.readFrame(t)
	if len(got) != 5 || got[0] != 0 {
		t.Errorf("made-up identity % x, want a zero and four bytes", got)
	}
}

func TestRouterKeepsOrder(t *testing.T) {
	r := NewRouter(listen(t), func(p *Peer, frames [][]byte) {
		if err := p.Send(frames); err != nil {
			t.Error(err)
		}
	}, nil)
	closeSocket(t, r)
	c := dial(t, r.Addr(), "DEALER", "")
	const n = 10_000
	go func() {
		for i := range n {
			c.send(t, false, fmt.Sprint(i))
		}
	}()
	for i := range n {
		c.want(t, fmt.Sprint(i))
	}
}

func TestRepEchoesTheEnvelope(t *testing.T) {
	r := NewRep(listen(t), nil)
	closeSocket(t, r)
	c := dial(t, r.Addr(), "DEALER", "")
	c.send(t, false, "", "ping")
	c.want(t, "", "ping")
	c.send(t, false, "")
	c.want(t, "")
}

func TestPing(t *testing.T) {
	r := NewRep(listen(t), nil)
	closeSocket(t, r)
	c := dial(t, r.Addr(), "REQ", "")
	if _, err := c.Write([]byte("\x04\x0a\x04PING\x00\x10abc")); err != nil {
		t.Fatal(err)
	}
	body, command := c.readFrame(t)
	if !command || string(body) != "\x04PONGabc" {
		t.Errorf("got %q, command %v", body, command)
	}
}

func TestXPubSubscriptions(t *testing.T) {
	x := NewXPub(listen(t), func(topic []byte) [][]byte {
		return [][]byte{topic, []byte("welcome")}
	}, nil)
	closeSocket(t, x)
	c := dial(t, x.Addr(), "SUB", "")
	c.send(t, false, "\x01a")
	c.want(t, "a", "welcome")
	c.send(t, false, "\x01a") // twice: needs two cancels, and no second welcome
	c.send(t, false, "\x00a")
	c.send(t, false, "junk", "of two frames")
	c.send(t, false, "\x01b")
	c.want(t, "b", "welcome")
	x.Publish([][]byte{[]byte("abc"), []byte("1")})
	x.Publish([][]byte{[]byte("xyz"), []byte("2")})
	x.Publish([][]byte{[]byte("b"), []byte("3")})
	c.want(t, "abc", "1", "b", "3")
	c.send(t, false, "\x00a")
	if _, err := c.Write([]byte("\x04\x0b\x09SUBSCRIBEd")); err != nil { // ZMTP 3.1's form
		t.Fatal(err)
	}
	c.want(t, "d", "welcome")
	x.Publish([][]byte{[]byte("abc"), []byte("4")})
	x.Publish([][]byte{[]byte("d"), []byte("5")})
	c.want(t, "d", "5")
}

// TestXPubLosesNothing publishes more than ZeroMQ's default high-water mark to a reader that starts late.
func TestXPubLosesNothing(t *testing.T) {
	x := NewXPub(listen(t), func([]byte) [][]byte { return [][]byte{[]byte("hello")} }, nil)
	closeSocket(t, x)
	c := dial(t, x.Addr(), "SUB", "")
	c.send(t, false, "\x01")
	c.want(t, "hello")
	const n = 100_000
	payload := strings.Repeat("p", 100)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range n {
			x.Publish([][]byte{fmt.Appendf(nil, "%d", i), []byte(payload)})
		}
	}()
	for i := range n {
		c.want(t, fmt.Sprint(i), payload)
	}
	<-done
}

// TestXPubFrozenPeer has one subscriber that never reads: it is closed, and the other gets every message.
func TestXPubFrozenPeer(t *testing.T) {
	if testing.Short() {
		t.Skip("moves 160 MiB and waits for a stall: not in -short")
	}
	var mu sync.Mutex
	var logged []string
	x := NewXPub(listen(t), func([]byte) [][]byte { return [][]byte{[]byte("hello")} }, func(line string) {
		mu.Lock()
		logged = append(logged, line)
		mu.Unlock()
	})
	closeSocket(t, x)
	frozen, healthy := dial(t, x.Addr(), "SUB", ""), dial(t, x.Addr(), "SUB", "")
	for _, c := range []*client{frozen, healthy} {
		c.send(t, false, "\x01")
		c.want(t, "hello")
	}
	big := bytes.Repeat([]byte("b"), 1<<20)
	const n = 160
	go func() {
		for i := range n {
			x.Publish([][]byte{fmt.Appendf(nil, "%d", i), big})
		}
	}()
	for i := range n {
		healthy.want(t, fmt.Sprint(i), string(big))
	}
	mu.Lock()
	defer mu.Unlock()
	if len(logged) != 1 || !strings.Contains(logged[0], "stopped reading") {
		t.Errorf("log %q, want one line about the frozen peer", logged)
	}
}

// TestStrangers sends what must close a connection, and only that connection.
func TestStrangers(t *testing.T) {
	lines := make(chan string, 16)
	r := NewRouter(listen(t), func(p *Peer, frames [][]byte) {
		if err := p.Send(frames); err != nil {
			t.Error(err)
		}
	}, func(line string) { lines <- line })
	closeSocket(t, r)
	null := append([]byte{0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0}, "NULL"...)
	null = append(null, make([]byte, 64-len(null))...)
	plain := bytes.Replace(null, []byte("NULL"), []byte("PLAI"), 1)
	old := append([]byte(nil), null...)
	old[10] = 1
	for name, junk := range map[string][]byte{
		"http":            []byte("GET / HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nUser-Agent: somebody\r\n\r\n"),
		"other mechanism": plain,
		"version 1":       old,
		"no READY":        append(append([]byte(nil), null...), 0, 1, 'x'),
		"huge frame":      append(append([]byte(nil), null...), 6, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
		"wrong socket":    append(append([]byte(nil), null...), "\x04\x18\x05READY\x0bSocket-Type\x00\x00\x00\x02SU"...),
		"bad flags":       append(append([]byte(nil), null...), 0x80, 0),
	} {
		conn, err := net.Dial("tcp", r.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write(junk); err != nil {
			t.Fatal(err)
		}
		_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second))
		if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%s: the connection stayed open", name)
		}
		if line := <-lines; !strings.HasPrefix(line, "zmtp: ROUTER: 127.0.0.1:") {
			t.Errorf("%s: log %q", name, line)
		}
		_ = conn.Close()
	}
	c := dial(t, r.Addr(), "DEALER", "")
	c.send(t, false, "still here")
	c.want(t, "still here")
}

func TestCloseEndsEveryGoroutine(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 10 {
		r := NewRouter(listen(t), func(*Peer, [][]byte) {}, nil)
		for range 5 {
			dial(t, r.Addr(), "DEALER", "").send(t, false, "x")
		}
		if err := r.Close(time.Second); err != nil {
			t.Fatal(err)
		}
		if err := r.Close(time.Second); err != nil {
			t.Fatalf("second close: %v", err)
		}
	}
	if after := runtime.NumGoroutine(); after > before+2 {
		t.Errorf("%d goroutines before, %d after", before, after)
	}
}

func FuzzReadFrame(f *testing.F) {
	f.Add([]byte("\x00\x03abc"))
	f.Add([]byte("\x02\x00\x00\x00\x00\x00\x00\x00\x02ab"))
	f.Add([]byte("\x02\xff\xff\xff\xff\xff\xff\xff\xff"))
	f.Add([]byte("\x04\x05\x04PING"))
	f.Fuzz(func(t *testing.T, wire []byte) {
		got, err := readFrame(bufio.NewReader(bytes.NewReader(wire)), 1<<16)
		if err != nil {
			return
		}
		again := append(appendHeader(nil, len(got.body), got.more, got.command), got.body...)
		back, err := readFrame(bufio.NewReader(bytes.NewReader(again)), 1<<16)
		if err != nil || !bytes.Equal(back.body, got.body) || back.more != got.more || back.command != got.command {
			t.Fatalf("% x reads as %+v, written again as %+v, %v", wire, got, back, err)
		}
	})
}

func FuzzReady(f *testing.F) {
	f.Add(readyCommand("ROUTER"))
	f.Add([]byte("\x05READY\x01a\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, body []byte) {
		properties, err := parseReady(body)
		if err == nil && len(properties) > len(body) {
			t.Fatalf("%d properties in %d bytes", len(properties), len(body))
		}
	})
}

func TestAFullSocketIsSaidOnce(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	said := make(chan string, 2*maxPeers)
	r := NewRep(l, func(line string) { said <- line })
	var open []net.Conn
	for range maxPeers + 20 {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, c)
	}
	// The last is refused, so all before it have been accepted or refused.
	_, _ = io.Copy(io.Discard, open[len(open)-1])
	refusals := 0
	for len(said) > 0 {
		if strings.Contains(<-said, "refused") {
			refusals++
		}
	}
	if refusals != 1 {
		t.Errorf("said %d times", refusals)
	}
	for _, c := range open {
		_ = c.Close()
	}
	if err := r.Close(0); err != nil {
		t.Error(err)
	}
}
