package snn

import (
	"runtime"
	"sync"

	"github.com/livespike/livespike/internal/interrupt"
	"github.com/livespike/livespike/internal/pool"
)

// parallelWork is the number of multiplications from which on work is shared, some 20 microseconds of them; and, times a
// thousand, after which an interrupt is looked for.
const parallelWork = 1 << 20

// isShared says that work of that many multiplications is for several processors: less of it while they are awake.
func isShared(work int) bool {
	return runtime.GOMAXPROCS(0) > 1 && (work >= parallelWork || work >= parallelWork/8 && pool.Awake())
}

// doShared does the pieces of a task, on several processors where there is much work.
func doShared(pieces, work int, t pool.Task) {
	if isShared(work) {
		pool.Do(pieces, t)
		return
	}
	for k := range pieces {
		t.Piece(k)
	}
}

// parallel calls f for ranges that cover n rows of work multiplications each, on several processors where that pays.
// What f does for a row must not depend on the range it is in, so that the result has the same bits on every machine.
func parallel(who string, n, work int, f func(from, to int)) {
	block := max(runtime.GOMAXPROCS(0), 1000*parallelWork/max(work, 1))
	for at := 0; at < n; at += block {
		end := min(at+block, n)
		doRanges(at, end, work, f)
		stopIfInterrupted(who)
	}
}

func doRanges(at, end, work int, f func(from, to int)) {
	if !isShared((end - at) * work) {
		f(at, end)
		return
	}
	procs := runtime.GOMAXPROCS(0) // once: a real-time loop may change it meanwhile
	r := rangeTasks.Get().(*ranges)
	defer rangeTasks.Put(r)
	*r = ranges{f: f, at: at, end: end, share: (end - at + procs - 1) / procs}
	pool.Do((end-at+r.share-1)/r.share, r)
	r.f = nil
}

// ranges is a task of consecutive ranges.
type ranges struct {
	f              func(from, to int)
	at, end, share int
}

var rangeTasks = sync.Pool{New: func() any { return new(ranges) }}

func (r *ranges) Piece(k int) {
	from := r.at + k*r.share
	r.f(from, min(from+r.share, r.end))
}

func stopIfInterrupted(who string) {
	if err := interrupt.Context().Err(); err != nil {
		panic(interrupted{who, err})
	}
}
