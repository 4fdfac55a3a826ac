// Package iter holds the generic types of the standard package of that name, for scripts.
package iter

// Seq is a sequence of values.
type Seq[V any] func(yield func(V) bool)

// Seq2 is a sequence of pairs.
type Seq2[K, V any] func(yield func(K, V) bool)

// Pull turns a sequence into a function that returns its next value, and one that ends it.
func Pull[V any](seq Seq[V]) (next func() (V, bool), stop func()) {
	values := make(chan V)
	more := make(chan bool)
	started, done := false, false
	run := func() {
		defer close(values)
		if !<-more {
			return
		}
		seq(func(v V) bool {
			values <- v
			return <-more
		})
	}
	ask := func(again bool) {
		if !started {
			started = true
			go run()
		}
		more <- again
	}
	next = func() (V, bool) {
		var zero V
		if done {
			return zero, false
		}
		ask(true)
		v, ok := <-values
		if !ok {
			done = true
		}
		return v, ok
	}
	stop = func() {
		if done {
			return
		}
		done = true
		if started {
			more <- false
			<-values
		}
	}
	return next, stop
}
