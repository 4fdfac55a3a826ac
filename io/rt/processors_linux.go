package rt

import (
	"runtime"
	"sync"
)

var processors struct {
	sync.Mutex
	holders     int
	before, set int
}

// holdProcessors gives Go's scheduler twice as many processors as it had, so that a loop that keeps one takes it from
// nobody, and returns what undoes that. Which threads run is left to the system. Loops that run at the same time share
// it.
func holdProcessors() (release func()) {
	processors.Lock()
	defer processors.Unlock()
	if processors.holders == 0 {
		processors.before = runtime.GOMAXPROCS(0)
		processors.set = 2 * processors.before
		runtime.GOMAXPROCS(processors.set)
	}
	processors.holders++
	return func() {
		processors.Lock()
		defer processors.Unlock()
		if processors.holders--; processors.holders == 0 && runtime.GOMAXPROCS(0) == processors.set { // else a step has set it
			runtime.GOMAXPROCS(processors.before)
		}
	}
}
