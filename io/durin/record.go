package durin

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/livespike/livespike/io/durin/sim"
)

// A recording is a file of everything that went to and from a robot, as it was on the wire. It begins with a line of
// JSON, the recordHead. Then come records: a byte for the kind, the time since Dial as 8 bytes of ns and the length as 4,
// all little endian, and the bytes.
const (
	recTelemetry = 't' // a datagram from the robot
	recFrame     = 'f' // here a time-of-flight frame was complete; no bytes
	recSent      = 'c' // a frame to the robot
	recReply     = 'r' // the payload of a frame from the robot
	recEnd       = 'e' // the recording was closed; no bytes

	recHead = 1 + 8 + 4
	recMax  = 1 << 16 // bytes of a record
)

// recordFormat is the value of recordHead.Durin.
const recordFormat = "livespike recording 1"

type recordHead struct {
	Durin   string    `json:"durin"`
	Address string    `json:"address"`
	Order   sim.Order `json:"order"`
	Began   time.Time `json:"began"`
	Steps   bool      `json:"steps"` // time passed in Next, all of it between two frames
}

// Record writes everything that goes to and from the robot to a file, which Dial replays: "replay:NAME". While the robot
// is open the file is called NAME.part. The disk does not hold the robot up: a goroutine writes what has gathered.
func Record(name string) Option {
	return Option{"Record", func(s *settings) { s.record = name }}
}

// recorder gathers records and writes them. It is the robot's: add is called with the robot's lock held. A nil recorder
// records nothing.
type recorder struct {
	name   string
	file   *os.File
	buffer []byte
	err    error // the first
}

func newRecorder(name string, head recordHead) (*recorder, error) {
	file, err := os.Create(name + ".part")
	if err != nil {
		return nil, err
	}
	line, err := json.Marshal(head)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &recorder{name: name, file: file, buffer: append(line, '\n')}, nil
}

func (c *recorder) add(kind byte, at time.Duration, b []byte) {
	if c == nil {
		return
	}
	c.buffer = append(c.buffer, kind)
	c.buffer = binary.LittleEndian.AppendUint64(c.buffer, uint64(at))
	c.buffer = binary.LittleEndian.AppendUint32(c.buffer, uint32(len(b)))
	c.buffer = append(c.buffer, b...)
}

// take is what has gathered; the recorder goes on with empty memory, the one that was written before.
func (c *recorder) take(spare []byte) []byte {
	b := c.buffer
	c.buffer = spare[:0]
	return b
}

func (c *recorder) write(b []byte) {
	if c.err == nil {
		_, c.err = c.file.Write(b)
	}
}

const writeEvery = 20 * time.Millisecond // of what is recorded

// writeRecords writes what is recorded until the robot is closed.
func (r *Robot) writeRecords() {
	defer r.done.Done()
	c := r.recorder
	ticker := time.NewTicker(writeEvery)
	defer ticker.Stop()
	var spare []byte
	for open := true; open; {
		select {
		case <-ticker.C:
		case <-r.stop:
			open = false
		}
		r.mu.Lock()
		b := c.take(spare)
		r.mu.Unlock()
		c.write(b)
		spare = b
	}
}

// finish ends a recording, when nothing can come any more.
func (c *recorder) finish(at time.Duration) error {
	if c == nil {
		return nil
	}
	c.add(recEnd, at, nil)
	c.write(c.buffer)
	err := errors.Join(c.err, c.file.Close())
	if err == nil {
		err = os.Rename(c.file.Name(), c.name)
	}
	return err
}

// abandon ends a recording that has not begun.
func (c *recorder) abandon() error {
	if c == nil {
		return nil
	}
	return errors.Join(c.file.Close(), os.Remove(c.file.Name()))
}

// errEnded is why a replayed robot has no further frame.
var errEnded = errors.New("the recording is over")

// IsEnded reports whether a recording is over.
func IsEnded(err error) bool { return errors.Is(err, errEnded) }

// record is one record of a recording.
type record struct {
	kind  byte
	at    time.Duration
	bytes []byte
}

// recording is an opened file.
type recording struct {
	name string
	head recordHead
	data []byte
	pos  int // of the next record
}

func openRecording(name string) (*recording, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	p := &recording{name: name, data: data}
	for p.pos < len(data) && data[p.pos] != '\n' {
		p.pos++
	}
	if err := json.Unmarshal(data[:p.pos], &p.head); err != nil || p.head.Durin != recordFormat || p.pos == len(data) {
		return nil, fmt.Errorf("%s: offset 0: not a recording of a Durin by this program", name)
	}
	p.pos++
	return p, nil
}

// next is the next record; io.EOF at the end, also of a recording that was never closed.
func (p *recording) next() (record, error) {
	rest := p.data[p.pos:]
	switch {
	case len(rest) == 0:
		return record{}, io.EOF
	case len(rest) < recHead:
		return record{}, fmt.Errorf("%s: offset %d: the recording breaks off inside a record", p.name, p.pos)
	}
	rec := record{kind: rest[0], at: time.Duration(binary.LittleEndian.Uint64(rest[1:]))}
	n := int64(binary.LittleEndian.Uint32(rest[9:]))
	switch {
	case rec.kind == recEnd:
		return record{}, io.EOF
	case rec.at < 0:
		return record{}, fmt.Errorf("%s: offset %d: a time of %d ns", p.name, p.pos, rec.at)
	case n > recMax:
		return record{}, fmt.Errorf("%s: offset %d: a record of %d bytes, at most %d are possible", p.name, p.pos, n, recMax)
	case int64(len(rest))-recHead < n:
		return record{}, fmt.Errorf("%s: offset %d: the recording breaks off inside a record", p.name, p.pos)
	}
	rec.bytes = rest[recHead : recHead+n]
	p.pos += recHead + int(n)
	return rec, nil
}
