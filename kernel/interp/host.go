package interp

import (
	"cmp"
	"fmt"
	"reflect"
)

// hostPath is the package of compiled functions that only lowered code can name.
const hostPath = mark + "host"

// hostSymbols is the table of that package for one interpreter.
func (in *Interp) hostSymbols() map[string]map[string]reflect.Value {
	functions := map[string]any{
		"Box": in.types.box, "Plain": plain, "Bare": bare, "Unbox": in.types.unbox, "Has": in.types.has, "As": in.types.as,
		"Method": in.types.bind, "Define": in.types.define, "Equal": equal, "Failed": in.types.failed, "Case": in.types.match,
		"ErrorAs": in.types.errorAs,
		"Run":     in.hostRun, "Done": in.hostDone, "Echo": in.hostEcho, "EchoError": in.hostEchoError, "Line": in.hostLine,
		"Clear": hostClear, "YieldAfterEnd": hostYieldAfterEnd,
		"MinInt": minOf[int64], "MinUint": minOf[uint64], "MinFloat": minOf[float64], "MinString": minOf[string],
		"MaxInt": maxOf[int64], "MaxUint": maxOf[uint64], "MaxFloat": maxOf[float64], "MaxString": maxOf[string],
		"OutOfRange": hostOutOfRange, "OutOfSlice": hostOutOfSlice, "NegativeShift": hostNegativeShift,
		"Sleep": hostSleep, "Room": in.hostRoom, "Repeat": in.hostRepeat, "RepeatBytes": in.hostRepeatBytes,
		"NewDefers": in.hostNewDefers, "CellDefers": in.hostCellDefers, "Recover": in.hostRecover, "Entered": in.hostEntered,
		"Go": in.hostGo, "Guard": in.hostGuard, "Place": in.places.current,
	}
	table := map[string]reflect.Value{}
	for name, f := range functions {
		table[name] = reflect.ValueOf(f)
	}
	return map[string]map[string]reflect.Value{hostPath + "/" + hostPath: table}
}

func hostClear(v any) { reflect.ValueOf(v).Clear() }

// hostYieldAfterEnd panics with Go's words for an iterator that goes on after its loop has ended.
func hostYieldAfterEnd(state int) {
	if state == 2 {
		panic(runtimeError("range function continued iteration after whole loop exit"))
	}
	panic(runtimeError("range function continued iteration after function for loop body returned false"))
}

// The next panic with Go's words for what lowered code has seen.

func hostOutOfRange(i, n int) {
	if i < 0 {
		panic(runtimeError(fmt.Sprintf("index out of range [%d]", i)))
	}
	panic(runtimeError(fmt.Sprintf("index out of range [%d] with length %d", i, n)))
}

// hostOutOfSlice is about s[from:to]; given tells that to was written, capacity that the limit is one and not a length.
func hostOutOfSlice(from, to, limit int, given, capacity bool) {
	of := "length"
	if capacity {
		of = "capacity"
	}
	text := fmt.Sprintf("[%d:%d]", from, to)
	switch {
	case given && to < 0:
		text = fmt.Sprintf("[:%d]", to)
	case given && to > limit:
		text = fmt.Sprintf("[:%d] with %s %d", to, of, limit)
	case from < 0:
		text = fmt.Sprintf("[%d:]", from)
	}
	panic(runtimeError("slice bounds out of range " + text))
}

func hostNegativeShift() { panic(runtimeError("negative shift amount")) }

func minOf[T cmp.Ordered](list ...T) T {
	least := list[0]
	for _, v := range list[1:] {
		least = min(least, v)
	}
	return least
}

func maxOf[T cmp.Ordered](list ...T) T {
	greatest := list[0]
	for _, v := range list[1:] {
		greatest = max(greatest, v)
	}
	return greatest
}

// runtimeError is a panic that Go's runtime would have raised.
type runtimeError string

func (e runtimeError) Error() string { return "runtime error: " + string(e) }

// RuntimeError marks it as a runtime.Error.
func (runtimeError) RuntimeError() {}
