//go:build !linux || (!amd64 && !arm64)

package datagram

import (
	"net"
	"net/netip"
)

// calls are Go's.
type calls struct{}

func (*calls) prepare(*net.UDPConn) error { return nil }

func (*calls) receive(conn *net.UDPConn, b []byte) (int, netip.AddrPort, error) {
	return conn.ReadFromUDPAddrPort(b)
}

func (*calls) send(conn *net.UDPConn, b []byte, to netip.AddrPort) error {
	_, err := conn.WriteToUDPAddrPort(b, to)
	return err
}
