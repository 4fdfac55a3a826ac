package interp

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
)

// typeSyntax writes a type as an expression at pos; name says how a defined type is mentioned.
func typeSyntax(t types.Type, pos token.Pos, name func(*types.Named) ast.Expr) ast.Expr {
	w := typeWriter{pos: pos, name: name}
	return w.expr(t)
}

// typeWriter writes types for the engine, which sees a script's interfaces as empty ones (lower_interface.go), or exactly.
type typeWriter struct {
	pos   token.Pos
	name  func(*types.Named) ast.Expr
	exact bool
}

func (w typeWriter) ident(name string) *ast.Ident { return &ast.Ident{NamePos: w.pos, Name: name} }

func (w typeWriter) expr(t types.Type) ast.Expr {
	switch t := t.(type) {
	case *types.Alias:
		return w.expr(types.Unalias(t))
	case *types.Basic:
		return w.ident(types.Typ[types.Default(t).(*types.Basic).Kind()].Name())
	case *types.Named:
		if !w.exact && erased(t) {
			return w.empty()
		}
		return w.name(t)
	case *types.TypeParam:
		return w.ident(t.Obj().Name())
	case *types.Pointer:
		return &ast.StarExpr{Star: w.pos, X: w.expr(t.Elem())}
	case *types.Slice:
		return &ast.ArrayType{Lbrack: w.pos, Elt: w.expr(t.Elem())}
	case *types.Array:
		size := &ast.BasicLit{ValuePos: w.pos, Kind: token.INT, Value: strconv.FormatInt(t.Len(), 10)}
		return &ast.ArrayType{Lbrack: w.pos, Len: size, Elt: w.expr(t.Elem())}
	case *types.Map:
		return &ast.MapType{Map: w.pos, Key: w.expr(t.Key()), Value: w.expr(t.Elem())}
	case *types.Chan:
		dir := [...]ast.ChanDir{types.SendRecv: ast.SEND | ast.RECV, types.SendOnly: ast.SEND, types.RecvOnly: ast.RECV}
		return &ast.ChanType{Begin: w.pos, Dir: dir[t.Dir()], Value: w.expr(t.Elem())}
	case *types.Signature:
		return w.signature(t)
	case *types.Struct:
		return w.structure(t)
	case *types.Interface:
		if !w.exact && erased(t) {
			return w.empty()
		}
		return w.iface(t)
	}
	panic(fmt.Sprintf("interp: no syntax for the type %s", t))
}

// empty is interface{}.
func (w typeWriter) empty() ast.Expr {
	return &ast.InterfaceType{Interface: w.pos, Methods: &ast.FieldList{Opening: w.pos, Closing: w.pos}}
}

func (w typeWriter) signature(t *types.Signature) *ast.FuncType {
	params := w.tuple(t.Params())
	if t.Variadic() {
		last := params.List[len(params.List)-1]
		if slice, ok := last.Type.(*ast.ArrayType); ok {
			last.Type = &ast.Ellipsis{Ellipsis: w.pos, Elt: slice.Elt}
		}
	}
	f := &ast.FuncType{Func: w.pos, Params: params}
	if t.Results().Len() > 0 {
		f.Results = w.tuple(t.Results())
	}
	return f
}

func (w typeWriter) tuple(t *types.Tuple) *ast.FieldList {
	list := &ast.FieldList{Opening: w.pos, Closing: w.pos}
	for v := range t.Variables() {
		list.List = append(list.List, &ast.Field{Type: w.expr(v.Type())})
	}
	return list
}

func (w typeWriter) structure(t *types.Struct) ast.Expr {
	fields := &ast.FieldList{Opening: w.pos, Closing: w.pos}
	for i := range t.NumFields() {
		f := &ast.Field{Type: w.expr(t.Field(i).Type())}
		if !t.Field(i).Embedded() || !w.exact && erased(t.Field(i).Type()) {
			f.Names = []*ast.Ident{w.ident(t.Field(i).Name())}
		}
		if tag := t.Tag(i); tag != "" {
			f.Tag = &ast.BasicLit{ValuePos: w.pos, Kind: token.STRING, Value: strconv.Quote(tag)}
		}
		fields.List = append(fields.List, f)
	}
	return &ast.StructType{Struct: w.pos, Fields: fields}
}

func (w typeWriter) iface(t *types.Interface) ast.Expr {
	fields := &ast.FieldList{Opening: w.pos, Closing: w.pos}
	for m := range t.ExplicitMethods() {
		fields.List = append(fields.List, &ast.Field{Names: []*ast.Ident{w.ident(m.Name())}, Type: w.signature(m.Signature())})
	}
	for e := range t.EmbeddedTypes() {
		fields.List = append(fields.List, &ast.Field{Type: w.expr(e)})
	}
	return &ast.InterfaceType{Interface: w.pos, Methods: fields}
}
