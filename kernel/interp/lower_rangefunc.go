package interp

import (
	"go/ast"
	"go/token"
	"go/types"
)

// rangeFunc turns a loop over a function into a call of it (L4). The body becomes the yield function; what leaves the loop
// stores a code, returns false, and happens after the call.
func (l *lowerer) rangeFunc(s *ast.RangeStmt, sig *types.Signature, label string) []ast.Stmt {
	yield := sig.Params().At(0).Type().Underlying().(*types.Signature)
	pos := s.Pos()
	fun := l.expr(s.X)
	var params []*ast.Field
	var head []ast.Stmt
	keys := []ast.Expr{s.Key, s.Value}
	l.at(pos)
	for i := range yield.Params().Len() {
		name := l.temp()
		if id, ok := keys[i].(*ast.Ident); ok && s.Tok == token.DEFINE && id.Name != "_" {
			name = id.Name
		} else if keys[i] != nil && s.Tok == token.ASSIGN {
			head = append(head, l.set(l.expr(keys[i]), l.ident(name)))
		}
		params = append(params, l.param(name, yield.Params().At(i).Type()))
	}
	body := l.stmts(s.Body.List)
	l.at(pos)
	x := &exits{l: l, label: label, code: l.temp(), inside: labelsIn(body)}
	state := l.temp()
	body = x.list(body, 0, 0)
	l.at(pos)
	guard := &ast.IfStmt{
		If: pos, Cond: &ast.BinaryExpr{X: l.ident(state), OpPos: pos, Op: token.NEQ, Y: l.integer(0)},
		Body: l.block(&ast.ExprStmt{X: l.host("YieldAfterEnd", l.ident(state))}),
	}
	running := l.set(l.ident(state), l.integer(1)) // should the body leave by a panic
	body = append(append([]ast.Stmt{guard, running}, head...), body...)
	body = append(body, l.set(l.ident(state), l.integer(0)), l.ret(l.ident("true")))
	literal := l.lambda(params, []*ast.Field{l.result(types.Typ[types.Bool])}, x.returns(body, state)...)

	out := []ast.Stmt{
		l.let(x.code, l.integer(0)), l.let(state, l.integer(0)),
	}
	out = append(out, x.variables()...)
	name := l.temp()
	out = append(out, l.let(name, literal),
		&ast.ExprStmt{X: l.apply(fun, l.ident(name))},
		l.set(l.ident(state), l.integer(2)))
	return []ast.Stmt{l.block(append(out, x.after()...)...)}
}

// exits rewrites the statements of a loop body that leave it.
type exits struct {
	l       *lowerer
	label   string // of this loop
	code    string // the variable that says how the loop was left
	inside  map[string]bool
	results []string // hidden variables for the results of a return
	leave   []leaving
	bare    bool // a return occurs
}

// leaving is a branch that goes on after the call; its code is its place in the list, from 1.
type leaving struct{ branch *ast.BranchStmt }

const returnCode = -1

// list rewrites statements; breakable and loops count the statements around them, within the body, that a plain break or
// continue belongs to.
func (x *exits) list(list []ast.Stmt, breakable, loops int) []ast.Stmt {
	var out []ast.Stmt
	for _, s := range list {
		out = append(out, x.stmt(s, breakable, loops)...)
	}
	return out
}

func (x *exits) stmt(s ast.Stmt, breakable, loops int) []ast.Stmt {
	x.l.at(s.Pos())
	switch s := s.(type) {
	case *ast.ReturnStmt:
		return x.returnStmt(s)
	case *ast.BranchStmt:
		return x.branch(s, breakable, loops)
	case *ast.BlockStmt:
		s.List = x.list(s.List, breakable, loops)
	case *ast.LabeledStmt:
		inner := x.stmt(s.Stmt, breakable, loops)
		if len(inner) == 1 {
			s.Stmt = inner[0]
		} else {
			s.Stmt = x.l.block(inner...)
		}
	case *ast.IfStmt:
		s.Body.List = x.list(s.Body.List, breakable, loops)
		if s.Else != nil {
			s.Else = x.stmt(s.Else, breakable, loops)[0]
		}
	case *ast.ForStmt:
		s.Body.List = x.list(s.Body.List, breakable+1, loops+1)
	case *ast.RangeStmt:
		s.Body.List = x.list(s.Body.List, breakable+1, loops+1)
	case *ast.SwitchStmt:
		x.list(s.Body.List, breakable+1, loops)
	case *ast.TypeSwitchStmt:
		x.list(s.Body.List, breakable+1, loops)
	case *ast.SelectStmt:
		x.list(s.Body.List, breakable+1, loops)
	case *ast.CaseClause:
		s.Body = x.list(s.Body, breakable, loops)
	case *ast.CommClause:
		s.Body = x.list(s.Body, breakable, loops)
	}
	return []ast.Stmt{s}
}

