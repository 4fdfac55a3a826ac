package interp

import "fmt"

// Cell is the source text of one cell and its number in the session, from 1.
type Cell struct {
	N   int
	Src string
}

// Result is what came of a cell. A cell that failed at run time may have values of none, and its finished statements
// keep their effects.
type Result struct {
	Values []Value  // of the last expression, all of them
	Notes  []string // what the user should know: a dropped variable, a function that keeps an old callee
	Err    *CellError
}

// Value is one echoed value.
type Value struct {
	V    any
	Any  any    // V as a script's variable of type any holds it
	Type string // static, as the user would write it
	Text string // see text.go
}

// Stage says when a cell failed.
type Stage int

// The stages of a cell.
const (
	Compile   Stage = iota // nothing of the cell ran
	Run                    // the statements before the failing one ran
	Interrupt              // the user or the watchdog stopped it
)

func (s Stage) String() string {
	return [...]string{"compile", "run", "interrupt"}[s]
}

// Position is a place in a cell. Line and Col count from 1, Col in bytes.
type Position struct{ Cell, Line, Col int }

// IsValid reports whether the place is known.
func (p Position) IsValid() bool { return p.Line > 0 }

func (p Position) String() string {
	if p.Col == 0 {
		return fmt.Sprintf("In[%d]:%d", p.Cell, p.Line)
	}
	return fmt.Sprintf("In[%d]:%d:%d", p.Cell, p.Line, p.Col)
}

// Frame is one script function of a trace, innermost first.
type Frame struct {
	Func string
	Pos  Position
}

// CellError is why a cell failed.
type CellError struct {
	Stage Stage
	Pos   Position
	Msg   string
	Hint  string       // such as "did you mean offset?"; may be empty
	More  []*CellError // what else the checker found in the cell
	Trace []Frame
	Value any    // what a run-time panic carried
	Stack []byte // the host's stack of a run-time panic, for debugging only
}

func (e *CellError) Error() string {
	if !e.Pos.IsValid() {
		return e.Msg
	}
	return e.Pos.String() + ": " + e.Msg
}
