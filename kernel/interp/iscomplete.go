package interp

import (
	"go/parser"
	"go/scanner"
	"go/token"
	"strings"
)

// Status says whether a text is a whole cell.
type Status int

// What a text may be.
const (
	Complete   Status = iota
	Incomplete        // more text can make it a cell
	Invalid           // no more text can
)

func (s Status) String() string {
	return [...]string{"complete", "incomplete", "invalid"}[s]
}

// Completeness says whether Enter ends a cell, and if not, how to indent the next line.
type Completeness struct {
	Status Status
	Indent string
}

// IsComplete judges by syntax alone: a bracket, raw string or comment without its end and a trailing operator ask for
// more; an error of syntax before the end is invalid. It may run beside a cell.
func (in *Interp) IsComplete(src string) Completeness {
	o := outline{src: src}
	if !o.scan() {
		return Completeness{Status: Invalid}
	}
	if o.unended {
		return Completeness{Status: Incomplete}
	}
	more := len(o.open) > 0 || o.trailing
	switch err := syntaxError(src); {
	case err == nil && !o.trailing:
		return Completeness{Status: Complete}
	case err != nil && (!more && !o.header || err.Offset < o.end):
		return Completeness{Status: Invalid}
	}
	return Completeness{Incomplete, o.indent()}
}

// outline is what the tokens of a text tell about its end.
type outline struct {
	src      string
	open     []bracket
	end      int         // offset behind the last token
	last     token.Token // but for automatic semicolons
	trailing bool        // a statement cannot end after the last token
	header   bool        // the last token is a semicolon of the user
	unended  bool        // a raw string or a comment goes on
}

type bracket struct {
	tok   token.Token
	line  int
	cases bool // of a switch or select
}

// scan reads all tokens. It reports false for what no more text can make right.
func (o *outline) scan() bool {
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(o.src))
	bad := false
	s.Init(file, []byte(o.src), func(_ token.Position, msg string) {
		if msg == "raw string literal not terminated" || msg == "comment not terminated" {
			o.unended = true
		} else {
			bad = true
		}
	}, 0)
	cases := false
	for {
		pos, tok, lit := s.Scan()
		switch tok {
		case token.EOF:
			return !bad
		case token.SEMICOLON:
			o.trailing, o.header = false, lit == ";"
			if lit != ";" {
				continue
			}
		case token.SWITCH, token.SELECT:
			cases = true
		case token.LPAREN, token.LBRACK, token.LBRACE:
			o.open = append(o.open, bracket{tok, file.Line(pos), cases && tok == token.LBRACE})
			cases = cases && tok != token.LBRACE
		case token.RPAREN, token.RBRACK, token.RBRACE:
			n := len(o.open) - 1
			if n < 0 || o.open[n].tok != opening[tok] {
				return false
			}
			o.open = o.open[:n]
		}
		if lit == "" {
			lit = tok.String()
		}
		o.last, o.end = tok, file.Offset(pos)+len(lit)
		if tok != token.SEMICOLON {
			o.trailing, o.header = true, false // until a semicolon, perhaps an automatic one, follows
		}
	}
}

var opening = map[token.Token]token.Token{
	token.RPAREN: token.LPAREN, token.RBRACK: token.LBRACK, token.RBRACE: token.LBRACE,
}

// indent is gofmt's for the next line: a tab for each line that opened a bracket, and one for a line that goes on.
func (o *outline) indent() string {
	n, line := 0, 0
	for _, b := range o.open {
		if b.line != line {
			n, line = n+1, b.line
		}
	}
	switch o.last {
	case token.LBRACE:
		if o.open[len(o.open)-1].cases {
			n--
		}
	case token.LPAREN, token.LBRACK, token.COMMA, token.COLON, token.SEMICOLON:
	default:
		if o.trailing {
			n++
		}
	}
	return strings.Repeat("\t", n)
}

// syntaxError is the parser's first complaint about a text, with its offset there, or nil.
func syntaxError(src string) *token.Position {
	for _, p := range split(src) {
		head, tail := "package p;", ""
		if p.statement() {
			head, tail = head+"func _() {", "\n}"
		}
		if p.kind == token.PACKAGE {
			continue
		}
		_, err := parser.ParseFile(token.NewFileSet(), "", head+src[p.from:p.to]+tail, parser.SkipObjectResolution)
		if list, ok := err.(scanner.ErrorList); ok {
			at := list[0].Pos
			at.Offset += p.from - len(head)
			return &at
		}
	}
	return nil
}
