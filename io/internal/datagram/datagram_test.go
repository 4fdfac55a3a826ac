package datagram

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"testing"
	"time"
)

func listen(t *testing.T) (*Conn, netip.AddrPort) {
	t.Helper()
	c, err := Listen(net.IPv4(127, 0, 0, 1), 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c, c.LocalAddr().(*net.UDPAddr).AddrPort()
}

// TestConn: what is sent arrives, with where it came from, as Go's own sockets see it; without allocation.
func TestConn(t *testing.T) {
	a, atA := listen(t)
	b, atB := listen(t)
	buffer := make([]byte, 64)
	for _, text := range []string{"one", "", "a second"} {
		if err := a.Send([]byte(text), atB); err != nil {
			t.Fatal(err)
		}
		n, from, err := b.Receive(buffer)
		if err != nil || string(buffer[:n]) != text || from != atA {
			t.Errorf("%q from %v, %v; sent %q from %v", buffer[:n], from, err, text, atA)
		}
	}
	if _, err := a.WriteToUDPAddrPort([]byte("Go"), atB); err != nil { // Go's to ours
		t.Fatal(err)
	}
	if n, from, err := b.Receive(buffer); err != nil || string(buffer[:n]) != "Go" || from != atA {
		t.Errorf("%q from %v, %v", buffer[:n], from, err)
	}
	if err := b.Send([]byte("ours"), atA); err != nil { // and back
		t.Fatal(err)
	}
	if n, from, err := a.ReadFromUDPAddrPort(buffer); err != nil || string(buffer[:n]) != "ours" || from.Port() != atB.Port() {
		t.Errorf("%q from %v, %v", buffer[:n], from, err)
	}
	payload := []byte("payload")
	if n := testing.AllocsPerRun(100, func() {
		if a.Send(payload, atB) != nil {
			t.Error("not sent")
		}
		if _, _, err := b.Receive(buffer); err != nil {
			t.Error(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestEnds: a deadline and a close end the waiting, with Go's errors; too long a datagram is refused.
func TestEnds(t *testing.T) {
	c, at := listen(t)
	buffer := make([]byte, 64)
	if err := c.SetReadDeadline(time.Now().Add(time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Receive(buffer); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("after the deadline: %v", err)
	}
	if err := c.Send(make([]byte, 1<<16), at); err == nil {
		t.Error("64 KiB were sent")
	}
	var other *net.AddrError
	for _, to := range []netip.AddrPort{netip.MustParseAddrPort("[::1]:9"), {}} {
		if err := c.Send(nil, to); !errors.As(err, &other) {
			t.Errorf("sent to %v: %v", to, err)
		}
	}
	if err := c.SetReadDeadline(time.Time{}); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() {
		_, _, err := c.Receive(buffer)
		ended <- err
	}()
	c.Close()
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
	if err := c.Send(nil, at); !errors.Is(err, net.ErrClosed) {
		t.Errorf("sent after Close: %v", err)
	}
}
