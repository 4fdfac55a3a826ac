package interp

import (
	"fmt"
	"go/token"
	"go/types"
	"reflect"
	"regexp"
	"strings"
)

// panicError describes an uncaught panic of a cell.
func (in *Interp) panicError(r *run, cell Cell) *CellError {
	frames := in.trace.take()
	msg, trace := panicText(r.value), in.readable(frames)
	place := in.column(in.panicPlace(frames), msg, cell)
	for i := range trace { // the engine says where a function begins; what was stored is nearer
		switch {
		case i == 0 && place.Cell == trace[0].Pos.Cell:
			trace[0].Pos = place
		case trace[i].Func == "cell" && *in.cellLine != 0:
			trace[i].Pos = unpacked(*in.cellLine)
		}
	}
	return &CellError{
		Stage: Run, Pos: place, Msg: msg,
		Value: r.value, Stack: r.stack, Trace: trace,
	}
}

const literalSuffix = ".func" // ends the engine's name of a function literal

// panicPlace is the last place that was stored, if it lies in the innermost function: a function that returned before may
// have stored its own. Otherwise it is the place of that function.
func (in *Interp) panicPlace(frames []Frame) Position {
	if len(frames) == 0 {
		return in.reached()
	}
	inner := frames[0]
	name := in.frameName(inner.Func)
	if name == "cell" {
		at := unpacked(*in.line)
		if strings.HasSuffix(inner.Func, literalSuffix) && at.Cell == inner.Pos.Cell && at.Line >= inner.Pos.Line && !inFunction(in.names, "", at) {
			return at
		}
		return unpacked(*in.cellLine)
	}
	if at := unpacked(*in.line); inFunction(in.names, name, at) {
		return at
	}
	return inner.Pos
}

// inFunction reports whether a place lies in the function or a method of that name, or in any for an empty name.
func inFunction(all names, name string, at Position) bool {
	for _, v := range all {
		if v.decl == nil || v.decl.kind != token.FUNC || v.decl.cell.N != at.Cell {
			continue
		}
		from, to := v.decl.lines()
		if from <= at.Line && at.Line <= to && (name == "" || v.name == name || strings.HasSuffix(v.name, "."+name)) {
			return true
		}
	}
	return false
}

// frameName is the user's name of the function that a frame ran, or of the one around its literal.
func (in *Interp) frameName(engine string) string {
	name := strings.TrimPrefix(engine, "main.")
	if strings.HasPrefix(name, cellFunc) {
		return "cell"
	}
	name = clean(name)
	for strings.HasSuffix(name, literalSuffix) {
		name = strings.TrimSuffix(name, literalSuffix)
	}
	return name
}

// readable names the frames of a trace as the user knows them and drops ours. A literal goes by the function around it.
func (in *Interp) readable(frames []Frame) []Frame {
	var list []Frame
	inLiteral := false
	for _, f := range frames {
		name := in.frameName(f.Func)
		if n := len(list); n == 0 || !inLiteral || list[n-1].Func != name || list[n-1].Pos.Cell != f.Pos.Cell {
			list = append(list, Frame{name, f.Pos})
		}
		inLiteral = strings.HasSuffix(f.Func, literalSuffix)
	}
	return list
}

// The engine's words for what Go's runtime reports.
var translations = []struct {
	engine  *regexp.Regexp
	runtime string
}{
	{regexp.MustCompile(`^reflect: (slice|array|string) index out of range`), "index out of range"},
	{regexp.MustCompile(`^reflect\.Value\.(Slice|Slice3|Index): .*(out of bounds|out of range)`), "slice bounds out of range"},
	{regexp.MustCompile(`^reflect\.Value\.Call: call of nil function`), "invalid memory address or nil pointer dereference"},
	{regexp.MustCompile(`^reflect: Method on nil interface value`), "invalid memory address or nil pointer dereference"},
	{regexp.MustCompile(`on zero Value$`), "invalid memory address or nil pointer dereference"},
	{regexp.MustCompile(`^reflect\.MakeSlice: negative len`), "makeslice: len out of range"},
	{regexp.MustCompile(`^reflect: cannot convert slice with length (\d+) to .*array with length (\d+)`), "cannot convert slice with length $1 to array or pointer to array with length $2"},
	{regexp.MustCompile(`^hash of unhashable type: (.*)`), "hash of unhashable type $1"},
}

var conversionPlace = regexp.MustCompile(`^In\[\d+\]:\d+:\d+: (interface conversion: .*)`)

// panicText is a panic's value in Go's words.
func panicText(v any) string {
	if text, ok := translated(v); ok {
		return text.Error()
	}
	switch v := v.(type) {
	case error:
		return clean(v.Error())
	case fmt.Stringer:
		return clean(v.String())
	case string:
		return clean(v)
	case box:
		return clean(v.panicText())
	}
	return clean(fmt.Sprintf("%v", v))
}

// panicText is the value as Go prints it for an uncaught panic: one of a basic kind with its type.
func (b box) panicText() string {
	if out, ok := b.invoke("String"); ok && out.Kind() == reflect.String {
		return out.String()
	}
	if _, ok := b.T.typ.Underlying().(*types.Basic); ok {
		return fmt.Sprintf("%s(%#v)", b.T.name, b.V)
	}
	return fmt.Sprint(b)
}

// translated is the runtime error that a panic of the engine stands for.
func translated(v any) (runtimeError, bool) {
	text := ""
	switch v := v.(type) {
	case string:
		text = v
	case error:
		text = v.Error()
	}
	for _, t := range translations {
		if m := t.engine.FindStringSubmatchIndex(text); m != nil {
			return runtimeError(t.engine.ExpandString(nil, t.runtime, text, m)), true
		}
	}
	if m := conversionPlace.FindStringSubmatch(text); m != nil {
		return runtimeError(clean(m[1])), true
	}
	return "", false
}
