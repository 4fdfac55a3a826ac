package interp

import (
	"bytes"
	"fmt"
	"math/bits"
	"runtime"
	"runtime/metrics"
	"strings"
)

// hostRoom returns n, or panics where n elements of that many bytes cannot be had: the runtime would end the process, and the
// watchdog looks at what is held already.
func (in *Interp) hostRoom(n, size int) int {
	if n < plentyOf {
		return n
	}
	const addressSpace = 1 << 47
	high, need := bits.Mul64(uint64(n), uint64(size))
	if high != 0 || need > addressSpace {
		panic(runtimeError("makeslice: len out of range"))
	}
	limit := in.room()
	if need > limit {
		panic(fmt.Errorf("%w: %s at once, and the session may hold %s", errMemory, gib(need), gib(limit)))
	}
	if heap() > limit-need {
		if runtime.GC(); heap() > limit-need {
			panic(in.full())
		}
	}
	return n
}

// room is how many bytes the session may hold; without a limit, what no machine of today has.
func (in *Interp) room() uint64 {
	if in.opts.MemoryLimit == 0 {
		return 1 << 40
	}
	return in.opts.MemoryLimit
}

// full is the error of a session that holds what it may.
func (in *Interp) full() error {
	return fmt.Errorf("%w: the session holds more than %s", errMemory, gib(in.room()))
}

// heap is how many bytes of objects the process holds.
func heap() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

func gib(bytes uint64) string { return fmt.Sprintf("%.1f GiB", float64(bytes)/(1<<30)) }

func (in *Interp) hostRepeat(s string, count int) string {
	if len(s) > 0 {
		in.hostRoom(count, len(s))
	}
	return strings.Repeat(s, count)
}

func (in *Interp) hostRepeatBytes(b []byte, count int) []byte {
	if len(b) > 0 {
		in.hostRoom(count, len(b))
	}
	return bytes.Repeat(b, count)
}
