package udp

import (
	"net"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// receiver takes several datagrams with one system call.
type receiver struct {
	raw  syscall.RawConn
	lost int64 // datagrams that the kernel had no room for, by its own count

	bufs    []byte
	msgs    [datagrams]mmsghdr
	iovs    [datagrams]unix.Iovec
	control [datagrams][controlBytes / 8]uint64
	packets [][]byte
	try     func(fd uintptr) bool
	n       uintptr
	errno   syscall.Errno
}

// mmsghdr is the kernel's struct mmsghdr.
type mmsghdr struct {
	hdr unix.Msghdr
	len uint32
}

const (
	controlBytes = 32       // a header and four bytes, with room
	bufferBytes  = 64 << 10 // of a datagram
	kernelBytes  = 32 << 20 // that the kernel may hold for us: a third of a second of the fastest cameras
)

func newReceiver(conn *net.UDPConn) (*receiver, error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil, err
	}
	r := &receiver{raw: raw, bufs: make([]byte, datagrams*bufferBytes), packets: make([][]byte, 0, datagrams)}
	err = raw.Control(func(fd uintptr) {
		// Each of these is a wish: what the kernel does not grant shows in the count of losses.
		if unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, kernelBytes) != nil {
			_ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF, kernelBytes)
		}
		_ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RXQ_OVFL, 1)
	})
	if err != nil {
		return nil, err
	}
	for i := range r.msgs {
		r.iovs[i].Base = &r.bufs[i*bufferBytes]
		r.iovs[i].SetLen(bufferBytes)
		h := &r.msgs[i].hdr
		h.Iov = &r.iovs[i]
		h.SetIovlen(1)
		h.Control = (*byte)(unsafe.Pointer(&r.control[i]))
	}
	r.try = func(fd uintptr) bool {
		r.n, _, r.errno = syscall.Syscall6(unix.SYS_RECVMMSG, fd, uintptr(unsafe.Pointer(&r.msgs)), datagrams, unix.MSG_DONTWAIT, 0, 0)
		return r.errno != syscall.EAGAIN
	}
	return r, nil
}

// receive waits for at least one datagram. They are valid until the next call.
func (r *receiver) receive() ([][]byte, error) {
	for i := range r.msgs {
		r.msgs[i].hdr.SetControllen(controlBytes)
	}
	for r.errno = syscall.EINTR; r.errno == syscall.EINTR; {
		if err := r.raw.Read(r.try); err != nil {
			return nil, err
		}
	}
	if r.errno != 0 {
		return nil, r.errno
	}
	r.packets = r.packets[:0]
	for i := range r.msgs[:r.n] {
		r.packets = append(r.packets, r.bufs[i*bufferBytes:][:r.msgs[i].len])
	}
	r.overflow()
	return r.packets, nil
}

// overflow reads the kernel's count of lost datagrams, which comes with each one after the first loss. It has 32 bits.
func (r *receiver) overflow() {
	i := int(r.n) - 1
	if i < 0 || int(r.msgs[i].hdr.Controllen) < unix.CmsgLen(4) {
		return
	}
	h := (*unix.Cmsghdr)(unsafe.Pointer(&r.control[i]))
	if h.Level == unix.SOL_SOCKET && h.Type == unix.SO_RXQ_OVFL {
		count := *(*uint32)(unsafe.Add(unsafe.Pointer(h), unix.CmsgLen(0)))
		r.lost += int64(count - uint32(r.lost))
	}
}

// sender sends several datagrams with one system call.
type sender struct {
	raw   syscall.RawConn
	msgs  [datagrams]mmsghdr
	iovs  [datagrams]unix.Iovec
	try   func(fd uintptr) bool
	count uintptr
	n     uintptr
	errno syscall.Errno
}

func newSender(conn *net.UDPConn) (*sender, error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil, err
	}
	s := &sender{raw: raw}
	for i := range s.msgs {
		s.msgs[i].hdr.Iov = &s.iovs[i]
		s.msgs[i].hdr.SetIovlen(1)
	}
	s.try = func(fd uintptr) bool {
		s.n, _, s.errno = syscall.Syscall6(unix.SYS_SENDMMSG, fd, uintptr(unsafe.Pointer(&s.msgs)), s.count, unix.MSG_DONTWAIT, 0, 0)
		return s.errno != syscall.EAGAIN
	}
	return s, nil
}

// send sends the datagrams of buf, which end at ends, from one on, and returns how many went out.
func (s *sender) send(buf []byte, ends []int, from int) (int, error) {
	start := 0
	if from > 0 {
		start = ends[from-1]
	}
	s.count = uintptr(len(ends) - from)
	for i, end := range ends[from:] {
		s.iovs[i].Base = &buf[start]
		s.iovs[i].SetLen(end - start)
		start = end
	}
	if err := s.raw.Write(s.try); err != nil {
		return 0, err
	}
	switch s.errno {
	case 0:
		return int(s.n), nil
	case syscall.EINTR, syscall.ENOBUFS:
		return 0, nil
	}
	return 0, s.errno
}
