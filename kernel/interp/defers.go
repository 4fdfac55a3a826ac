package interp

import (
	"bytes"
	"reflect"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/livespike/livespike/stdlib"
)

// defers is the stack of deferred calls of one running script function. Lowered code reaches its methods.
type defers struct {
	in        *Interp
	calls     []deferred
	panicking bool
	value     any
	line      int // where the panic happened
}

type deferred struct {
	call      func()
	recoverer bool // its function may call recover itself
}

func (in *Interp) hostNewDefers() *defers { return &defers{in: in} }

// hostCellDefers is the stack of the cell's own statements.
func (in *Interp) hostCellDefers() *defers { return in.running.defers }

// Push adds a call.
func (d *defers) Push(call func()) { d.calls = append(d.calls, deferred{call, false}) }

// PushRecoverer adds the call of a function that asks with Entered who called it.
func (d *defers) PushRecoverer(call func()) { d.calls = append(d.calls, deferred{call, true}) }

// Do runs the body and then the deferred calls, last in first out, also after a panic. A panic in one of them takes the
// place of the one before; one that nobody recovered goes on at the end.
func (d *defers) Do(body func()) {
	d.run(body)
	for n := len(d.calls) - 1; n >= 0; n = len(d.calls) - 1 {
		c := d.calls[n]
		d.calls = d.calls[:n]
		if _, exit := d.value.(stdlib.Exit); exit {
			break
		}
		if c.recoverer && d.panicking {
			callers.arm(d)
		}
		d.run(c.call)
		callers.disarm(d)
	}
	if d.panicking {
		*d.in.line = d.line
		panic(d.value)
	}
}

func (d *defers) run(call func()) {
	finished := false
	defer func() {
		if !finished {
			d.panicking, d.value, d.line = true, panicValue(recover()), *d.in.line
		}
	}()
	call()
	finished = true
}

// hostRecover stops a panic and returns what it carried, in Go's words.
func (in *Interp) hostRecover(d *defers) any {
	if d == nil || !d.panicking {
		return nil
	}
	v := d.value
	if _, exit := v.(stdlib.Exit); exit {
		return nil
	}
	d.panicking, d.value = false, nil
	in.trace.take()
	if e, ok := translated(v); ok {
		return e
	}
	return v
}

// hostEntered is the stack whose panic the function that asks may recover: that of the function which deferred the call of
// the asking one, or nil.
func (in *Interp) hostEntered() *defers { return callers.take() }

// callers knows, by goroutine, the stack that is calling a deferred function which may recover.
var callers = &callerTable{table: map[int]*defers{}}

type callerTable struct {
	armed atomic.Int32
	mu    sync.Mutex
	table map[int]*defers
}

func (c *callerTable) arm(d *defers) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.armed.Add(1)
	c.table[goroutine()] = d
}

// take returns what was armed for this goroutine, once.
func (c *callerTable) take() *defers {
	if c.armed.Load() == 0 {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	g := goroutine()
	d := c.table[g]
	if d != nil {
		delete(c.table, g)
		c.armed.Add(-1)
	}
	return d
}

// disarm takes back what the deferred function left.
func (c *callerTable) disarm(d *defers) {
	if c.armed.Load() == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if g := goroutine(); c.table[g] == d {
		delete(c.table, g)
		c.armed.Add(-1)
	}
}

// goroutine is the number of the running goroutine, as the runtime prints it.
func goroutine() int {
	var buf [64]byte
	text := bytes.TrimPrefix(buf[:runtime.Stack(buf[:], false)], []byte("goroutine "))
	if space := bytes.IndexByte(text, ' '); space >= 0 {
		text = text[:space]
	}
	n, err := strconv.Atoi(string(text))
	must(err)
	return n
}

// panicValue is what a script's panic carried: the engine panics with the reflection of the value.
func panicValue(v any) any {
	for {
		r, ok := v.(reflect.Value)
		switch {
		case !ok && v == nil, ok && !r.IsValid():
			return new(runtime.PanicNilError)
		case !ok:
			return v
		}
		v = r.Interface()
	}
}
