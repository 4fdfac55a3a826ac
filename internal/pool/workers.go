package pool

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Task is work that was cut into pieces. What a piece does must not depend on who does it, and no two pieces may write
// to the same memory: then the result has the same bits for any number of processors.
type Task interface{ Piece(k int) }

// batch is a task while it is being done.
type batch struct {
	task   Task
	pieces int64
	next   atomic.Int64 // the piece to be done next
	at     sync.WaitGroup
	failed atomic.Pointer[any] // what the first piece to panic panicked with
}

var (
	batches = sync.Pool{New: func() any { return new(batch) }}
	offers  = make(chan *batch) // to the workers that have nothing to do
	workers atomic.Int64
)

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
	start(procs - 1)
	b := batches.Get().(*batch)
	b.task, b.pieces = t, int64(pieces)
	b.next.Store(0)
	b.failed.Store(nil)
	for range help {
		b.at.Add(1)
		select {
		case offers <- b:
			continue
		default: // everybody is busy
		}
		b.at.Done()
		break
	}
	b.work()
	b.at.Wait()
	failed := b.failed.Load()
	b.task = nil
	batches.Put(b)
	if failed != nil {
		panic(*failed)
	}
}

// start brings the workers to n. They stay: a parked goroutine costs 2 KB.
func start(n int) {
	for have := workers.Load(); have < int64(n); have = workers.Load() {
		if workers.CompareAndSwap(have, have+1) {
			go func() {
				for b := range offers {
					b.work()
					b.at.Done()
				}
			}()
		}
	}
}

// work does pieces until there are no more.
func (b *batch) work() {
	defer func() {
		if v := recover(); v != nil {
			b.failed.CompareAndSwap(nil, &v)
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
