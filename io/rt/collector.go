package rt

import (
	"math"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// growth is how much the program may allocate before the collector runs beside a loop.
const growth = 1 << 30

var collector struct {
	sync.Mutex
	holders int
	percent int
	limit   int64
}

// holdCollector makes the garbage collector wait until the program has grown, and returns what undoes that. Loops that
// run at the same time share it.
func holdCollector() (release func()) {
	collector.Lock()
	defer collector.Unlock()
	if collector.holders == 0 {
		collector.limit = debug.SetMemoryLimit(-1)
		debug.SetMemoryLimit(min(collector.limit, saturate(mapped(), growth)))
		collector.percent = debug.SetGCPercent(-1)
	}
	collector.holders++
	return func() {
		collector.Lock()
		defer collector.Unlock()
		if collector.holders--; collector.holders == 0 {
			debug.SetGCPercent(collector.percent)
			debug.SetMemoryLimit(collector.limit)
		}
	}
}

func saturate(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// mapped is the memory that the limit is compared with.
func mapped() int64 {
	samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(samples)
	return int64(samples[0].Value.Uint64() - samples[1].Value.Uint64())
}
