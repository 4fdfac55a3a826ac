package interp

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
)

// The engine says in which function a panic happened, not at which statement. So before each statement that may panic the
// lowered code stores its place in a variable (L17): one for the functions, one for the cell's own statements, and one of its
// own for each literal that runs on another goroutine.

const (
	lineName     = mark + "line"
	cellLineName = mark + "cellline"
	placeName    = mark + "place" // a pointer, local to the literal
)

// declareLines makes the variables in the engine and hands their addresses to the host.
func (in *Interp) declareLines() {
	src := fmt.Sprintf("package main\nimport %[3]s %[3]q\nvar %[1]s, %[2]s int\nfunc main() { %[3]s.Line(&%[1]s, &%[2]s) }", lineName, cellLineName, hostPath)
	file, err := parser.ParseFile(in.fset, "lines", src, parser.SkipObjectResolution)
	must(err)
	program, err := in.engine.CompileAST(file)
	must(err)
	_, err = in.engine.Execute(program)
	must(err)
}

func (in *Interp) hostLine(line, cellLine *int) { in.line, in.cellLine = line, cellLine }

// mark stores the place of a statement before it, if it may panic.
func (l *lowerer) markLine(s ast.Stmt) []ast.Stmt {
	at := position(l.plan.in.fset, s.Pos())
	if !mayPanic(s) || !at.IsValid() {
		return nil
	}
	l.at(s.Pos())
	var place ast.Expr = l.ident(lineName)
	switch {
	case l.fn == nil:
		place = l.ident(cellLineName)
	case l.async():
		place = &ast.StarExpr{Star: s.Pos(), X: l.ident(placeName)}
	}
	return []ast.Stmt{l.set(place, l.integer(at.Cell<<16|min(at.Line, 1<<16-1)))}
}

// async reports whether the present function is a literal that runs on a goroutine of its own, or lies in one.
func (l *lowerer) async() bool {
	for f := l.fn; f != nil; f = f.outer {
		if f.async {
			return true
		}
	}
	return false
}

// reached is the last place that was stored: the function's, or the cell's.
func (in *Interp) reached() Position {
	if *in.line != 0 {
		return unpacked(*in.line)
	}
	return unpacked(*in.cellLine)
}

// unpacked is a place as it was stored.
func unpacked(stored int) Position {
	if stored == 0 {
		return Position{}
	}
	return Position{Cell: stored >> 16, Line: stored & (1<<16 - 1)}
}

// mayPanic reports whether a statement, outside the statements within it, does anything that can panic.
func mayPanic(s ast.Stmt) bool {
	found := false
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt, *ast.FuncLit:
			return false
		case *ast.CallExpr, *ast.IndexExpr, *ast.SliceExpr, *ast.StarExpr, *ast.TypeAssertExpr, *ast.SendStmt,
			*ast.SelectorExpr:
			found = true
		case *ast.BinaryExpr:
			found = found || n.Op == token.QUO || n.Op == token.REM || shifts(n.Op, n.Y)
		case *ast.AssignStmt:
			found = found || n.Tok == token.QUO_ASSIGN || n.Tok == token.REM_ASSIGN || shifts(n.Tok, n.Rhs[0])
		}
		return !found
	})
	return found
}

// shifts reports whether an operator shifts by a count that may be negative.
func shifts(op token.Token, count ast.Expr) bool {
	_, literal := count.(*ast.BasicLit)
	return !literal && (op == token.SHL || op == token.SHR || op == token.SHL_ASSIGN || op == token.SHR_ASSIGN)
}
