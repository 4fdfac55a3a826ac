package event

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// compressionKind is a codec's number in AEDAT 4; "" is none too, as in Info.
func compressionKind(name string) (int32, bool) {
	if name == "NONE" {
		return 0, true
	}
	k := slices.Index(compressionNames, name)
	return int32(k), k >= 0
}

// packetEncoder compresses AEDAT 4 packets, each into a frame of its own.
type packetEncoder struct {
	kind int32
	name string
	buf  []byte
	fast lz4.Compressor
	high lz4.CompressorHC
	zstd *zstd.Encoder
}

func (c *packetEncoder) init() (err error) {
	if c.name = compressionNames[c.kind]; c.name == "" {
		c.name = "NONE"
	}
	c.high.Level = lz4.Level9
	switch c.kind {
	case 3:
		c.zstd, err = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	case 4:
		c.zstd, err = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedBestCompression))
	}
	return err
}

// compress returns the packet, valid until the next call.
func (c *packetEncoder) compress(b []byte) ([]byte, error) {
	switch c.kind {
	case 0:
		return b, nil
	case 1, 2:
		return c.lz4(b)
	}
	c.buf = c.zstd.EncodeAll(b, c.buf[:0])
	return c.buf, nil
}

// lz4 makes a frame of independent blocks of up to 4 MiB.
//
// Source: lz4_Frame_format.md of lz4/lz4, version 1.6.
func (c *packetEncoder) lz4(b []byte) ([]byte, error) {
	const flags, sizes, blockMax = 0x60, 0x70, 4 << 20 // version 1, independent; blocks of 4 MiB
	out := binary.LittleEndian.AppendUint32(c.buf[:0], lz4Magic)
	out = append(out, flags, sizes, byte(xxh32([]byte{flags, sizes})>>8))
	for len(b) > 0 {
		block := b[:min(len(b), blockMax)]
		b = b[len(block):]
		at := len(out)
		out = slices.Grow(out, 4+lz4.CompressBlockBound(len(block)))
		room := out[at+4 : at+4+lz4.CompressBlockBound(len(block))]
		var n int
		var err error
		if c.kind == 1 {
			n, err = c.fast.CompressBlock(block, room)
		} else {
			n, err = c.high.CompressBlock(block, room)
		}
		if err != nil {
			return nil, fmt.Errorf("LZ4: %w", err)
		}
		out = out[:at+4]
		if n == 0 || n >= len(block) { // does not shrink
			binary.LittleEndian.PutUint32(out[at:], uint32(len(block))|1<<31)
			out = append(out, block...)
			continue
		}
		binary.LittleEndian.PutUint32(out[at:], uint32(n))
		out = out[:at+4+n]
	}
	c.buf = append(out, 0, 0, 0, 0)
	return c.buf, nil
}
