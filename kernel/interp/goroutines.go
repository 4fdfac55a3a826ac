package interp

import (
	"fmt"
	"strings"

	"github.com/livespike/livespike/stdlib"
)

// hostGo runs a script function on a goroutine of its own.
func (in *Interp) hostGo(call func()) { go in.hostGuard(call)() }

// hostGuard returns a function that reports a panic of f on the standard error of the session, and ends with it. A script's
// os.Exit ends the running cell.
func (in *Interp) hostGuard(f func()) func() {
	return func() {
		finished := false
		defer func() {
			if finished {
				return
			}
			v := panicValue(recover())
			frames := in.readable(in.trace.take())
			if exit, ok := v.(stdlib.Exit); ok {
				in.exit(exit)
				return
			}
			in.report(v, frames)
		}()
		f()
		finished = true
	}
}

// report writes what a goroutine panicked with, and in which function.
func (in *Interp) report(v any, frames []Frame) {
	place := ""
	if len(frames) > 0 {
		place = fmt.Sprintf(" (%s in %s)", frames[0].Pos, strings.TrimSuffix(frames[0].Func, ".func"))
	}
	fmt.Fprintf(in.opts.Stderr, "goroutine panic: %s%s\n", panicText(v), place)
}

// exit ends the running cell with an exit status.
func (in *Interp) exit(status stdlib.Exit) {
	if r := in.running; r != nil {
		r.cancel(status)
	}
}
