package tensor

import (
	"bytes"
	"fmt"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
)

// noGrad holds which goroutines are inside NoGrad. The count is read first, so that nobody pays for the feature
// who does not use it.
var noGrad struct {
	count  atomic.Int64
	inside sync.Map // by goroutine number
}

// NoGrad runs f without recording: results of operations require no gradients, and leaves may be changed in place.
// It holds for the calling goroutine, not for others nor for those that f starts.
func NoGrad(f func()) {
	if f == nil {
		panic("tensor.NoGrad: f is nil, expected a function")
	}
	id := goroutine()
	before, _ := noGrad.inside.Load(id)
	noGrad.count.Add(1)
	noGrad.inside.Store(id, true)
	defer func() {
		noGrad.count.Add(-1)
		if before == nil {
			noGrad.inside.Delete(id)
		}
	}()
	f()
}

func inNoGrad() bool {
	if noGrad.count.Load() == 0 {
		return false
	}
	_, in := noGrad.inside.Load(goroutine())
	return in
}

// goroutine is the number of the calling goroutine, read from its stack trace: the language has no other name for it.
func goroutine() uint64 {
	var buffer [64]byte
	trace := buffer[:runtime.Stack(buffer[:], false)]
	text, _ := bytes.CutPrefix(trace, []byte("goroutine "))
	digits, _, _ := bytes.Cut(text, []byte(" "))
	id, err := strconv.ParseUint(string(digits), 10, 64)
	if err != nil {
		panic(fmt.Sprintf("tensor: no goroutine number in %q", trace))
	}
	return id
}

// MarkChanged says that elements were changed through Data, so that a Backward that needs the old ones panics and does
// not use the new ones. Methods that change elements say it themselves.
func (t *Tensor) MarkChanged() {
	if t.writes != nil && t.writes.Load() != 0 {
		t.writes.Add(1)
	}
}

// changed counts a write to the elements of t, for those who saved them. Inside a record it panics: the change would
// be missing there.
func (t *Tensor) changed(method, suffix string) {
	if t.grad != nil && !inNoGrad() {
		panic(fmt.Sprintf("tensor.%s%s: the tensor of shape %v records gradients; change it inside NoGrad, or change a copy",
			method, suffix, t.shape))
	}
	t.MarkChanged()
}

// unrecorded panics if an operation that cannot be recorded would lose a gradient.
func (t *Tensor) unrecorded(method, suffix string) {
	if t.grad != nil && !inNoGrad() {
		panic(fmt.Sprintf("tensor.%s%s: the tensor of shape %v requires gradients, which would be lost; use Detach or NoGrad",
			method, suffix, t.shape))
	}
}
