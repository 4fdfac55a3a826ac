package durin

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"
)

// A robot calls itself durin<id>.local. Go's own resolver, which static programs use, does not know such names, so they
// are asked for here: one question to everybody on the local network (RFC 6762, section 5.1).

// mdnsGroup is where multicast DNS listens.
var mdnsGroup = &net.UDPAddr{IP: net.IPv4(224, 0, 0, 251), Port: 5353}

const mdnsRepeat = 300 * time.Millisecond // questions may be lost

// dialTCP connects to host:port. A name that ends in .local is asked for on the local network and of the system at the
// same time; who answers first is believed.
func dialTCP(ctx context.Context, target string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(target)
	if err != nil {
		return nil, err
	}
	var d net.Dialer
	if !isLocal(host) {
		return d.DialContext(ctx, "tcp4", target)
	}
	at, err := findLocal(ctx, host)
	if err != nil {
		return nil, err
	}
	return d.DialContext(ctx, "tcp4", net.JoinHostPort(at.String(), port))
}

func isLocal(host string) bool {
	return strings.HasSuffix(strings.TrimSuffix(strings.ToLower(host), "."), ".local")
}

// findLocal is the address of a name that ends in .local.
func findLocal(ctx context.Context, host string) (netip.Addr, error) {
	type found struct {
		at  netip.Addr
		err error
	}
	looking, cancel := context.WithCancel(ctx)
	defer cancel()
	answers := make(chan found, 2)
	go func() {
		at, err := askLocal(looking, mdnsGroup, host)
		answers <- found{at, err}
	}()
	go func() {
		at, err := findBySystem(looking, host)
		answers <- found{at, err}
	}()
	var err error
	for range 2 {
		a := <-answers
		if a.err == nil {
			return a.at, nil
		}
		err = a.err
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return netip.Addr{}, ctx.Err()
	}
	var dns *net.DNSError
	if !errors.As(err, &dns) {
		err = &net.DNSError{Err: "nobody on the local network answers to it", Name: host, IsNotFound: true}
	}
	return netip.Addr{}, err
}

// findBySystem is the IPv4 address that the system's resolver has for a name.
func findBySystem(ctx context.Context, host string) (netip.Addr, error) {
	list, err := net.DefaultResolver.LookupNetIP(ctx, "ip4", host)
	if err == nil && len(list) == 0 {
		err = &net.DNSError{Err: "no address", Name: host, IsNotFound: true}
	}
	if err != nil {
		return netip.Addr{}, err
	}
	return list[0].Unmap(), nil
}

// askLocal asks a multicast group for the IPv4 address of a name until somebody answers or the context ends.
func askLocal(ctx context.Context, group *net.UDPAddr, host string) (netip.Addr, error) {
	question, err := mdnsQuestion(host)
	if err != nil {
		return netip.Addr{}, err
	}
	sockets := localSockets()
	if len(sockets) == 0 {
		return netip.Addr{}, errors.New("no network")
	}
	answers := make(chan netip.Addr, len(sockets))
	for _, s := range sockets {
		go func() {
			buffer := make([]byte, 1500)
			for {
				n, err := s.Read(buffer)
				if err != nil {
					return // closed
				}
				if at, ok := mdnsAnswer(buffer[:n], host); ok {
					answers <- at
					return
				}
			}
		}()
		defer s.Close()
	}
	repeat := time.NewTicker(mdnsRepeat)
	defer repeat.Stop()
	for {
		for _, s := range sockets {
			// An interface that cannot send has no robot behind it either; the others are asked all the same.
			_, _ = s.WriteToUDP(question, group)
		}
		select {
		case at := <-answers:
			return at, nil
		case <-ctx.Done():
			return netip.Addr{}, ctx.Err()
		case <-repeat.C:
		}
	}
}

// localSockets opens a socket on each IPv4 address of this machine: bound to one, it asks on that interface.
func localSockets() (sockets []*net.UDPConn) {
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	for _, a := range addresses {
		prefix, ok := a.(*net.IPNet)
		if !ok || prefix.IP.To4() == nil {
			continue
		}
		if s, err := net.ListenUDP("udp4", &net.UDPAddr{IP: prefix.IP}); err == nil {
			sockets = append(sockets, s)
		}
	}
	return sockets
}

const (
	typeA      = 1
	classIN    = 1
	unicast    = 0x8000 // of a question's class: answer me alone
	headerSize = 12
)

// mdnsQuestion asks for the IPv4 address of a name.
func mdnsQuestion(host string) ([]byte, error) {
	q := make([]byte, headerSize)
	q[5] = 1 // one question
	for _, label := range strings.Split(strings.TrimSuffix(host, "."), ".") {
		if len(label) == 0 || len(label) > 63 {
			return nil, fmt.Errorf("%q is not a host name", host)
		}
		q = append(append(q, byte(len(label))), label...)
	}
	q = append(q, 0)
	q = binary.BigEndian.AppendUint16(q, typeA)
	return binary.BigEndian.AppendUint16(q, classIN|unicast), nil
}

// mdnsAnswer finds the IPv4 address of a name in a reply.
func mdnsAnswer(b []byte, host string) (netip.Addr, bool) {
	host = strings.TrimSuffix(host, ".")
	if len(b) < headerSize || b[2]&0x80 == 0 {
		return netip.Addr{}, false // a question
	}
	count := func(at int) int { return int(binary.BigEndian.Uint16(b[at:])) }
	questions, records := count(4), count(6)+count(8)+count(10)
	at := headerSize
	for range questions {
		_, next, ok := dnsName(b, at)
		if !ok || next+4 > len(b) {
			return netip.Addr{}, false
		}
		at = next + 4
	}
	for range records {
		name, next, ok := dnsName(b, at)
		if !ok || next+10 > len(b) {
			return netip.Addr{}, false
		}
		kind, class, size := count(next), count(next+2)&^unicast, count(next+8)
		data := next + 10
		if at = data + size; at > len(b) {
			return netip.Addr{}, false
		}
		if kind == typeA && class == classIN && size == 4 && strings.EqualFold(name, host) {
			return netip.AddrFrom4([4]byte(b[data:at])), true
		}
	}
	return netip.Addr{}, false
}

// dnsName reads a name at an offset, whose end may be elsewhere, and where what follows it begins.
func dnsName(b []byte, at int) (name string, next int, ok bool) {
	next = -1
	for jumps := 0; at < len(b); {
		n := int(b[at])
		switch {
		case n == 0:
			if next < 0 {
				next = at + 1
			}
			return strings.TrimSuffix(name, "."), next, true
		case n >= 0xc0:
			if at+2 > len(b) || jumps == 8 {
				return "", 0, false
			}
			if next < 0 {
				next = at + 2
			}
			at = (n&0x3f)<<8 | int(b[at+1])
			jumps++
		case n > 63 || at+1+n > len(b) || len(name) > 255:
			return "", 0, false
		default:
			name += string(b[at+1:at+1+n]) + "."
			at += 1 + n
		}
	}
	return "", 0, false
}
