package event

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unsafe"
)

// What the writer writes: packed records of t, x, y, p, little endian.
const (
	npyDescr  = "[('t', '<i8'), ('x', '<u2'), ('y', '<u2'), ('p', '|u1')]"
	npyRecord = 13
	npyFront  = 192 // of the header, a multiple of 64
)

var npyFields = [4]npyField{
	{name: "t", kind: 'i', bytes: 8},
	{name: "x", kind: 'u', bytes: 2, offset: 8},
	{name: "y", kind: 'u', bytes: 2, offset: 10},
	{name: "p", kind: 'u', bytes: 1, offset: 12},
}

func ptr(b []byte) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(b)) }

// npyHead is the header of an array, size bytes long.
func npyHead(descr, shape string, size int) []byte {
	dict := fmt.Sprintf("{'descr': %s, 'fortran_order': False, 'shape': %s, }", descr, shape)
	b := append([]byte(npyMagic), 1, 0)
	b = binary.LittleEndian.AppendUint16(b, uint16(size-10))
	b = append(b, dict...)
	return append(append(b, strings.Repeat(" ", size-1-len(b))...), '\n')
}

func createNPY(out *output, _ *options, _ Info) (encoder, error) {
	if out.file == nil {
		return nil, errors.New("an array of NumPy has the number of its events in front and cannot be written to a pipe or compressed")
	}
	e := &npyEncoder{out: out, at: out.at}
	_, err := out.Write(e.head())
	return e, err
}

type npyEncoder struct {
	out   *output
	at    int64 // of the header
	count int64
	buf   []byte
}

func (e *npyEncoder) head() []byte {
	return npyHead(npyDescr, fmt.Sprintf("(%d,)", e.count), npyFront)
}

func (e *npyEncoder) encode(events []Event) error {
	buf := e.buf[:0]
	for i := range events {
		v := &events[i]
		buf = binary.LittleEndian.AppendUint64(buf, uint64(v.T))
		buf = binary.LittleEndian.AppendUint16(buf, v.X)
		buf = binary.LittleEndian.AppendUint16(buf, v.Y)
		buf = append(buf, v.On)
	}
	e.buf = buf
	e.count += int64(len(events))
	_, err := e.out.Write(buf)
	return err
}

func (e *npyEncoder) finish() error { return e.out.patch(e.head(), e.at) }
