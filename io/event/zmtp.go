package event

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
)

// A subscriber of ZMTP 3.0, without security.
//
// Source: ZeroMQ RFC 23/ZMTP.

const (
	zmtpGreeting = "\xff\x00\x00\x00\x00\x00\x00\x00\x01\x7f\x03\x00NULL"
	zmtpSize     = 64 // of a greeting
	zmtpReady    = "\x04\x19\x05READY\x0bSocket-Type\x00\x00\x00\x03SUB"
	zmtpAll      = "\x00\x01\x01" // a message that subscribes to what begins with nothing

	// zmtpMax bounds a frame: 8 million events.
	zmtpMax = 64 << 20
)

// Bits of a frame's first byte.
const (
	zmtpMore    = 1
	zmtpLong    = 2
	zmtpCommand = 4
)

type zmtpFrame struct {
	body    []byte // valid until the next one
	more    bool   // another frame of the message follows
	command bool
}

// zmtpSubscribe greets and subscribes to everything.
func zmtpSubscribe(conn net.Conn, in *input) error {
	greeting := make([]byte, zmtpSize)
	copy(greeting, zmtpGreeting)
	if _, err := conn.Write(greeting); err != nil {
		return err
	}
	theirs := in.peek(zmtpSize)
	switch {
	case len(theirs) < zmtpSize:
		return fmt.Errorf("the server did not greet as ZeroMQ does: %w", in.end)
	case theirs[0] != 0xff || theirs[9]&1 == 0 || theirs[10] < 3:
		return fmt.Errorf("the server does not speak ZMTP 3: it starts with %s", excerpt(theirs))
	case string(theirs[12:17]) != "NULL\x00":
		return fmt.Errorf("the server wants the security %q, NULL is supported", theirs[12:16])
	}
	in.use(zmtpSize)
	if _, err := conn.Write([]byte(zmtpReady)); err != nil {
		return err
	}
	ready, err := zmtpRead(in)
	if err != nil {
		return err
	}
	if !ready.command || len(ready.body) < 6 || string(ready.body[:6]) != "\x05READY" {
		return fmt.Errorf("the server refuses: %q", ready.body[:min(len(ready.body), 80)])
	}
	_, err = conn.Write([]byte(zmtpAll))
	return err
}

// zmtpNext is the next frame of a message; commands, which are for the connection, are passed over.
func zmtpNext(in *input) (zmtpFrame, error) {
	for {
		f, err := zmtpRead(in)
		if err != nil || !f.command {
			return f, err
		}
	}
}

func zmtpRead(in *input) (f zmtpFrame, err error) {
	head := in.peek(2)
	if len(head) == 0 && in.failed() == nil {
		return f, io.EOF
	}
	if len(head) < 2 {
		return f, zmtpCut(in)
	}
	flags, size, front := head[0], uint64(head[1]), 2
	if flags&^(zmtpMore|zmtpLong|zmtpCommand) != 0 {
		return f, in.bad("a frame of ZeroMQ with the flags %#02x", flags)
	}
	if flags&zmtpLong != 0 {
		front = 9
		if head = in.peek(front); len(head) < front {
			return f, zmtpCut(in)
		}
		size = binary.BigEndian.Uint64(head[1:])
	}
	if size > zmtpMax {
		return f, in.bad("a frame of %d bytes is refused, %d are allowed", size, zmtpMax)
	}
	all := in.peek(front + int(size))
	if len(all) < front+int(size) {
		return f, zmtpCut(in)
	}
	in.use(len(all))
	return zmtpFrame{all[front:], flags&zmtpMore != 0, flags&zmtpCommand != 0}, nil
}

// zmtpCut is the error when the connection ends inside a frame.
func zmtpCut(in *input) error {
	e := truncatedAt(len(in.window()), "the connection breaks off inside a frame")
	if err := in.failed(); err != nil {
		e.Err = errors.Join(ErrTruncated, err)
	}
	return in.located(e)
}
