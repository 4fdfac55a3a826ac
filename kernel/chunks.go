package kernel

import (
	"go/scanner"
	"go/token"
	"strings"

	"github.com/livespike/livespike/kernel/magic"
)

// chunk is one declaration or statement at the top level of a cell.
type chunk struct {
	declares token.Token // IMPORT, TYPE, CONST or FUNC for a declaration, else ILLEGAL
	src      string
}

// lexeme is a token with its place.
type lexeme struct {
	kind     token.Token
	from, to int
}

// chunks splits code at the semicolons outside brackets, Go's automatic ones included.
func chunks(code string) []chunk {
	tokens := lex(code)
	var list []chunk
	depth, start := 0, 0
	for i, t := range tokens {
		switch t.kind {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth--
		case token.SEMICOLON:
			if depth > 0 {
				continue
			}
			if i > start {
				list = append(list, chunk{declares(tokens[start:i]), code[tokens[start].from:tokens[i-1].to]})
			}
			start = i + 1
		}
	}
	if start < len(tokens) {
		list = append(list, chunk{declares(tokens[start:]), code[tokens[start].from:tokens[len(tokens)-1].to]})
	}
	return list
}

func lex(code string) []lexeme {
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(code))
	s.Init(file, []byte(code), func(token.Position, string) {}, 0)
	var tokens []lexeme
	for {
		pos, kind, literal := s.Scan()
		if kind == token.EOF {
			return tokens
		}
		if literal == "" {
			literal = kind.String()
		}
		from := file.Offset(pos)
		tokens = append(tokens, lexeme{kind, from, min(from+len(literal), len(code))})
	}
}

// declares tells a declaration by its first tokens. A func literal that is called is a statement.
func declares(tokens []lexeme) token.Token {
	switch first := tokens[0].kind; first {
	case token.IMPORT, token.TYPE, token.CONST:
		return first
	case token.FUNC:
		if len(tokens) > 1 && tokens[1].kind == token.IDENT {
			return first
		}
		depth := 0
		for i, t := range tokens[1:] {
			switch t.kind {
			case token.LPAREN:
				depth++
			case token.RPAREN:
				depth--
			}
			if depth == 0 { // behind the receiver, if it is one, stands the method's name and a parenthesis
				if i+3 < len(tokens) && tokens[i+2].kind == token.IDENT && tokens[i+3].kind == token.LPAREN {
					return first
				}
				return token.ILLEGAL
			}
		}
	}
	return token.ILLEGAL
}

// goCode is a cell without its magics. What %time and %prof run stays; other magics are listed.
func goCode(src string) (code string, magics []string) {
	var b strings.Builder
	for _, p := range split(src) {
		text := src[p.from:p.to]
		if p.magic {
			magics = append(magics, strings.TrimSpace(text))
			text = timed(text)
		}
		b.WriteString(text)
	}
	return b.String(), magics
}

// timed is the statement of %time and %prof, or the cell below %%time and %%prof.
func timed(text string) string {
	head, body, _ := strings.Cut(text, "\n")
	m, args, _, err := magic.Parse(head)
	switch {
	case err != nil || m.Name != "%time" && m.Name != "%prof":
		return ""
	case body != "":
		return body
	}
	if rest, ok := strings.CutPrefix(args, "-o "); ok {
		_, args, _ = strings.Cut(strings.TrimSpace(rest), " ")
	}
	return args + "\n"
}
