package interp

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"math"
	"strconv"
)

// constant writes a constant expression as a literal of its final type (L16). The engine never sees a constant
// declaration, so its own constant arithmetic does not matter.
func (l *lowerer) constant(e ast.Expr, tv types.TypeAndValue) ast.Expr {
	l.at(e.Pos())
	t := types.Default(tv.Type)
	basic, ok := t.Underlying().(*types.Basic)
	if !ok { // a constant of a type parameter
		return l.literal(tv.Value, nil)
	}
	lit := l.literal(tv.Value, basic)
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		switch t.Kind() {
		case types.Int, types.Float64, types.String, types.Bool:
			return l.typed(lit, t)
		}
	}
	return l.typed(l.convert(t, lit), t)
}

// literal writes a constant's value so that it reads back exactly.
func (l *lowerer) literal(v constant.Value, t *types.Basic) ast.Expr {
	info := types.BasicInfo(0)
	if t != nil {
		info = t.Info()
	}
	switch {
	case v.Kind() == constant.Bool:
		return l.ident(strconv.FormatBool(constant.BoolVal(v)))
	case v.Kind() == constant.String:
		return l.lit(token.STRING, strconv.Quote(constant.StringVal(v)))
	case info&types.IsComplex != 0 || v.Kind() == constant.Complex:
		return l.callName("complex", l.float(constant.Real(v)), l.float(constant.Imag(v)))
	case info&types.IsFloat != 0 || t == nil && v.Kind() == constant.Float:
		return l.float(v)
	}
	v = constant.ToInt(v)
	if constant.Sign(v) < 0 {
		return l.negative(l.lit(token.INT, constant.UnaryOp(token.SUB, v, 0).ExactString()))
	}
	return l.lit(token.INT, v.ExactString())
}

func (l *lowerer) float(v constant.Value) ast.Expr {
	f, _ := constant.Float64Val(constant.ToFloat(v))
	text := strconv.FormatFloat(math.Abs(f), 'g', -1, 64)
	if _, err := strconv.Atoi(text); err == nil {
		text += ".0"
	}
	if f < 0 {
		return l.negative(l.lit(token.FLOAT, text))
	}
	return l.lit(token.FLOAT, text)
}

func (l *lowerer) negative(e ast.Expr) ast.Expr {
	return &ast.ParenExpr{Lparen: l.pos, X: &ast.UnaryExpr{OpPos: l.pos, Op: token.SUB, X: e}, Rparen: l.pos}
}