func (x *exits) branch(s *ast.BranchStmt, breakable, loops int) []ast.Stmt {
	l := x.l
	own := s.Label != nil && s.Label.Name == x.label
	switch {
	case s.Tok == token.GOTO && !x.inside[s.Label.Name]:
		l.refuse(s.Pos(), "goto %s leaves the body of a range over a function: use a flag and break instead", s.Label.Name)
	case s.Tok == token.FALLTHROUGH || s.Tok == token.GOTO:
	case s.Tok == token.CONTINUE && (own || s.Label == nil && loops == 0):
		return []ast.Stmt{l.ret(l.ident("true"))}
	case s.Tok == token.BREAK && (own || s.Label == nil && breakable == 0):
		return []ast.Stmt{l.ret(l.ident("false"))}
	case s.Label != nil && !x.inside[s.Label.Name]:
		x.leave = append(x.leave, leaving{s})
		return []ast.Stmt{l.set(l.ident(x.code), l.integer(len(x.leave))), l.ret(l.ident("false"))}
	}
	return []ast.Stmt{s}
}

// returnStmt stores the results for the function around the loop.
func (x *exits) returnStmt(s *ast.ReturnStmt) []ast.Stmt {
	l := x.l
	x.bare = true
	out := []ast.Stmt{l.set(l.ident(x.code), l.integer(returnCode)), l.ret(l.ident("false"))}
	if len(s.Results) == 0 {
		return out
	}
	var lhs []ast.Expr
	for _, name := range x.resultNames() {
		lhs = append(lhs, l.ident(name))
	}
	return append(l.assignEach(token.ASSIGN, lhs, s.Results), out...)
}

// resultNames is where results wait: the function's own named ones, or hidden variables.
func (x *exits) resultNames() []string {
	if x.results != nil || x.l.fn == nil || x.l.fn.results == nil {
		return x.results
	}
	if names := namedResults(x.l.fn.typ); names != nil {
		x.results = names
		return names
	}
	for range x.l.fn.results.Len() {
		x.results = append(x.results, x.l.temp())
	}
	return x.results
}

// namedResults lists the names of a function's results, or nil if they have none or a blank one.
func namedResults(t *ast.FuncType) []string {
	var names []string
	if t.Results == nil {
		return nil
	}
	for _, f := range t.Results.List {
		for _, id := range f.Names {
			if id.Name == "_" {
				return nil
			}
			names = append(names, id.Name)
		}
	}
	return names
}

// variables declares the hidden results before the call.
func (x *exits) variables() []ast.Stmt {
	if x.results == nil || namedResults(x.l.fn.typ) != nil {
		return nil
	}
	var list []ast.Stmt
	for i, name := range x.results {
		list = append(list, x.l.declareVar(name, x.l.fn.results.At(i).Type()))
	}
	return list
}

// after does what the body wanted to do outside of the loop.
func (x *exits) after() []ast.Stmt {
	l := x.l
	when := func(code int, then ast.Stmt) ast.Stmt {
		cond := &ast.BinaryExpr{X: l.ident(x.code), OpPos: l.pos, Op: token.EQL, Y: l.integer(code)}
		return &ast.IfStmt{If: l.pos, Cond: cond, Body: l.block(then)}
	}
	var list []ast.Stmt
	if x.bare {
		ret := l.ret()
		for _, name := range x.results {
			ret.Results = append(ret.Results, l.ident(name))
		}
		list = append(list, when(returnCode, ret))
	}
	for i, leaving := range x.leave {
		list = append(list, when(i+1, leaving.branch))
	}
	return list
}

// returns marks the loop as running again or as finished before each return of the yield function itself.
func (x *exits) returns(list []ast.Stmt, state string) []ast.Stmt {
	l := x.l
	var out []ast.Stmt
	for _, s := range list {
		if r, ok := s.(*ast.ReturnStmt); ok {
			if id, ok := r.Results[0].(*ast.Ident); ok && id.Name == "true" {
				out = append(out, l.set(l.ident(state), l.integer(0)))
			}
		}
		eachBlock(s, func(list []ast.Stmt) []ast.Stmt { return x.returns(list, state) })
		out = append(out, s)
	}
	return out
}

// eachBlock replaces the statement lists directly below s.
func eachBlock(s ast.Stmt, f func([]ast.Stmt) []ast.Stmt) {
	switch s := s.(type) {
	case *ast.BlockStmt:
		s.List = f(s.List)
	case *ast.LabeledStmt:
		eachBlock(s.Stmt, f)
	case *ast.IfStmt:
		s.Body.List = f(s.Body.List)
		if s.Else != nil {
			eachBlock(s.Else, f)
		}
	case *ast.ForStmt:
		s.Body.List = f(s.Body.List)
	case *ast.RangeStmt:
		s.Body.List = f(s.Body.List)
	case *ast.SwitchStmt:
		eachBlock(s.Body, f)
	case *ast.TypeSwitchStmt:
		eachBlock(s.Body, f)
	case *ast.SelectStmt:
		eachBlock(s.Body, f)
	case *ast.CaseClause:
		s.Body = f(s.Body)
	case *ast.CommClause:
		s.Body = f(s.Body)
	}
}

// labelsIn lists the labels that stand in the statements themselves.
func labelsIn(list []ast.Stmt) map[string]bool {
	labels := map[string]bool{}
	for _, s := range list {
		ast.Inspect(s, func(n ast.Node) bool {
			if s, ok := n.(*ast.LabeledStmt); ok {
				labels[s.Label.Name] = true
			}
			_, function := n.(*ast.FuncLit)
			return !function
		})
	}
	return labels
}
