package interp

import (
	"fmt"
	"regexp"
	"strings"
)

// panicError describes an uncaught panic of a cell.
func (in *Interp) panicError(r *run) *CellError {
	frames := in.trace.take()
	e := &CellError{Stage: Run, Msg: panicText(r.value), Value: r.value, Stack: r.stack, Trace: in.readable(frames)}
	e.Pos = in.reached()
	if len(e.Trace) > 0 && !e.Pos.IsValid() {
		e.Pos = e.Trace[0].Pos
	}
	return e
}

// readable names the frames of a trace as the user knows them and drops ours.
func (in *Interp) readable(frames []Frame) []Frame {
	var list []Frame
	for _, f := range frames {
		switch {
		case strings.HasPrefix(f.Func, "main.cell") || f.Func == "cell":
			f.Func = "cell"
		case f.Func == "main.main" || f.Func == "main":
			continue
		}
		f.Func = strings.TrimPrefix(f.Func, "main.")
		list = append(list, f)
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
	{regexp.MustCompile(`on zero Value$`), "invalid memory address or nil pointer dereference"},
	{regexp.MustCompile(`^reflect\.MakeSlice: negative len`), "makeslice: len out of range"},
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
	}
	return clean(fmt.Sprintf("%v", v))
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
		if t.engine.MatchString(text) {
			return runtimeError(t.runtime), true
		}
	}
	if m := conversionPlace.FindStringSubmatch(text); m != nil {
		return runtimeError(clean(m[1])), true
	}
	return "", false
}
