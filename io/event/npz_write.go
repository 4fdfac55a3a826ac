package event

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/flate"
)

// createNPZ writes a zip file of one array, events.npy: packed, or stored with Compression("NONE").
//
// The array's header has the number of events, which is known last. It is therefore a block of its own that is not
// packed, in a place where it can be changed.
func createNPZ(out *output, o *options, _ Info) (encoder, error) {
	if out.file == nil {
		return nil, errors.New("an archive of NumPy has the number of its events in front and cannot be written to a pipe or compressed")
	}
	e := &npzEncoder{out: out, at: out.at, body: crc32.NewIEEE(), stored: o.codec == "NONE"}
	e.npy = npyEncoder{out: &output{w: e}}
	if _, err := out.Write(e.front()); err != nil {
		return nil, err
	}
	if e.stored {
		e.packed = out
		return e, nil
	}
	z, err := flate.NewWriter(out, flate.BestSpeed)
	e.packed, e.z = z, z
	return e, err
}

// npzEncoder writes the body of the array, and around it what a zip file wants.
type npzEncoder struct {
	npy    npyEncoder
	out    *output
	at     int64 // of the local header
	stored bool
	packed io.Writer
	z      *flate.Writer // nil for stored
	body   interface {
		io.Writer
		Sum32() uint32
	}
	bytes int64 // of the body
	size  int64 // of the packed member
	sum   uint32
}

const npzName = "events.npy"

func (e *npzEncoder) encode(events []Event) error { return e.npy.encode(events) }

// Write takes the array's body from the encoder of arrays.
func (e *npzEncoder) Write(b []byte) (int, error) {
	_, _ = e.body.Write(b) // a sum takes everything
	e.bytes += int64(len(b))
	return e.packed.Write(b)
}

// front is the local header and the array's, as far as they are known.
func (e *npzEncoder) front() []byte {
	b := e.entry([]byte(zipLocal), 45)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(npzName)))
	b = binary.LittleEndian.AppendUint16(b, 20)
	b = append(b, npzName...)
	b = binary.LittleEndian.AppendUint16(b, 1) // the extra field of large members: 16 bytes, both sizes
	b = binary.LittleEndian.AppendUint16(b, 16)
	b = binary.LittleEndian.AppendUint64(b, uint64(npyFront+e.bytes))
	b = binary.LittleEndian.AppendUint64(b, uint64(e.size))
	if !e.stored {
		b = append(b, 0) // a block that is not packed and not the last one
		b = binary.LittleEndian.AppendUint16(b, npyFront)
		b = binary.LittleEndian.AppendUint16(b, npyFront^0xffff)
	}
	return append(b, e.npy.head()...)
}

// entry is what a local header and the directory have in common: version, flags, method, date, sum and sizes.
func (e *npzEncoder) entry(b []byte, version uint16) []byte {
	method := uint16(8)
	if e.stored {
		method = 0
	}
	b = binary.LittleEndian.AppendUint16(b, version)
	b = binary.LittleEndian.AppendUint16(b, 0)
	b = binary.LittleEndian.AppendUint16(b, method)
	b = binary.LittleEndian.AppendUint32(b, 0x0021_0000) // the first of January 1980: the same bytes every time
	b = binary.LittleEndian.AppendUint32(b, e.sum)
	return binary.LittleEndian.AppendUint64(b, 1<<64-1) // in the extra field
}

func (e *npzEncoder) finish() error {
	if e.z != nil {
		if err := e.z.Close(); err != nil {
			return err
		}
	}
	const local = 30 + len(npzName) + 20
	e.size = e.out.at - e.at - int64(local)
	e.sum = crcJoin(crc32.ChecksumIEEE(e.npy.head()), e.body.Sum32(), e.bytes)
	directory := e.out.at
	b := e.entry([]byte("PK\x01\x02\x2d\x00"), 45)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(npzName)))
	b = binary.LittleEndian.AppendUint16(b, 28)
	b = append(b, make([]byte, 10)...) // no comment, first disk, no attributes
	b = binary.LittleEndian.AppendUint32(b, 1<<32-1)
	b = append(b, npzName...)
	b = binary.LittleEndian.AppendUint16(b, 1)
	b = binary.LittleEndian.AppendUint16(b, 24)
	b = binary.LittleEndian.AppendUint64(b, uint64(npyFront+e.bytes))
	b = binary.LittleEndian.AppendUint64(b, uint64(e.size))
	b = binary.LittleEndian.AppendUint64(b, uint64(e.at))
	size := len(b)
	// The large end of the directory, the place of that, and the small end.
	b = append(b, "PK\x06\x06\x2c\x00\x00\x00\x00\x00\x00\x00\x2d\x00\x2d\x00\x00\x00\x00\x00\x00\x00\x00\x00"...)
	for _, v := range []int64{1, 1, int64(size), directory} {
		b = binary.LittleEndian.AppendUint64(b, uint64(v))
	}
	b = append(b, "PK\x06\x07\x00\x00\x00\x00"...)
	b = binary.LittleEndian.AppendUint64(b, uint64(directory+int64(size)))
	b = append(b, "\x01\x00\x00\x00PK\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(size))
	b = append(b, "\xff\xff\xff\xff\x00\x00"...)
	if _, err := e.out.Write(b); err != nil {
		return err
	}
	return e.out.patch(e.front(), e.at)
}

// crcJoin is the CRC-32 of two pieces of data, from that of each and the length of the second: the first one is what it
// would be behind as many zeros, by squaring the operator of one zero bit.
func crcJoin(first, second uint32, length int64) uint32 {
	var zero [32]uint32 // the operator of one zero bit: column i is what bit i becomes
	zero[0] = crc32.IEEE
	for i := 1; i < 32; i++ {
		zero[i] = 1 << (i - 1)
	}
	for bits := uint64(length) * 8; bits > 0; bits >>= 1 {
		if bits&1 == 1 {
			first = crcApply(&zero, first)
		}
		var square [32]uint32
		for i := range square {
			square[i] = crcApply(&zero, zero[i])
		}
		zero = square
	}
	return first ^ second
}

func crcApply(operator *[32]uint32, v uint32) (sum uint32) {
	for i := range operator {
		if v>>i&1 == 1 {
			sum ^= operator[i]
		}
	}
	return sum
}
