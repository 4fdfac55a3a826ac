package event

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unsafe"

	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

const (
	lz4Magic      = 0x184D2204
	lz4LegacyMask = 0x184D2A50 // and the 15 numbers after it: frames to skip
	zstdMagic     = 0xFD2FB528

	// packetMax bounds a decompressed packet: 4 million events. Recorders write one each 10 ms.
	packetMax = 64 << 20
)

// packetCodec decompresses AEDAT 4 packets into one buffer that it uses again.
type packetCodec struct {
	name  string
	owned bool // what decompress returns is its own memory
	kind  int32
	buf   []byte // of 8-byte aligned memory
	zstd  *zstd.Decoder
}

// compressionNames is the recorder's enumeration.
var compressionNames = []string{"", "LZ4", "LZ4_HIGH", "ZSTD", "ZSTD_HIGH"}

func (c *packetCodec) init(kind int32) error {
	if kind < 0 || int(kind) >= len(compressionNames) {
		return fmt.Errorf("compression %d is unknown; 0 to %d are", kind, len(compressionNames)-1)
	}
	c.kind, c.name, c.owned = kind, compressionNames[kind], kind > 0
	if kind >= 3 {
		var err error
		c.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(packetMax))
		return err
	}
	return nil
}

// decompress returns the packet's flatbuffer, valid until the next call.
func (c *packetCodec) decompress(b []byte) ([]byte, error) {
	switch c.kind {
	case 0:
		return b, nil
	case 1, 2:
		return c.lz4(b)
	}
	out, err := c.zstd.DecodeAll(b, c.buf[:0])
	c.buf = out[:cap(out)]
	return out, err
}

// aligned is a byte slice that starts where an Event may start.
func aligned(n int) []byte {
	words := make([]uint64, (n+7)/8)
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), 8*len(words))
}

// room makes the buffer hold n bytes and keeps the first have.
func (c *packetCodec) room(have, n int) error {
	if n > packetMax {
		return fmt.Errorf("a decompressed packet of more than %d bytes is refused", packetMax)
	}
	if n > len(c.buf) {
		grown := aligned(max(n, min(2*len(c.buf), packetMax)))
		copy(grown, c.buf[:have])
		c.buf = grown
	}
	return nil
}

var errLZ4 = errors.New("the LZ4 frame breaks off")

// lz4 walks the frames of a packet. It is faster than a streaming reader because every block, linked to the ones before
// or not, goes straight to its place.
//
// Source: lz4_Frame_format.md of lz4/lz4, version 1.6.
func (c *packetCodec) lz4(b []byte) ([]byte, error) {
	done := 0
	for len(b) > 0 {
		if len(b) < 7 {
			return nil, errLZ4
		}
		magic := binary.LittleEndian.Uint32(b)
		if magic&^0xf == lz4LegacyMask {
			size := int64(binary.LittleEndian.Uint32(b[4:]))
			if int64(len(b)) < 8+size {
				return nil, errLZ4
			}
			b = b[8+size:]
			continue
		}
		if magic != lz4Magic {
			return nil, fmt.Errorf("not an LZ4 frame: it starts with %s", excerpt(b))
		}
		var err error
		if done, b, err = c.lz4Frame(done, b[4:]); err != nil {
			return nil, err
		}
	}
	return c.buf[:done], nil
}

// lz4Frame decodes one frame behind the bytes done, and returns what follows it.
func (c *packetCodec) lz4Frame(done int, b []byte) (int, []byte, error) {
	flags := b[0]
	if flags>>6 != 1 {
		return 0, nil, fmt.Errorf("LZ4 frame version %d is unknown", flags>>6)
	}
	blockMax := 0
	if k := b[1] >> 4 & 7; k >= 4 {
		blockMax = 1 << (2*k + 8)
	} else {
		return 0, nil, fmt.Errorf("LZ4 block size %d is unknown", k)
	}
	linked, blockSum, contentSum := flags&0x20 == 0, flags&0x10 != 0, flags&4 != 0
	header := 3
	if flags&8 != 0 {
		header += 8 // the content's size; a wrong one must not matter
	}
	if flags&1 != 0 {
		return 0, nil, errors.New("an LZ4 frame with a dictionary is not supported")
	}
	if len(b) < header {
		return 0, nil, errLZ4
	}
	if got, want := b[header-1], byte(xxh32(b[:header-1])>>8); got != want {
		return 0, nil, fmt.Errorf("LZ4 header checksum %#02x, want %#02x", got, want)
	}
	start := done
	b = b[header:]
	for {
		if len(b) < 4 {
			return 0, nil, errLZ4
		}
		size := binary.LittleEndian.Uint32(b)
		b = b[4:]
		if size == 0 {
			break
		}
		plain := size&(1<<31) != 0
		size &^= 1 << 31
		if int64(size) > int64(blockMax) || int(size) > len(b) {
			return 0, nil, fmt.Errorf("an LZ4 block of %d bytes, %d are left", size, len(b))
		}
		n, err := c.lz4Block(start, done, b[:size], plain, linked, blockMax)
		if err != nil {
			return 0, nil, err
		}
		b = b[size:]
		if blockSum {
			if len(b) < 4 {
				return 0, nil, errLZ4
			}
			b = b[4:]
		}
		done += n
	}
	if contentSum {
		if len(b) < 4 {
			return 0, nil, errLZ4
		}
		if got, want := binary.LittleEndian.Uint32(b), xxh32(c.buf[start:done]); got != want {
			return 0, nil, fmt.Errorf("LZ4 content checksum %#08x, want %#08x", got, want)
		}
		b = b[4:]
	}
	return done, b, nil
}

// lz4Block decodes one block behind the bytes done, and returns its size.
func (c *packetCodec) lz4Block(start, done int, b []byte, plain, linked bool, blockMax int) (int, error) {
	if plain {
		if err := c.room(done, done+len(b)); err != nil {
			return 0, err
		}
		return copy(c.buf[done:], b), nil
	}
	// LZ4 cannot grow more than 255 times, so a small block in a frame of large ones needs no large buffer.
	if err := c.room(done, done+min(blockMax, 255*len(b))); err != nil {
		return 0, err
	}
	var dict []byte
	if linked {
		dict = c.buf[max(start, done-1<<16):done]
	}
	n, err := lz4.UncompressBlockWithDict(b, c.buf[done:min(done+blockMax, len(c.buf))], dict)
	if err != nil {
		return 0, fmt.Errorf("bad LZ4 block: %w", err)
	}
	return n, nil
}
