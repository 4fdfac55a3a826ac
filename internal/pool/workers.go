package pool

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Task is work that was cut into pieces. What a piece does must not depend on who does it, and no two pieces may write
// to the same memory: then the result has the same bits for any number of processors.
type Task interface{ Piece(k int) }

// Do does the pieces of a task, on several processors if there are, and returns when all are done. It allocates nothing
// in steady state. A panic of a piece ends the task and is the caller's. Pieces may call Do.
func Do(pieces int, t Task) {
	procs := runtime.GOMAXPROCS(0)
	help := min(procs, pieces) - 1
	if help < 1 {
		for k := range pieces {
			t.Piece(k)
		}
		return
	}
	b := batches.Get().(*batch)
	b.task, b.pieces = t, int64(pieces)
	b.next.Store(0)
	b.failed.Store(nil)
	b.ask(staff(procs-1), help)
	b.work()
	b.wait()
	failed := b.failed.Load()
	b.task = nil
	batches.Put(b)
	if failed != nil {
		panic(*failed)
	}
}

// patience is how long a worker looks for the next task, and a caller for the end of a piece, before it goes to sleep. To
// wake a sleeping processor takes some 10 microseconds, and a model's call is many tasks of that size, one soon after the
// other.
const patience = 50 * time.Microsecond

// Awake reports whether a worker looks for work, so that it begins within a microsecond.
func Awake() bool {
	if all := workers.Load(); all != nil {
		for _, w := range *all {
			if w.now.Load() == lingering {
				return true
			}
		}
	}
	return false
}

// soon reports whether f became true before patience ended. Every few microseconds it lets others have the processor: they
// would wait for 10 milliseconds else, since what spins from task to task never sleeps.
func soon(f func() bool) bool {
	for start := time.Now(); time.Since(start) < patience; runtime.Gosched() {
		for range 2048 {
			if f() {
				return true
			}
		}
	}
	return false
}

// batch is a task while it is being done.
type batch struct {
	task   Task
	pieces int64
	next   atomic.Int64        // the piece to be done next
	failed atomic.Pointer[any] // what the first piece to panic panicked with
	asked  []asked
	left   atomic.Int64 // the caller and the workers that may still be at work
	end    atomic.Int32 // how far the end is
	over   chan struct{}
}

// The end of a batch.
const (
	ahead   = iota
	passed  // the last one has left
	awaited // the caller sleeps until over
)

var batches = sync.Pool{New: func() any { return &batch{over: make(chan struct{}, 1)} }}

// asked is a worker that was asked, and what it did before.
type asked struct {
	w   *worker
	did *batch
}

// ask asks up to so many workers, first those that are awake.
func (b *batch) ask(all []*worker, help int) {
	b.asked = b.asked[:0]
	b.left.Store(int64(1 + help))
	b.end.Store(ahead)
	alarmed := false
	for _, did := range [...]*batch{lingering, asleep, excused} {
		for _, w := range all {
			if len(b.asked) < help && w.now.CompareAndSwap(did, b) {
				b.asked = append(b.asked, asked{w, did})
				if did == asleep {
					w.alarm <- struct{}{}
					alarmed = true
				}
			}
		}
	}
	b.left.Add(int64(len(b.asked) - help))
	if alarmed {
		// What was made ready last waits for this processor to be free: others take it only after a sleep of 50 microseconds.
		// They take at once what was made ready before.
		go func() {}()
	}
}

// work does pieces until there are no more.
func (b *batch) work() {
	defer func() {
		if v := recover(); v != nil {
			failed := v // v itself would be on the heap, panic or not
			b.failed.CompareAndSwap(nil, &failed)
			b.next.Store(b.pieces)
		}
	}()
	for {
		k := b.next.Add(1) - 1
		if k >= b.pieces {
			return
		}
		b.task.Piece(int(k))
	}
}

// leave says that a worker does no more of it.
func (b *batch) leave() {
	if b.left.Add(-1) == 0 && !b.end.CompareAndSwap(ahead, passed) {
		b.over <- struct{}{}
	}
}

// wait returns when no worker is at work any more. Those that have not begun are excused, the last one asked first: who was
// asked twice, as it did its part and fell asleep meanwhile, is as it was the second time.
func (b *batch) wait() {
	for _, a := range slices.Backward(b.asked) {
		back := a.did
		if back == asleep {
			back = excused
		}
		if a.w.now.CompareAndSwap(b, back) {
			b.left.Add(-1)
		}
	}
	if b.left.Add(-1) == 0 || soon(func() bool { return b.end.Load() == passed }) {
		return
	}
	if b.end.CompareAndSwap(ahead, awaited) {
		<-b.over
	}
}

// worker is a goroutine that helps. It stays: one that sleeps costs 2 KB.
type worker struct {
	now   atomic.Pointer[batch] // what it is asked for, or one of the batches that say what it does
	alarm chan struct{}         // ends its sleep
}

// What a worker does that nobody asks.
var (
	lingering = new(batch) // awake without work
	asleep    = new(batch)
	excused   = new(batch) // asleep, and its alarm rings for what is no longer needed
	working   = new(batch)
)

var (
	workers   atomic.Pointer[[]*worker]
	employing sync.Mutex
)

// staff is at least n workers.
func staff(n int) []*worker {
	if all := workers.Load(); all != nil && len(*all) >= n {
		return *all
	}
	employing.Lock()
	defer employing.Unlock()
	var all []*worker
	if have := workers.Load(); have != nil {
		all = append(all, *have...)
	}
	for len(all) < n {
		w := &worker{alarm: make(chan struct{}, 1)}
		w.now.Store(lingering)
		all = append(all, w)
		go w.run()
	}
	workers.Store(&all)
	return all
}

// run is the worker's life.
func (w *worker) run() {
	for {
		b := w.next()
		b.work()
		w.now.Store(lingering)
		b.leave()
	}
}

// next is what it is asked for, which it takes.
func (w *worker) next() (b *batch) {
	begins := func() bool {
		b = w.now.Load()
		return b != lingering && b != asleep && b != excused && w.now.CompareAndSwap(b, working)
	}
	for !soon(begins) {
		if !w.now.CompareAndSwap(lingering, asleep) {
			continue // it was asked just now
		}
		for <-w.alarm; !begins(); {
			if w.now.CompareAndSwap(excused, asleep) {
				<-w.alarm
			}
		}
		break
	}
	return b
}
