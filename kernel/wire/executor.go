package wire

import "context"

// Executor runs cells. The kernel's session implements it; the server's tests use a scripted one.
// Offsets are in bytes: the server converts from and to the code points of the protocol.
type Executor interface {
	Info() Info
	// Execute runs a cell; there are never two at once. It does not panic. Cancelling ctx interrupts the cell.
	Execute(ctx context.Context, c Cell, out Output) Outcome
	// Complete, Inspect, IsComplete and History may run beside Execute.
	Complete(ctx context.Context, src string, at int) Completion
	Inspect(ctx context.Context, src string, at, detail int) (Bundle, bool)
	IsComplete(src string) (status, indent string)
	History(q HistoryQuery) []HistoryEntry
	// Close stops robots, releases devices and finishes live views.
	Close(ctx context.Context) error
}

// Info is what a kernel says of itself.
type Info struct {
	Implementation, Version, Banner string
	GoVersion                       string // "1.26"
	HelpLinks                       []HelpLink
}

// HelpLink is an entry of the front end's help menu.
type HelpLink struct {
	Text string `json:"text"`
	URL  string `json:"url"`
}

// Cell is the code of an execute_request.
type Cell struct {
	Src                              string
	Silent, StoreHistory, AllowStdin bool
	N                                int               // execution count
	ID                               string            // the notebook's cell id, or ""
	Expressions                      map[string]string // name to expression, evaluated after the cell succeeded
}

// Output takes what a cell shows. It stays valid after the cell's end: late output belongs to the cell that made it.
type Output interface {
	Stream(name string, p []byte) // "stdout" or "stderr"
	Result(b Bundle)              // at most once a cell
	Display(id string, b Bundle)  // id may be ""
	Update(id string, b Bundle)   // of a display that was shown under the id
	Clear(wait bool)
	// Input asks the user of the front end that sent the cell. It returns ErrNoStdin where nobody can answer.
	Input(ctx context.Context, prompt string, password bool) (string, error)
	Page(b Bundle)                       // help, shown in the pager
	NextInput(text string, replace bool) // the text of the next cell
}

// Outcome is how a cell ended.
type Outcome struct {
	Err         *CellError                  // nil: fine
	Expressions map[string]ExpressionResult // of Cell.Expressions
	Exit        bool                        // the cell asked the console to leave
}

// CellError is what the user sees of a cell that failed.
type CellError struct {
	Name      string   // "CompileError", "Panic" or "Interrupted"
	Value     string   // the first line of the message
	Traceback []string // lines, with ANSI colours
}

// ExpressionResult is the value of one user expression, or its error.
type ExpressionResult struct {
	Bundle Bundle
	Err    *CellError
}

// Bundle is a value in several forms: MIME type to string, to bytes (base64 on the wire), or to a JSON value.
type Bundle struct{ Data, Metadata map[string]any }

// Completion is what may replace the bytes from Start to End of the source.
type Completion struct {
	Start, End int
	Matches    []Match
}

// Match is one completion.
type Match struct {
	Text, Kind, Signature string // Kind: "function", "module", "type", "instance", "keyword", "statement", …
}

// HistoryQuery is a history_request.
type HistoryQuery struct {
	Access      string // "tail", "range" or "search"
	Output      bool
	Session     int // 0 is the current one, negative counts back
	Start, Stop int // lines of a range, Stop exclusive
	N           int // of tail and search; 0 is all
	Pattern     string
	Unique      bool
}

// HistoryEntry is a cell of the past.
type HistoryEntry struct {
	Session, Line int
	Source        string
	Output        string // "" is none
}
