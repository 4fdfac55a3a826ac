package interp

import (
	"fmt"
	"strings"
	"sync"

	"github.com/livespike/livespike/stdlib"
)

// hostGo runs a script function on a goroutine of its own.
func (in *Interp) hostGo(call func()) { go in.hostGuard(call)() }

// hostGuard returns a function that reports a panic of f on the standard error of the session, and ends with it. A script's
// os.Exit ends the running cell.
func (in *Interp) hostGuard(f func()) func() {
	return func() {
		reached := in.places.begin()
		defer in.places.end()
		finished := false
		defer func() {
			if finished {
				return
			}
			v := panicValue(recover())
			frames := in.trace.take()
			if exit, ok := v.(stdlib.Exit); ok {
				in.exit(exit)
				return
			}
			in.report(v, frames, unpacked(*reached))
		}()
		f()
		finished = true
	}
}

// places knows, by goroutine, where its literal stores the place that it has reached.
type places struct {
	mu    sync.Mutex
	table map[int]*int
}

func (p *places) begin() *int {
	at := new(int)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.table == nil {
		p.table = map[int]*int{}
	}
	p.table[goroutine()] = at
	return at
}

func (p *places) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.table, goroutine())
}

// current is the variable of the goroutine that asks.
func (p *places) current() *int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if at := p.table[goroutine()]; at != nil {
		return at
	}
	return new(int)
}

// report writes what a goroutine panicked with, and where.
func (in *Interp) report(v any, frames []Frame, reached Position) {
	place := ""
	if len(frames) > 0 {
		name := in.frameName(frames[0].Func)
		place = fmt.Sprintf(" (%s in %s)", in.goroutinePlace(frames[0], reached), name)
	}
	fmt.Fprintf(in.opts.Stderr, "goroutine panic: %s%s\n", panicText(v), place)
}

// goroutinePlace is where the innermost function of a goroutine was: what its literal stored, or what was stored last, if it
// lies in the function. Otherwise it is where the function begins.
func (in *Interp) goroutinePlace(inner Frame, reached Position) Position {
	if strings.HasSuffix(inner.Func, literalSuffix) && reached.Cell == inner.Pos.Cell && reached.Line >= inner.Pos.Line {
		return reached
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	name, at := in.frameName(inner.Func), unpacked(*in.line)
	// A cell that runs still has the names that it defines to itself.
	if inFunction(in.names, name, at) || in.running != nil && inFunction(in.running.names, name, at) {
		return at
	}
	return inner.Pos
}

// exit ends the running cell with an exit status.
func (in *Interp) exit(status stdlib.Exit) {
	if r := in.running; r != nil {
		r.cancel(status)
	}
}
