package interp

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// sketch is an unfinished cell, checked up to the cursor with all complaints ignored.
type sketch struct {
	info     *types.Info
	scope    *types.Scope // innermost at the cursor
	at       token.Pos
	selector *ast.SelectorExpr // the cursor stands behind its dot
	literal  *ast.CompositeLit // the cursor stands where a key or element begins
	call     *ast.CallExpr     // the cursor stands where this argument begins
	argument int
}

// hole is the name that stands for what the user is about to type.
const hole = mark + "hole"

// sketch parses and checks the text before the cursor. It returns nil if nothing can be made of it.
func (in *Interp) sketch(before string) *sketch {
	text := "package main;func _() {\n" + asStatements(before) + hole
	text += closers(text) + "\n}\n"
	fset := token.NewFileSet()
	file, _ := parser.ParseFile(fset, "sketch", text, parser.SkipObjectResolution|parser.AllErrors) // a partial tree will do
	if file == nil {
		return nil
	}
	p := &plan{in: in, names: in.names, imports: in.imports}
	p.imports.importInto(file, p.hidden)
	p.refresh()
	s := &sketch{info: newInfo()}
	config := types.Config{GoVersion: "go1.26", Importer: in.universe, Error: func(error) {}}
	_ = types.NewChecker(&config, fset, in.world.pkg, s.info).Files([]*ast.File{file}) // unfinished text has errors
	s.locate(file)
	return s
}

// refresh rebuilds what the checker knows, if it is stale.
func (p *plan) refresh() {
	if p.in.world.stale {
		p.check(nil, nil)
	}
}

// asStatements turns declarations of functions into function literals and blanks other declarations, so that one body
// holds the text and the package stays as it is.
func asStatements(src string) string {
	text := []byte(src)
	for _, p := range split(src) {
		switch {
		case p.statement():
		case p.kind == token.FUNC:
			literal(text, src, p)
		default:
			copy(text[p.from:p.to], blank(src[p.from:p.to]))
		}
	}
	return string(text)
}

// literal takes the name out of func name(…), and makes the receiver of a method its first parameter.
func literal(text []byte, src string, p piece) {
	tokens := lex(src[p.from:p.to])
	depth, method := 0, tokens[1].tok == token.LPAREN
	for i, t := range tokens[1:] {
		at := p.from + t.offset
		switch {
		case t.tok == token.LPAREN:
			depth++
		case t.tok == token.RPAREN:
			if depth--; depth == 0 && method {
				text[at] = ','
			}
		case t.tok == token.IDENT && depth == 0:
			copy(text[at:], strings.Repeat(" ", len(t.lit)))
			if method && tokens[i+2].tok == token.LPAREN {
				text[p.from+tokens[i+2].offset] = ' '
			}
			return
		}
	}
}

// closers are the brackets that text leaves open, innermost first.
func closers(text string) string {
	var open []byte
	for _, l := range lex(text[strings.IndexByte(text, '\n'):]) {
		switch l.tok {
		case token.LPAREN:
			open = append(open, ')')
		case token.LBRACK:
			open = append(open, ']')
		case token.LBRACE:
			open = append(open, '}')
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		}
	}
	var b strings.Builder
	for i := len(open) - 1; i >= 0; i-- {
		if open[i] == '}' {
			b.WriteByte('\n')
		}
		b.WriteByte(open[i])
	}
	return b.String()
}

// locate finds the hole, what stands around it, and the innermost scope.
func (s *sketch) locate(file *ast.File) {
	var stack []ast.Node
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		if id, ok := n.(*ast.Ident); ok && id.Name == hole {
			s.at = id.Pos()
			s.around(id, stack)
		}
		stack = append(stack, n)
		return true
	})
	for node, scope := range s.info.Scopes {
		if _, isFile := node.(*ast.File); !isFile && scope.Contains(s.at) && (s.scope == nil || s.scope.Contains(scope.Pos())) {
			s.scope = scope
		}
	}
}

func (s *sketch) around(id *ast.Ident, stack []ast.Node) {
	if len(stack) == 0 {
		return
	}
	var arg ast.Expr = id
	if sel, ok := stack[len(stack)-1].(*ast.SelectorExpr); ok && sel.Sel == id {
		s.selector, arg = sel, sel
		stack = stack[:len(stack)-1]
	}
	switch parent := stack[len(stack)-1].(type) {
	case *ast.CompositeLit:
		s.literal = parent
	case *ast.CallExpr:
		if i := slices.Index(parent.Args, arg); i >= 0 {
			s.call, s.argument = parent, i
		}
	}
}

// wanted is the type of the argument that the cursor stands at, or nil.
func (s *sketch) wanted() types.Type {
	sig, ok := s.info.TypeOf(s.call.Fun).(*types.Signature)
	if !ok || sig.Params().Len() == 0 {
		return nil
	}
	last := sig.Params().Len() - 1
	want := sig.Params().At(min(s.argument, last)).Type()
	if slice, ok := want.(*types.Slice); ok && sig.Variadic() && s.argument >= last {
		return slice.Elem()
	}
	return want
}

// calledDoc is the documentation of the function whose argument the cursor stands at.
func (s *sketch) calledDoc() symbolDoc {
	sel, ok := ast.Unparen(s.call.Fun).(*ast.SelectorExpr)
	if !ok {
		return symbolDoc{}
	}
	if obj := s.info.Uses[sel.Sel]; obj != nil && obj.Pkg() != nil {
		return docs()[obj.Pkg().Name()+"."+obj.Name()]
	}
	return symbolDoc{}
}
