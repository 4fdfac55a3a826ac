package interp

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
)

// column completes a place, which the engine knows by its line, where only one expression of the line can have failed with
// these words.
func (in *Interp) column(at Position, msg string, running Cell) Position {
	src := running.Src
	if running.N != at.Cell {
		src = ""
		for _, v := range in.names {
			if v.decl != nil && v.decl.cell.N == at.Cell {
				src = v.decl.cell.Src
			}
		}
	}
	found, others := -1, false
	for _, p := range split(src) {
		head, tail := "package p;", ""
		if p.statement() {
			head, tail = head+"func _() {", "\n}"
		}
		file, err := parser.ParseFile(token.NewFileSet(), "", head+src[p.from:p.to]+tail, parser.SkipObjectResolution)
		if err != nil {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			pos := failing(n, msg)
			if !pos.IsValid() {
				return true
			}
			offset := int(pos-file.FileStart) - len(head) + p.from
			if offset < 0 || offset >= len(src) || 1+strings.Count(src[:offset], "\n") != at.Line {
				return true
			}
			others = others || found >= 0 && found != offset
			found = offset
			return true
		})
	}
	if found >= 0 && !others {
		at.Col = found - strings.LastIndexByte(src[:found], '\n')
	}
	return at
}

// failing is the place of a node that can fail with a message, or none.
func failing(n ast.Node, msg string) token.Pos {
	about := func(words string) bool { return strings.Contains(msg, words) }
	switch n := n.(type) {
	case *ast.IndexExpr:
		if about("index out of range") || about("nil map") {
			return n.Pos()
		}
	case *ast.SliceExpr:
		if about("slice bounds out of range") {
			return n.Pos()
		}
	case *ast.BinaryExpr:
		if (n.Op == token.QUO || n.Op == token.REM) && about("divide by zero") || (n.Op == token.SHL || n.Op == token.SHR) && about("shift") {
			return n.Y.Pos()
		}
	case *ast.SelectorExpr:
		if about("nil pointer dereference") {
			return n.Pos()
		}
	case *ast.StarExpr:
		if about("nil pointer dereference") {
			return n.Pos()
		}
	case *ast.TypeAssertExpr:
		if about("interface conversion") {
			return n.Pos()
		}
	case *ast.SendStmt:
		if about("send on closed channel") {
			return n.Pos()
		}
	case *ast.CallExpr:
		name, _ := n.Fun.(*ast.Ident)
		if name == nil {
			break
		}
		if name.Name == "close" && about("close of") || name.Name == "make" && (about("makeslice") || about("out of memory")) {
			return n.Pos()
		}
	}
	return token.NoPos
}
