package interp

import (
	"go/scanner"
	"go/token"
	"strings"
)

// piece is one top-level statement or declaration of a cell; from and to are byte offsets.
type piece struct {
	kind     token.Token // IMPORT, TYPE, CONST, FUNC, PACKAGE, or ILLEGAL for a statement
	from, to int
	silenced bool // an explicit semicolon follows
}

func (p piece) statement() bool { return p.kind == token.ILLEGAL }

// Piece is the text of one top-level statement or declaration of a cell.
type Piece struct {
	Kind token.Token // IMPORT, TYPE, CONST, FUNC or PACKAGE of a declaration, else ILLEGAL
	Src  string
}

// Split cuts a cell into its top-level pieces, in source order.
func Split(src string) []Piece {
	var list []Piece
	for _, p := range split(src) {
		list = append(list, Piece{p.kind, strings.TrimSpace(src[p.from:p.to])})
	}
	return list
}

// lexeme is one token of a cell.
type lexeme struct {
	tok    token.Token
	lit    string
	offset int
}

func lex(src string) []lexeme {
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(src))
	s.Init(file, []byte(src), func(token.Position, string) {}, 0)
	var list []lexeme
	for {
		pos, tok, lit := s.Scan()
		list = append(list, lexeme{tok, lit, file.Offset(pos)})
		if tok == token.EOF {
			return list
		}
	}
}

// split cuts a cell into its top-level pieces, in source order. Unbalanced brackets leave one piece to the end, for the
// parser to complain about.
func split(src string) []piece {
	tokens := lex(src)
	var pieces []piece
	depth := 0
	start := -1
	head := false // of an if, for or switch: its semicolons end nothing
	for i, t := range tokens {
		if start < 0 && t.tok != token.SEMICOLON && t.tok != token.EOF {
			start = i
		}
		switch t.tok {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth--
		}
		switch {
		case depth == 0 && (t.tok == token.IF || t.tok == token.FOR || t.tok == token.SWITCH):
			head = true
		case t.tok == token.LBRACE && depth == 1 || t.tok == token.SEMICOLON && t.lit != ";":
			head = false
		}
		end := t.tok == token.EOF || t.tok == token.SEMICOLON && depth <= 0 && !head
		if !end || start < 0 {
			continue
		}
		p := piece{kind: pieceKind(tokens[start:i]), from: tokens[start].offset, to: min(t.offset, len(src))}
		p.silenced = t.tok == token.SEMICOLON && t.lit == ";"
		pieces = append(pieces, p)
		start, depth, head = -1, 0, false
	}
	return pieces
}

// pieceKind tells a declaration from a statement by its first tokens.
func pieceKind(tokens []lexeme) token.Token {
	switch tokens[0].tok {
	case token.IMPORT, token.TYPE, token.CONST, token.PACKAGE:
		return tokens[0].tok
	case token.FUNC:
		if namedFunc(tokens[1:]) {
			return token.FUNC
		}
	}
	return token.ILLEGAL
}

// namedFunc reports whether the tokens after func begin a function or method rather than a literal: a name with
// parameters, perhaps behind a receiver.
func namedFunc(tokens []lexeme) bool {
	if len(tokens) > 0 && tokens[0].tok == token.LPAREN {
		depth := 0
		for i, t := range tokens {
			switch t.tok {
			case token.LPAREN:
				depth++
			case token.RPAREN:
				depth--
			}
			if depth == 0 {
				tokens = tokens[i+1:]
				break
			}
		}
	}
	return len(tokens) > 1 && tokens[0].tok == token.IDENT && (tokens[1].tok == token.LPAREN || tokens[1].tok == token.LBRACK)
}

// blankOutside replaces everything outside [from, to) by spaces, newlines kept, so that positions stay.
func blankOutside(src string, from, to int) string {
	return blank(src[:from]) + src[from:to] + blank(src[to:])
}

func blank(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' {
			return r
		}
		return ' '
	}, text)
}
