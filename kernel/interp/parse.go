package interp

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"regexp"
	"strconv"
	"strings"
)

// fragment is a stretch of a cell that is parsed on its own: one declaration, or the statements of one chunk.
type fragment struct {
	cell     Cell
	from, to int
	stmts    bool
}

// text is what the user wrote.
func (f fragment) text() string { return f.cell.Src[f.from:f.to] }

// parse makes a file of its own of the fragment, with the positions of the cell. Statements become the body of a function
// without a name. It makes a new tree each time, because lowering changes the tree in place.
func (f fragment) parse(fset *token.FileSet) (*ast.File, *CellError) {
	name := fmt.Sprintf("In[%d]", f.cell.N)
	head, tail := "package main;", "\n"
	if f.stmts {
		head, tail = head+"func _() {", "\n}\n"
	}
	text := strings.ReplaceAll(f.cell.Src, "\r\n", " \n")
	text = head + "\n//line " + name + ":1:1\n" + blankOutside(text, f.from, f.to) + tail
	file, err := parser.ParseFile(fset, name, text, parser.SkipObjectResolution|parser.ParseComments)
	if err != nil {
		return nil, f.syntaxError(err)
	}
	file.Comments = nil
	return file, nil
}

// syntaxError reports the parser's first complaint, at a place within the user's text.
func (f fragment) syntaxError(err error) *CellError {
	var list scanner.ErrorList
	if !errors.As(err, &list) {
		return &CellError{Stage: Compile, Msg: err.Error()}
	}
	at, msg := list[0].Pos, list[0].Msg
	pos := Position{f.cell.N, at.Line, at.Column}
	if last := f.end(); at.Filename != fmt.Sprintf("In[%d]", f.cell.N) || pos.Line > last.Line ||
		pos.Line == last.Line && pos.Col > last.Col {
		pos = last
		if i := strings.Index(msg, ", found"); i >= 0 { // what was found there is ours
			msg = msg[:i] + ", found the end of the cell"
		}
	}
	e := &CellError{Stage: Compile, Pos: pos, Msg: clean(msg)}
	if msg == "expected 1 expression" {
		e.Hint = "write one expression a line: the value of the last one is shown"
	}
	return e
}

// end is the place of the fragment's last character that is not space.
func (f fragment) end() Position {
	text := strings.TrimRight(f.cell.Src[:f.to], " \t\r\n;")
	line := 1 + strings.Count(text, "\n")
	col := len(text) - (strings.LastIndexByte(text, '\n') + 1)
	return Position{f.cell.N, line, max(col, 1)}
}

var cellName = regexp.MustCompile(`^In\[(\d+)\]$`)

// position turns a token position into a place in a cell; it is not valid outside cells.
func position(fset *token.FileSet, pos token.Pos) Position {
	return cellPosition(fset.Position(pos))
}

func cellPosition(p token.Position) Position {
	m := cellName.FindStringSubmatch(p.Filename)
	if m == nil {
		return Position{}
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return Position{}
	}
	return Position{n, p.Line, p.Column}
}

var generated = regexp.MustCompile(`ʹ\d*`)

// clean takes generated marks out of a text that a user will read.
func clean(text string) string {
	if !strings.Contains(text, mark) {
		return text
	}
	return generated.ReplaceAllString(text, "")
}

// mark is in every generated name: a letter that no keyboard types by accident.
const mark = "ʹ"

// lines is the first and last line of the fragment.
func (f fragment) lines() (from, to int) {
	from = 1 + strings.Count(f.cell.Src[:f.from], "\n")
	return from, f.end().Line
}
