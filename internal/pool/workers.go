package pool

import (
	"runtime"
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
	b.call(staff(procs-1), help)
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
			if w.state.Load() == lingering {
				return true
			}
		}
	}
	return false
}

// soon reports whether f became true before patience ended.
func soon(f func() bool) bool {
	for start := time.Now(); ; {
		for range 64 {
			if f() {
				return true
			}
		}
		if time.Since(start) > patience {
			return false
		}
	}
}

// batch is a task while it is being done.
type batch struct {
	task   Task
	pieces int64
	next   atomic.Int64         // the piece to be done next
	failed atomic.Pointer[any]  // what the first piece to panic panicked with
	called []called             // the workers that were asked
	left   atomic.Int64         // of them, those that may still be at work
	state  atomic.Int32         // running, over or awaited
	over   chan struct{}        // ends the caller's sleep
}

// The states of a batch.
const (
	running = iota
	over    // the last worker has left
	awaited // the caller sleeps
)

var batches = sync.Pool{New: func() any { return &batch{over: make(chan struct{}, 1)} }}

// called is a worker that was asked, and what it did before.
type called struct {
	w   *worker
	did int32
}

// call asks up to so many workers, first those that are awake.
func (b *batch) call(all []*worker, help int) {
	b.called = b.called[:0]
	b.state.Store(running)
	slept := false
	for _, did := range [...]int32{lingering, asleep, excused} {
		for _, w := range all {
			if len(b.called) == help {
				break
			}
			if w.state.CompareAndSwap(did, reserved) {
				w.batch = b
				b.called = append(b.called, called{w, did})
			}
		}
	}
	b.left.Store(int64(len(b.called)))
	for _, c := range b.called {
		c.w.state.Store(asked)
		if c.did == asleep {
			c.w.alarm <- struct{}{}
			slept = true
		}
	}
	if slept {
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
	if b.left.Add(-1) == 0 && !b.state.CompareAndSwap(running, over) {
		b.over <- struct{}{}
	}
}

// wait returns when no worker is at work any more. Those that have not begun are excused.
func (b *batch) wait() {
	waits := len(b.called) > 0
	for _, c := range b.called {
		back := c.did
		if back == asleep {
			back = excused
		}
		if c.w.state.CompareAndSwap(asked, back) && b.left.Add(-1) == 0 {
			waits = false
		}
	}
	if !waits || soon(func() bool { return b.state.Load() == over }) {
		return
	}
	if b.state.CompareAndSwap(running, awaited) {
		<-b.over
	}
}

// worker is a goroutine that helps. It stays: one that sleeps costs 2 KB.
type worker struct {
	state atomic.Int32
	batch *batch        // what it was asked for
	alarm chan struct{} // ends its sleep
}

// The states of a worker.
const (
	lingering int32 = iota // awake without work
	asleep
	reserved // somebody is asking it
	asked
	excused // asked, no longer needed and still asleep: its alarm rings
	working
)

var (
	workers  atomic.Pointer[[]*worker]
	employing sync.Mutex
)

// staff is at least n workers, or more.
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
		all = append(all, w)
		go w.run()
	}
	workers.Store(&all)
	return all
}

// run is the worker's life.
func (w *worker) run() {
	for {
		if !soon(w.begins) && w.state.CompareAndSwap(lingering, asleep) {
			for <-w.alarm; !w.wakes(); <-w.alarm {
			}
		} else if w.state.Load() != working && !w.begins() {
			continue
		}
		b := w.batch
		b.work()
		w.state.Store(lingering)
		b.leave()
	}
}

// begins reports whether it was asked, and takes the work.
func (w *worker) begins() bool { return w.state.CompareAndSwap(asked, working) }

// wakes is begins when the alarm has rung; a worker that was excused sleeps on.
func (w *worker) wakes() bool {
	for !w.begins() {
		if w.state.CompareAndSwap(excused, asleep) {
			return false
		}
	}
	return true
}
