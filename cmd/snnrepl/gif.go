package main

import (
	"bufio"
	"compress/lzw"
	"encoding/binary"
	"errors"
	"image"
	"io"
)

// gifWriter writes a GIF image by image, so that a film of any length needs the memory of one; image/gif wants all of
// them at once.
//
// Source: CompuServe, "Graphics Interchange Format, version 89a", 1990; the extension NETSCAPE2.0 makes it repeat.
type gifWriter struct {
	w     *bufio.Writer
	delay int // of an image, in hundredths of a second
	begun bool
	block [256]byte // the length and what a block of data holds
	n     int
}

// add writes an image of 256 colours; all have the size and the colours of the first.
func (g *gifWriter) add(img *image.Paletted) error {
	size := img.Bounds().Size()
	if size.X >= 1<<16 || size.Y >= 1<<16 {
		return errors.New("a GIF has at most 65535 pixels on a side")
	}
	var b []byte
	if !g.begun {
		g.begun = true
		b = append(b, "GIF89a"...)
		b = binary.LittleEndian.AppendUint16(b, uint16(size.X))
		b = binary.LittleEndian.AppendUint16(b, uint16(size.Y))
		b = append(b, 0xf7, 0, 0) // 256 colours of 8 bits for all images
		for _, c := range img.Palette {
			red, green, blue, _ := c.RGBA()
			b = append(b, byte(red>>8), byte(green>>8), byte(blue>>8))
		}
		b = append(b, "\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"...)
	}
	b = append(b, 0x21, 0xf9, 4, 4) // an image that stays
	b = binary.LittleEndian.AppendUint16(b, uint16(g.delay))
	b = append(b, 0, 0, 0x2c, 0, 0, 0, 0)
	b = binary.LittleEndian.AppendUint16(b, uint16(size.X))
	b = binary.LittleEndian.AppendUint16(b, uint16(size.Y))
	b = append(b, 0, 8) // its colours are those of all; codes begin with 8 bits
	_, err := g.w.Write(b)
	z := lzw.NewWriter(blocks{g}, lzw.LSB, 8)
	_, errPix := z.Write(img.Pix)
	err = errors.Join(err, errPix, z.Close(), g.flush())
	return errors.Join(err, g.w.WriteByte(0))
}

// finish ends the film.
func (g *gifWriter) finish() error { return errors.Join(g.w.WriteByte(0x3b), g.w.Flush()) }

// flush ends a block of data.
func (g *gifWriter) flush() error {
	if g.n == 0 {
		return nil
	}
	g.block[0] = byte(g.n)
	_, err := g.w.Write(g.block[:1+g.n])
	g.n = 0
	return err
}

// blocks cuts data into blocks of 255 bytes.
type blocks struct{ g *gifWriter }

var _ io.ByteWriter = blocks{}

func (b blocks) WriteByte(c byte) error {
	b.g.n++
	b.g.block[b.g.n] = c
	if b.g.n == 255 {
		return b.g.flush()
	}
	return nil
}

func (b blocks) Write(p []byte) (int, error) {
	for i, c := range p {
		if err := b.WriteByte(c); err != nil {
			return i, err
		}
	}
	return len(p), nil
}

// Flush is what package lzw asks of a writer that it need not buffer.
func (b blocks) Flush() error { return nil }
