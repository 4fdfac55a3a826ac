package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Message is one message of the protocol: a pointer to one of this package's structs.
type Message interface {
	// Tag says which message it is.
	Tag() Tag
	// String is the message on one line.
	String() string

	// words is the size of the body: words of data and pointers.
	words() (data, pointers int)
	// encode writes the body at a byte offset, where zero words have been reserved for it, and what it points to.
	encode(b *builder, at int)
	// decode overwrites the message with a body.
	decode(v view) error
}

var makers [tags]func() Message

// register tells how to make an empty message of a tag. Each message's file calls it.
func register(t Tag, make func() Message) bool {
	if makers[t] != nil {
		panic("wire: " + t.String() + " is registered twice")
	}
	makers[t] = make
	return true
}

// New is an empty message of a tag. It panics for a tag that is not in the schema.
func New(t Tag) Message {
	if t >= tags {
		panic(fmt.Sprintf("wire.New: tag %d is not in the schema, which has %d", t, tags))
	}
	return makers[t]()
}

// Tags is the number of messages in the schema; a Tag below it is valid.
func Tags() int { return int(tags) }

var errTag = errors.New("unknown message")

// A Decoder turns payloads into messages. It reuses its memory, so that a stream is decoded without allocation: a
// message is valid until the next one of the same tag. The zero value is ready.
type Decoder struct {
	reader   reader
	words    []byte
	messages [tags]Message
}

// Decode reads one packed message. An error says what is wrong with it; the decoder goes on with the next.
func (d *Decoder) Decode(payload []byte) (Message, error) {
	var err error
	if d.words, err = unpack(d.words[:0], payload); err != nil {
		return nil, err
	}
	return d.DecodeUnpacked(d.words)
}

// DecodeUnpacked reads a message that is not packed.
func (d *Decoder) DecodeUnpacked(message []byte) (Message, error) {
	root, err := d.reader.open(message)
	if err != nil {
		return nil, err
	}
	tag := Tag(root.u16(0))
	if tag >= tags {
		return nil, fmt.Errorf("%w: tag %d", errTag, uint16(tag))
	}
	body, err := root.structure(0)
	if err != nil {
		return nil, fmt.Errorf("%v: %w", tag, err)
	}
	if d.messages[tag] == nil {
		d.messages[tag] = New(tag)
	}
	m := d.messages[tag]
	if err := m.decode(body); err != nil {
		return nil, fmt.Errorf("%v: %w", tag, err)
	}
	return m, nil
}

// LayoutOf is the layout that a packed message was written in. Of a message whose body is empty it is Pycapnp: there they
// are the same.
func LayoutOf(payload []byte) (Layout, error) {
	words, err := unpack(nil, payload)
	if err != nil {
		return 0, err
	}
	if _, err := new(reader).open(words); err != nil {
		return 0, err
	}
	if root := binary.LittleEndian.Uint64(words[8:]); root != 0 && target(8, root) > 16 {
		return Firmware, nil
	}
	return Pycapnp, nil
}

// String is the decoder's name.
func (d *Decoder) String() string { return "wire.Decoder" }

// An Encoder turns messages into frames. It reuses its memory. The zero value writes the client's layout.
type Encoder struct {
	Layout  Layout
	builder builder
}

// AppendFrame appends the frame of a message. Meta is Telemetry for what a robot streams and 0 for commands and
// replies. It panics when the message does not fit a frame, which no message of the schema's own sizes does.
func (e *Encoder) AppendFrame(dst []byte, m Message, meta int) []byte {
	at := len(dst)
	dst = append(dst, magic, 0, 0)
	dst = e.AppendPayload(dst, m)
	n := len(dst) - at - 3
	if n > lengthMask {
		panic(fmt.Sprintf("wire.AppendFrame: %v has %d bytes, a frame holds %d", m.Tag(), n, lengthMask))
	}
	field := n | meta&^lengthMask
	dst[at+1], dst[at+2] = byte(field), byte(field>>8)
	return append(dst, checksum(dst[at:]))
}

// AppendPayload appends the packed message without a frame.
func (e *Encoder) AppendPayload(dst []byte, m Message) []byte {
	e.builder.message(m, e.Layout)
	return pack(dst, e.builder.buf)
}

// AppendUnpacked appends the message as Cap'n Proto words, segment table included.
func (e *Encoder) AppendUnpacked(dst []byte, m Message) []byte {
	e.builder.message(m, e.Layout)
	return append(dst, e.builder.buf...)
}

// String names the layout.
func (e *Encoder) String() string { return fmt.Sprintf("wire.Encoder(%v)", e.Layout) }
