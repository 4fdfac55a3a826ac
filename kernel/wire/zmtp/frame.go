package zmtp

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// The bits of a frame's first byte.
const (
	flagMore    = 1 << 0
	flagLong    = 1 << 1
	flagCommand = 1 << 2
)

var errProtocol = errors.New("zmtp: protocol violation")

// frame is one frame as it stood on the wire.
type frame struct {
	body    []byte
	more    bool
	command bool
}

// readFrame reads one frame of at most limit bytes. The stated length is not trusted: memory grows as bytes arrive.
func readFrame(r *bufio.Reader, limit int) (frame, error) {
	flags, err := r.ReadByte()
	if err != nil {
		return frame{}, err
	}
	f := frame{more: flags&flagMore != 0, command: flags&flagCommand != 0}
	if flags&^(flagMore|flagLong|flagCommand) != 0 || f.more && f.command {
		return frame{}, fmt.Errorf("%w: frame flags 0x%02x", errProtocol, flags)
	}
	size, err := readSize(r, flags&flagLong != 0)
	if err != nil {
		return frame{}, err
	}
	if size > uint64(limit) {
		return frame{}, fmt.Errorf("%w: frame of %d bytes, limit %d", errProtocol, size, limit)
	}
	f.body, err = readBody(r, int(size))
	return f, err
}

func readSize(r *bufio.Reader, long bool) (uint64, error) {
	if !long {
		b, err := r.ReadByte()
		return uint64(b), unexpected(err)
	}
	var b [8]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return 0, unexpected(err)
	}
	return binary.BigEndian.Uint64(b[:]), nil
}

func readBody(r *bufio.Reader, size int) ([]byte, error) {
	body := make([]byte, 0, min(size, growth))
	for len(body) < size {
		step := min(size-len(body), growth)
		at := len(body)
		body = append(body, make([]byte, step)...)
		if _, err := io.ReadFull(r, body[at:]); err != nil {
			return nil, unexpected(err)
		}
	}
	return body, nil
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// appendHeader appends the flags and length that stand before a frame's body.
func appendHeader(b []byte, size int, more, command bool) []byte {
	var flags byte
	if more {
		flags |= flagMore
	}
	if command {
		flags |= flagCommand
	}
	if size < 256 {
		return append(b, flags, byte(size))
	}
	return binary.BigEndian.AppendUint64(append(b, flags|flagLong), uint64(size))
}

// encode lays a message out as buffers for one write. Bodies of 4 KiB and more are referenced, not copied.
func encode(frames [][]byte) ([][]byte, int) {
	var out [][]byte
	var small []byte
	size := 0
	for i, body := range frames {
		before := len(small)
		small = appendHeader(small, len(body), i < len(frames)-1, false)
		size += len(small) - before + len(body)
		if len(body) < 4<<10 {
			small = append(small, body...)
			continue
		}
		out = append(out, small, body)
		small = nil
	}
	if len(small) > 0 {
		out = append(out, small)
	}
	return out, size
}
