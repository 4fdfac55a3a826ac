//go:build linux && (amd64 || arm64)

package datagram

import (
	"net"
	"net/netip"
	"os"
	"syscall"
	"unsafe"
)

// calls are recvfrom and sendto. What they take stands here, so that a call does not allocate.
type calls struct {
	raw      syscall.RawConn
	in, out  call
	tryIn    func(fd uintptr) bool
	tryOut   func(fd uintptr) bool
	addrSize uint32
}

type call struct {
	buffer []byte
	addr   syscall.RawSockaddrInet4
	n      uintptr
	errno  syscall.Errno
}

func (c *calls) prepare(conn *net.UDPConn) (err error) {
	c.raw, err = conn.SyscallConn()
	c.tryIn = func(fd uintptr) bool {
		c.addrSize = syscall.SizeofSockaddrInet4
		c.in.n, _, c.in.errno = syscall.RawSyscall6(syscall.SYS_RECVFROM, fd, uintptr(unsafe.Pointer(unsafe.SliceData(c.in.buffer))),
			uintptr(len(c.in.buffer)), syscall.MSG_DONTWAIT, uintptr(unsafe.Pointer(&c.in.addr)), uintptr(unsafe.Pointer(&c.addrSize)))
		return c.in.errno != syscall.EAGAIN
	}
	c.tryOut = func(fd uintptr) bool {
		_, _, c.out.errno = syscall.RawSyscall6(syscall.SYS_SENDTO, fd, uintptr(unsafe.Pointer(unsafe.SliceData(c.out.buffer))),
			uintptr(len(c.out.buffer)), syscall.MSG_DONTWAIT, uintptr(unsafe.Pointer(&c.out.addr)), syscall.SizeofSockaddrInet4)
		return c.out.errno != syscall.EAGAIN
	}
	return err
}

func (c *calls) receive(_ *net.UDPConn, b []byte) (n int, from netip.AddrPort, err error) {
	c.in.buffer = b
	for c.in.errno = syscall.EINTR; err == nil && c.in.errno == syscall.EINTR; {
		err = c.raw.Read(c.tryIn)
	}
	c.in.buffer = nil // it is the caller's
	if err != nil {
		return 0, netip.AddrPort{}, err
	}
	if c.in.errno != 0 {
		return 0, netip.AddrPort{}, os.NewSyscallError("recvfrom", c.in.errno)
	}
	return int(c.in.n), netip.AddrPortFrom(netip.AddrFrom4(c.in.addr.Addr), swap(c.in.addr.Port)), nil
}

func (c *calls) send(_ *net.UDPConn, b []byte, to netip.AddrPort) (err error) {
	ip := to.Addr().Unmap()
	if !ip.Is4() {
		return &net.AddrError{Err: "not an IPv4 address", Addr: to.String()}
	}
	c.out.buffer = b
	c.out.addr = syscall.RawSockaddrInet4{Family: syscall.AF_INET, Port: swap(to.Port()), Addr: ip.As4()}
	for c.out.errno = syscall.EINTR; err == nil && c.out.errno == syscall.EINTR; {
		err = c.raw.Write(c.tryOut)
	}
	c.out.buffer = nil
	if err != nil {
		return err
	}
	if c.out.errno != 0 {
		return os.NewSyscallError("sendto", c.out.errno)
	}
	return nil
}

// swap is a port between the network's byte order and that of these processors.
func swap(port uint16) uint16 { return port<<8 | port>>8 }
