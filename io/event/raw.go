package event

import (
	"encoding/binary"
	"unsafe"
)

// The inner loops read and write through these, without bounds checks; what they touch has been checked before the loop.
// Words in files are little endian, and so is the memory of every platform that Livespike builds for but s390x; there
// the loops would need a byte swap, so littleEndian guards them in the tests.

func load16(p unsafe.Pointer) uint16 { return *(*uint16)(p) }
func load32(p unsafe.Pointer) uint32 { return *(*uint32)(p) }
func load64(p unsafe.Pointer) uint64 { return *(*uint64)(p) }

func store64(p unsafe.Pointer, v uint64) { *(*uint64)(p) = v }

// littleEndian is how this machine keeps its words.
var littleEndian = binary.NativeEndian.Uint16([]byte{1, 0}) == 1
