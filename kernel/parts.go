package kernel

import (
	"go/scanner"
	"go/token"
	"strings"

	"github.com/livespike/livespike/kernel/magic"
)

// part is a stretch of a cell: Go code, or one magic line. from and to are byte offsets.
type part struct {
	magic    bool
	from, to int
	line     int // of from, from 1
}

// split separates a cell's magic lines from its code. A line that begins with % or ! is a magic where a statement may
// begin: inside brackets, raw strings and comments, and after an operator, it is Go.
func split(src string) []part {
	var parts []part
	code := part{line: 1}
	if first := strings.TrimSpace(src); strings.HasPrefix(first, "%%") && !magic.Bare(first) {
		lead := len(src) - len(strings.TrimLeft(src, " \t\r\n"))
		return []part{{magic: true, from: lead, to: len(src), line: 1 + strings.Count(src[:lead], "\n")}}
	}
	line := 0
	for from := 0; from < len(src); {
		to := len(src)
		if end := strings.IndexByte(src[from:], '\n'); end >= 0 {
			to = from + end + 1
		}
		line++
		text := strings.TrimLeft(src[from:to], " \t")
		if (strings.HasPrefix(text, "%") || strings.HasPrefix(text, "!")) && statementEnd(src[code.from:from]) {
			if code.to = from; strings.TrimSpace(src[code.from:code.to]) != "" {
				parts = append(parts, code)
			}
			parts = append(parts, part{true, from, to, line})
			code = part{from: to, line: line + 1}
		}
		from = to
	}
	if code.to = len(src); strings.TrimSpace(src[code.from:]) != "" {
		parts = append(parts, code)
	}
	return parts
}

// statementEnd reports whether a new statement may begin after this code: brackets are closed, no string or comment is
// open, and the last token ends a line as Go's semicolon rule has it.
func statementEnd(code string) bool {
	if strings.TrimSpace(code) == "" {
		return true
	}
	var s scanner.Scanner
	open := false
	file := token.NewFileSet().AddFile("", -1, len(code))
	s.Init(file, []byte(code), func(_ token.Position, message string) {
		open = open || strings.Contains(message, "not terminated")
	}, 0)
	depth := 0
	last := token.SEMICOLON
	for {
		_, kind, _ := s.Scan()
		switch kind {
		case token.EOF:
			return !open && depth <= 0 && last == token.SEMICOLON
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth--
		}
		last = kind
	}
}

// only blanks everything but one stretch, keeping newlines, so that positions stay those of the cell.
func only(src string, from, to int) string {
	return blank(src[:from]) + src[from:to]
}

// blank turns text into spaces, newlines kept.
func blank(text string) string {
	bytes := []byte(text)
	for i, c := range bytes {
		if c != '\n' && c != '\r' {
			bytes[i] = ' '
		}
	}
	return string(bytes)
}
