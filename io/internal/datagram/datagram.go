// Package datagram is UDP over IPv4 for programs that are idle most of the time.
//
// Around each system call Go's scheduler makes itself ready for one that takes long, and wakes its watchdog, which costs
// more than a small datagram. Those of a socket that does not block return at once; on Linux they are made here without
// all that. Waiting is left to Go.
package datagram

import (
	"net"
	"net/netip"
)

// Conn is a socket. One goroutine at a time may receive, and one may send.
type Conn struct {
	*net.UDPConn
	calls
}

// Listen opens a socket on an address of this machine, at a port, or at one that is free for 0.
func Listen(ip net.IP, port int) (*Conn, error) {
	udp, err := net.ListenUDP("udp4", &net.UDPAddr{IP: ip, Port: port})
	if err != nil {
		return nil, err
	}
	c := &Conn{UDPConn: udp}
	if err := c.prepare(udp); err != nil {
		_ = udp.Close() // the first error is the one to tell
		return nil, err
	}
	return c, nil
}

// Receive waits for a datagram, as ReadFromUDPAddrPort does.
func (c *Conn) Receive(b []byte) (n int, from netip.AddrPort, err error) {
	return c.receive(c.UDPConn, b)
}

// Send sends a datagram, as WriteToUDPAddrPort does.
func (c *Conn) Send(b []byte, to netip.AddrPort) error { return c.send(c.UDPConn, b, to) }
