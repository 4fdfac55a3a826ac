package pool

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// squares writes the square of every position of its piece.
type squares struct {
	to   []int
	each int
}

func (s *squares) Piece(k int) {
	for i := k * s.each; i < min((k+1)*s.each, len(s.to)); i++ {
		s.to[i] += i * i
	}
}

// nested does a task within a task.
type nested struct{ sum atomic.Int64 }

func (n *nested) Piece(k int) {
	inner := squares{make([]int, 100), 7}
	Do(15, &inner)
	for _, v := range inner.to {
		n.sum.Add(int64(v))
	}
}

type failing struct{ done atomic.Int64 }

func (f *failing) Piece(k int) {
	if k == 3 {
		panic(fmt.Sprintf("piece %d", k))
	}
	f.done.Add(1)
}

func withProcessors(t *testing.T, f func()) {
	for _, n := range []int{1, 2, 7} {
		old := runtime.GOMAXPROCS(n)
		f()
		runtime.GOMAXPROCS(old)
	}
}

// TestDo: every piece is done once, also of tasks inside tasks, for any number of processors.
func TestDo(t *testing.T) {
	withProcessors(t, func() {
		for _, n := range []int{0, 1, 2, 63, 1000} {
			s := squares{make([]int, n), 10}
			Do((n+9)/10, &s)
			for i, v := range s.to {
				if v != i*i {
					t.Fatalf("element %d of %d is %d", i, n, v)
				}
			}
		}
		var n nested
		Do(20, &n)
		if got := n.sum.Load(); got != 20*328350 {
			t.Errorf("tasks inside a task: %d, want %d", got, 20*328350)
		}
	})
}

// TestDoPanics: the caller gets a piece's panic when nobody works on the task any more, and the workers live on.
func TestDoPanics(t *testing.T) {
	withProcessors(t, func() {
		for range 50 {
			var f failing
			func() {
				defer func() {
					if v := recover(); v != "piece 3" {
						t.Errorf("recovered %v", v)
					}
				}()
				Do(8, &f)
			}()
			done := f.done.Load()
			runtime.Gosched()
			if f.done.Load() != done {
				t.Error("a piece ran on after the panic")
			}
		}
		s := squares{make([]int, 100), 10}
		Do(10, &s)
	})
}

// TestDoAllocatesNothing in steady state.
func TestDoAllocatesNothing(t *testing.T) {
	withProcessors(t, func() {
		s := &squares{make([]int, 1000), 10}
		if n := testing.AllocsPerRun(200, func() { Do(100, s) }); n >= 1 {
			t.Errorf("%v allocations with %d processors", n, runtime.GOMAXPROCS(0))
		}
	})
}

// slowly is a task of which one piece takes longer than the others.
type slowly struct {
	*squares
	slow int
}

func (s slowly) Piece(k int) {
	for start := time.Now(); k == s.slow && time.Since(start) < 20*time.Microsecond; {
	}
	s.squares.Piece(k)
}

// TestCallersShareWorkers: several goroutines ask the same workers at once, with pauses in which those fall asleep, and every
// piece of each is done once.
func TestCallersShareWorkers(t *testing.T) {
	old := runtime.GOMAXPROCS(4)
	defer runtime.GOMAXPROCS(old)
	var callers sync.WaitGroup
	for c := range 6 {
		callers.Go(func() {
			r := rand.New(rand.NewPCG(1, uint64(c)))
			s := squares{make([]int, 64), 8}
			for round := range 3000 {
				clear(s.to)
				Do(8, slowly{&s, r.IntN(8)})
				for i, v := range s.to {
					if v != i*i {
						t.Errorf("caller %d, round %d: element %d is %d", c, round, i, v)
						return
					}
				}
				if r.IntN(50) == 0 {
					time.Sleep(time.Duration(r.IntN(200)) * time.Microsecond)
				}
			}
		})
	}
	callers.Wait()
}

// TestAskedTwice: a worker that did its part and fell asleep while others were still being asked may be asked once more. Who
// excuses it then must leave it asleep: it would look for work without an end, did it wake up as one that never slept.
func TestAskedTwice(t *testing.T) {
	for _, did := range []*batch{asleep, excused} {
		b, w := batches.New().(*batch), &worker{alarm: make(chan struct{}, 1)}
		b.asked = []asked{{w, lingering}, {w, did}}
		w.now.Store(b)
		b.left.Store(2)
		b.wait()
		if w.now.Load() != excused {
			t.Error("the worker that sleeps is not excused")
		}
	}
}

// TestSoonLetsOthersRun: what waits for a task or for the end of one lets a goroutine have the only processor.
func TestSoonLetsOthersRun(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for range 20 { // the machine may take the processor away for longer than patience
		var ran atomic.Bool
		go ran.Store(true)
		if soon(ran.Load) {
			return
		}
	}
	t.Error("a goroutine that is ready did not run")
}
