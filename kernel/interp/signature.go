package interp

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
)

// Signature is how a function is called. The bytes of Text from From to To are the parameter whose argument is being typed;
// none if they are equal.
type Signature struct {
	Text     string
	From, To int
}

// Signature tells how the function is called whose arguments a place of a cell stands in. No code runs.
func (in *Interp) Signature(src string, cursor int) (Signature, bool) {
	cursor = min(max(cursor, 0), len(src))
	open, argument := openCall(src[:cursor])
	if open < 0 {
		return Signature{}, false
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	doc, ok := in.inspectCall(src[:open+1])
	text, _, _ := strings.Cut(doc.Sig, "\n")
	if name, rest, variable := strings.Cut(strings.TrimPrefix(text, "var "), " func("); variable && strings.HasPrefix(text, "var ") {
		text = "func " + name + "(" + rest
	}
	if !ok || !strings.HasPrefix(text, "func ") {
		return Signature{}, false // of a conversion or a builtin
	}
	text = strings.Replace(text, ").", ") ", 1) // as the checker writes methods
	from, to := parameter(text, argument)
	return Signature{text, from, to}, true
}

// openCall is the offset of the innermost parenthesis after a name that a text leaves open, and the number of commas since;
// -1 if there is none.
func openCall(text string) (open, argument int) {
	type level struct {
		offset, commas int
		call           bool
	}
	var levels []level
	before := token.ILLEGAL
	for _, t := range lex(text) {
		switch t.tok {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			call := t.tok == token.LPAREN && (before == token.IDENT || before == token.RBRACK)
			levels = append(levels, level{t.offset, 0, call})
		case token.RPAREN, token.RBRACK, token.RBRACE:
			levels = levels[:max(len(levels)-1, 0)]
		case token.COMMA:
			if n := len(levels); n > 0 {
				levels[n-1].commas++
			}
		}
		before = t.tok
	}
	for i := len(levels) - 1; i >= 0; i-- {
		if levels[i].call {
			return levels[i].offset, levels[i].commas
		}
		if text[levels[i].offset] == '{' && blockBrace(text[:levels[i].offset]) {
			break // the body of a function literal
		}
	}
	return -1, 0
}

// blockBrace reports whether the brace after a text begins a block, not the elements of a literal.
func blockBrace(before string) bool {
	line := before[strings.LastIndexByte(before, '\n')+1:]
	tokens := lex(line)
	for _, t := range tokens {
		switch t.tok {
		case token.FUNC, token.IF, token.FOR, token.SWITCH, token.SELECT, token.ELSE:
			return true
		}
	}
	return false
}

// parameter is where the n-th parameter of a function stands in its signature. A variadic one takes all further arguments.
func parameter(sig string, n int) (from, to int) {
	const head = "package p;"
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", head+sig, parser.SkipObjectResolution)
	if err != nil || len(file.Decls) == 0 {
		return 0, 0
	}
	decl, ok := file.Decls[0].(*ast.FuncDecl)
	if !ok {
		return 0, 0
	}
	offset := func(pos token.Pos) int { return fset.Position(pos).Offset - len(head) }
	for _, f := range decl.Type.Params.List {
		_, variadic := f.Type.(*ast.Ellipsis)
		if count := max(len(f.Names), 1); n >= count && !variadic {
			n -= count
			continue
		}
		if len(f.Names) > 1 {
			name := f.Names[n]
			return offset(name.Pos()), offset(name.End())
		}
		return offset(f.Pos()), offset(f.End())
	}
	return 0, 0
}
