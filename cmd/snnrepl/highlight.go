package main

import (
	"go/scanner"
	"go/token"
	"strings"
)

// highlight colours Go by its tokens: keywords, strings, numbers, comments.
func highlight(src string) string {
	if strings.HasPrefix(strings.TrimSpace(src), "%") || strings.HasPrefix(strings.TrimSpace(src), "!") {
		return "\x1b[35m" + src + "\x1b[0m"
	}
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(src))
	s.Init(file, []byte(src), func(token.Position, string) {}, scanner.ScanComments)
	var b strings.Builder
	done := 0
	for {
		pos, kind, literal := s.Scan()
		if kind == token.EOF {
			b.WriteString(src[done:])
			return b.String()
		}
		colour := tokenColour(kind)
		from := file.Offset(pos)
		if colour == "" || from < done || from+len(literal) > len(src) || src[from:from+len(literal)] != literal {
			continue
		}
		b.WriteString(src[done:from] + colour + literal + "\x1b[0m")
		done = from + len(literal)
	}
}

func tokenColour(kind token.Token) string {
	switch {
	case kind.IsKeyword():
		return "\x1b[34m"
	case kind == token.STRING || kind == token.CHAR:
		return "\x1b[32m"
	case kind == token.INT || kind == token.FLOAT || kind == token.IMAG:
		return "\x1b[36m"
	case kind == token.COMMENT:
		return "\x1b[2m"
	}
	return ""
}
