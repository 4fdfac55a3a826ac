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
	bufferBytes  = 66 << 10 // of a datagram; a power of two would put all beginnings into the same places of the cache
	kernelBytes  = 32 << 20 // that the kernel may hold for us: a third of a second of the fastest cameras
)

// prepare makes room before the first datagram can come.
func prepare(_, _ string, raw syscall.RawConn) error {
	return raw.Control(func(fd uintptr) {
		// Each of these is a wish: what the kernel does not grant shows in the count of losses.
		if unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, kernelBytes) != nil {
			_ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF, kernelBytes)
		}
		_ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RXQ_OVFL, 1)
	})
}

func newReceiver(conn *net.UDPConn) (*receiver, error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil, err
	}
	r := &receiver{raw: raw, bufs: make([]byte, datagrams*bufferBytes), packets: make([][]byte, 0, datagrams)}
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

// sender sends many datagrams with one system call. Those of one length that follow each other are one message, which the
// kernel cuts as late as it can, on loopback behind most of its work.
//
// Source: Linux, Documentation/networking/segmentation-offloads.rst; UDP_SEGMENT came with 4.18.
type sender struct {
	raw     syscall.RawConn
	single  bool // the kernel does not cut
	msgs    [datagrams]mmsghdr
	iovs    [datagrams]unix.Iovec
	control [datagrams][controlBytes / 8]uint64
	held    [datagrams]int // in a message
	try     func(fd uintptr) bool
	count   uintptr
	n       uintptr
	errno   syscall.Errno
}

// segments is how many datagrams the kernel makes of a message at most.
const segments = 64

func newSender(conn *net.UDPConn) (*sender, error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil, err
	}
	s := &sender{raw: raw}
	err = raw.Control(func(fd uintptr) {
		// A kernel before 4.18 does not refuse the message, it sends all of it as one datagram.
		_, unknown := unix.GetsockoptInt(int(fd), unix.SOL_UDP, unix.UDP_SEGMENT)
		s.single = unknown != nil
	})
	if err != nil {
		return nil, err
	}
	for i := range s.msgs {
		s.msgs[i].hdr.Iov = &s.iovs[i]
		s.msgs[i].hdr.SetIovlen(1)
		h := (*unix.Cmsghdr)(unsafe.Pointer(&s.control[i]))
		h.Level, h.Type = unix.SOL_UDP, unix.UDP_SEGMENT
		h.SetLen(unix.CmsgLen(2))
	}
	s.try = func(fd uintptr) bool {
		s.n, _, s.errno = syscall.Syscall6(unix.SYS_SENDMMSG, fd, uintptr(unsafe.Pointer(&s.msgs)), s.count, unix.MSG_DONTWAIT, 0, 0)
		return s.errno != syscall.EAGAIN
	}
	return s, nil
}

// send sends the datagrams of buf, which end at ends, from one on, and returns how many went out.
func (s *sender) send(buf []byte, ends []int, from int) (int, error) {
	s.count = 0
	for at := from; at < len(ends) && s.count < datagrams; s.count++ {
		start := 0
		if at > 0 {
			start = ends[at-1]
		}
		n := 1
		if !s.single {
			n = alike(ends[at:], start)
		}
		s.message(s.count, buf[start:ends[at+n-1]], n, ends[at]-start)
		at += n
	}
	if err := s.raw.Write(s.try); err != nil {
		return 0, err
	}
	switch s.errno {
	case 0:
		sent := 0
		for _, n := range s.held[:s.n] {
			sent += n
		}
		return sent, nil
	case syscall.EINTR, syscall.ENOBUFS:
		return 0, nil
	case syscall.EINVAL, syscall.EIO, syscall.EMSGSIZE, syscall.ENOPROTOOPT, syscall.EOPNOTSUPP:
		// Old kernels, devices that cannot, datagrams that are longer than the device's frames.
		if !s.single {
			s.single = true
			return 0, nil
		}
	}
	return 0, s.errno
}

// alike is how many datagrams, the first from start to the first end, the kernel can make of one message: all are as long
// as the first but the last, which may be shorter.
func alike(ends []int, start int) int {
	size, n := ends[0]-start, 1
	for n < min(len(ends), segments) && ends[n-1]-start == n*size && ends[n]-ends[n-1] <= size && ends[n]-start <= maxPacket {
		n++
	}
	return n
}

// message makes message i of the bytes of n datagrams, of size bytes each.
func (s *sender) message(i uintptr, b []byte, n, size int) {
	s.held[i] = n
	s.iovs[i].Base = &b[0]
	s.iovs[i].SetLen(len(b))
	h := &s.msgs[i].hdr
	if n == 1 {
		h.Control = nil
		h.SetControllen(0)
		return
	}
	h.Control = (*byte)(unsafe.Pointer(&s.control[i]))
	h.SetControllen(unix.CmsgSpace(2))
	*(*uint16)(unsafe.Add(unsafe.Pointer(&s.control[i]), unix.CmsgLen(0))) = uint16(size)
}

// failed is what the other machine has answered since the last send, and nobody was told.
func (s *sender) failed() error {
	errno := 0
	err := s.raw.Control(func(fd uintptr) {
		if e, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_ERROR); err == nil {
			errno = e
		}
	})
	if err != nil || errno == 0 {
		return err
	}
	return syscall.Errno(errno)
}
