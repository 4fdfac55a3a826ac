package snn

import (
	"runtime"
	"sync"

	"github.com/livespike/livespike/internal/interrupt"
)

// parallelWork is the number of multiplications from which on work is shared, about a millisecond's; and, times a
// hundred, after which an interrupt is looked for.
const parallelWork = 1 << 21

// parallel calls f for ranges that cover n rows of work multiplications each, on several processors where that pays.
// What f does for a row must not depend on the range it is in, so that the result has the same bits on every machine.
// It is for training: unlike the paths of ForwardInto it allocates.
func parallel(who string, n, work int, f func(from, to int)) {
	workers := runtime.GOMAXPROCS(0)
	block := max(workers, 100*parallelWork/max(work, 1))
	for at := 0; at < n; at += block {
		end := min(at+block, n)
		if workers < 2 || (end-at)*work < parallelWork {
			f(at, end)
		} else {
			share := (end - at + workers - 1) / workers
			var wait sync.WaitGroup
			for from := at; from < end; from += share {
				wait.Go(func() { f(from, min(from+share, end)) })
			}
			wait.Wait()
		}
		if err := interrupt.Context().Err(); err != nil {
			panic(interrupted{who, err})
		}
	}
}
