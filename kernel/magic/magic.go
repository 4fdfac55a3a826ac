// Package magic holds the commands that begin with % or !: one file each, registered by itself.
//
// A magic sees the session only through the Session interface, so it works alike in the terminal, in scripts and in
// notebooks. To add one, write a file with a register call; it appears in %help and in completion.
package magic

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Magic is one command.
type Magic struct {
	Name  string // with its sign: "%timeit", "!"
	Usage string // one line: "%timeit [-n LOOPS] [-r RUNS] STATEMENT"
	Help  string // what it does, a sentence or more
	Cell  bool   // it may take a whole cell, as %%name
	Takes Arguments
	Run   func(ctx context.Context, c *Call) error
}

// Arguments says what completion proposes behind a magic's name.
type Arguments int

// The kinds of arguments.
const (
	Plain     Arguments = iota // Go, or nothing that could be proposed
	Files                      // paths
	Magics                     // names of magics
	Variables                  // names of the environment
)

// String is what %help shows of the magic.
func (m Magic) String() string { return m.Usage + "\n" + m.Name + " " + m.Help }

// Call is one use of a magic.
type Call struct {
	Session
	Args string // the rest of the line, without spaces around it
	Body string // of a cell magic (%%name): the lines below
	Line int    // of Args in the cell, from 1
	Col  int    // of Args in the cell, in bytes from 1
}

// Session is what a magic may ask of the session it runs in.
type Session interface {
	// Run runs code as a part of the cell: its values are echoed.
	Run(ctx context.Context, code Code) error
	// Value runs code and returns its last value without showing it.
	Value(ctx context.Context, code Code) (any, error)
	// Script runs the cells of a script in this session; name is for messages.
	Script(ctx context.Context, name, text string) error
	// Print writes to the cell's standard output, Warn to its standard error.
	Print(text string)
	Warn(text string)
	// Page shows text beside the output, in the pager where there is one.
	Page(text string)
	// Display shows text of a MIME type below the cell.
	Display(mime, text string)
	// Capture runs a function and returns what was printed meanwhile; nothing of it is shown.
	Capture(run func() error) (printed string, err error)
	// NextInput puts text into the next cell.
	NextInput(text string)
	// Names lists the live names of the session, sorted.
	Names() []Name
	// Reset forgets all names and closes what is open.
	Reset(ctx context.Context) error
	// History lists the cells of this session, oldest first; all sessions with earlier.
	History(earlier bool) []Entry
	// Figures lists the pictures shown so far.
	Figures() []Figure
	// Program is the session as a Go program: the cells with these numbers, or all.
	Program(cells []int) (string, error)
	// Exit makes the front end leave after this cell.
	Exit()
}

// Code is source text with its place in the cell that the user typed. Before and After are generated and stand directly
// around it; messages about Src are given at its own place.
type Code struct {
	Before, Src, After string
	Line, Col          int
}

// Name is one live name.
type Name struct{ Name, Kind, Type, Text string }

// Entry is one cell of the past.
type Entry struct {
	Session, Line int
	Src           string
}

// Figure is a picture that was shown.
type Figure struct {
	Cell int // the cell that showed it
	PNG  []byte
	Text string
}

// UsageError says that a magic was called wrongly.
type UsageError struct {
	Magic  Magic
	Reason string
}

func (e *UsageError) Error() string {
	return fmt.Sprintf("%s: %s; usage: %s", e.Magic.Name, e.Reason, e.Magic.Usage)
}

// misuse is how a magic's Run complains about its arguments.
func misuse(name, format string, values ...any) error {
	m, _ := Lookup(name)
	return &UsageError{m, fmt.Sprintf(format, values...)}
}

var registry = map[string]Magic{}

// register adds a magic at start; a second one of the name or a missing part is a mistake of ours.
func register(m Magic) bool {
	if _, twice := registry[m.Name]; twice || m.Usage == "" || m.Help == "" || m.Run == nil {
		panic("magic: " + m.Name + " is registered twice or lacks a part")
	}
	registry[m.Name] = m
	return true
}

// Lookup finds a magic by its name with sign.
func Lookup(name string) (Magic, bool) {
	m, ok := registry[name]
	return m, ok
}

// All lists the magics by name.
func All() []Magic {
	var all []Magic
	for _, m := range registry {
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b Magic) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// Parse splits a line that begins with % or ! into its magic and arguments. The body of a %% cell is not looked at.
func Parse(line string) (m Magic, args string, col int, err error) {
	text := strings.TrimLeft(line, " \t")
	start := len(line) - len(text)
	if strings.HasPrefix(text, "!") {
		name := "!"
		if strings.HasPrefix(text, "!!") {
			name = "!!"
		}
		m = registry[name]
		args, col = argument(line, start+len(name))
		return m, args, col, nil
	}
	word := strings.TrimPrefix(text, "%")
	cell := strings.HasPrefix(word, "%")
	word = strings.TrimPrefix(word, "%")
	if end := strings.IndexFunc(word, func(r rune) bool { return r == ' ' || r == '\t' || r == '\r' }); end >= 0 {
		word = word[:end]
	}
	m, ok := registry["%"+word]
	switch {
	case !ok, word == "" && !cell:
		return Magic{}, "", 0, fmt.Errorf("no magic %%%s%s", word, suggest(word))
	case cell && !m.Cell:
		return Magic{}, "", 0, fmt.Errorf("%%%s takes a line, not a cell: write %%%s", word, word)
	}
	signs := 1
	if cell {
		signs = 2
	}
	args, col = argument(line, start+signs+len(word))
	return m, args, col, nil
}

// argument is the trimmed rest of a line and its column, from 1.
func argument(line string, from int) (args string, col int) {
	rest := line[from:]
	args = strings.TrimLeft(rest, " \t")
	return strings.TrimRight(args, " \t\r"), from + len(rest) - len(args) + 1
}

// suggest names the magics that begin like a misspelt one.
func suggest(word string) string {
	var near []string
	for _, m := range All() {
		name := strings.TrimPrefix(m.Name, "%")
		if word != "" && (strings.HasPrefix(name, word[:1]) || strings.Contains(name, word)) {
			near = append(near, m.Name)
		}
	}
	if len(near) == 0 {
		return "; %help lists them"
	}
	return "; did you mean " + strings.Join(near, " or ") + "?"
}
