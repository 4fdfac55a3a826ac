package snn

import (
	"fmt"
	"strings"

	"github.com/livespike/livespike/snn/tensor"
)

// misuse is the panic of a program that is wrong: shapes that do not fit, options a model does not know. It is one
// line, and containers put their place in front of it while it passes them.
type misuse string

// Error is the line.
func (m misuse) Error() string { return string(m) }

// String is the line.
func (m misuse) String() string { return string(m) }

func panicf(format string, args ...any) { panic(misuse(fmt.Sprintf(format, args...))) }

// needInput panics if a module is called without an input.
func needInput(m Module, x *tensor.Tensor) {
	if x == nil {
		panicf("%s: input is nil", label(m))
	}
}

// atPlace is deferred by a container around the call of its part: a panic about shapes is raised again with the place
// in front. Run-time errors and the panics of other packages' values keep their own stack and value.
func atPlace(container string, index int, m Module) {
	r := recover()
	if r == nil {
		return
	}
	at := container
	if index >= 0 {
		at = fmt.Sprintf("%s[%d]", container, index)
	}
	switch v := r.(type) {
	case misuse:
		panic(misuse(at + " " + string(v)))
	case string: // snn/tensor's panics are strings
		panic(misuse(at + " " + label(m) + ": " + v))
	}
	panic(r)
}

// label is a module's short name in error messages: Linear(30000, 10).
func label(m Module) string {
	if n, ok := m.(namer); ok {
		return n.label()
	}
	name := strings.TrimPrefix(fmt.Sprintf("%T", m), "*")
	if strings.HasPrefix(name, "stdlib._") { // the interpreter's hull around a type of a script
		return "Module"
	}
	return name
}
