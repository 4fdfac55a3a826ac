package interp_test

import (
	"fmt"
	"strconv"
	"strings"
)

// expr writes an expression of a type.
func (g *generator) expr(typ string, depth int) string {
	if list := g.of(typ); len(list) > 0 && (depth <= 0 || g.IntN(3) == 0) {
		return list[g.IntN(len(list))].name
	}
	if depth > 0 && g.IntN(6) == 0 {
		if call, ok := g.call(typ, depth-1); ok {
			return call
		}
	}
	if depth > 0 && g.IntN(12) == 0 {
		return fmt.Sprintf("func() %s { return %s }()", typ, g.expr(typ, depth-1))
	}
	sub := func(t string) string { return g.expr(t, depth-1) }
	if depth <= 0 {
		return g.leaf(typ)
	}
	switch typ {
	case "int":
		return g.pick(g.leaf("int"), "("+sub("int")+" "+g.pick("+", "-", "*", "&", "|", "^", "&^")+" "+sub("int")+")",
			sub("[]int")+"["+strconv.Itoa(g.IntN(3))+"]", "len("+sub("[]int")+")", "len("+sub("string")+")", sub("map[string]int")+"["+sub("string")+"]",
			"run("+sub("func(int) int")+", "+sub("int")+")", sub("P")+".a", "safe("+sub("*P")+").a", "hold("+sub("Shape")+").Area()", "size("+sub("any")+")", sub("[3]int")+"["+strconv.Itoa(g.IntN(3))+"]",
			"int("+sub("float64")+")", "int("+sub("Km")+")", "int("+sub("uint8")+")", "fact("+strconv.Itoa(g.IntN(6))+")", "("+sub("int")+" % 7)", "("+sub("int")+" / num("+sub("int")+"))", "("+sub("int")+" << uint("+sub("int")+" & 7))", "(-"+sub("int")+")", "min("+sub("int")+", "+sub("int")+")", "safe("+sub("*P")+").in.n", sub("P")+".in.n", sub("P")+".Area()")
	case "string":
		return g.pick(g.leaf("string"), "cut("+sub("string")+" + "+sub("string")+")", "strconv.Itoa("+sub("int")+")", "fmt.Sprint("+sub("int")+", "+sub("Km")+")", "strings.Repeat("+sub("string")+", "+strconv.Itoa(g.IntN(3))+")[:0]",
			sub("P")+".b", "safe("+sub("*P")+").b", "cut(fmt.Sprintf(\"%v|%v\", "+sub("P")+", "+sub("[]int")+"))", "cut(string([]byte("+sub("string")+")))", "cut(strings.Join("+sub("[]string")+", \"-\"))", sub("Km")+".String()", "strconv.Itoa(size("+sub("any")+"))")
	case "bool":
		return g.pick(g.leaf("bool"), "("+sub("int")+" "+g.pick("<", ">", "==", "!=", "<=")+" "+sub("int")+")", "("+sub("string")+" "+g.pick("<", "==")+" "+sub("string")+")", "("+sub("bool")+" "+g.pick("&&", "||")+" "+sub("bool")+")", "!"+sub("bool"),
			"("+sub("*P")+" == nil)", "("+sub("Shape")+" == nil)", "("+sub("[3]int")+" == "+sub("[3]int")+")", "("+sub("error")+" == "+sub("error")+")", "("+sub("[]int")+" == nil)", "("+sub("any")+" == any("+sub(g.pick("int", "string", "Km", "bool"))+"))", "("+sub("func(int) int")+" != nil)")
	case "[]int":
		return g.pick("[]int{"+sub("int")+", "+sub("int")+"}", "append([]int(nil), "+sub("[]int")+"...)", "append("+sub("[]int")+"[:0:0], "+sub("int")+")", "apply("+sub("[]string")+", func(s string) int { return len(s) })", "[]int(nil)", sub("[]int")+"["+strconv.Itoa(g.IntN(2))+":]", sub("P")+".in.xs", "make([]int, "+strconv.Itoa(g.IntN(3))+")", sub("map[string][]int")+"["+sub("string")+"]")
	case "[]string":
		return g.pick("[]string{"+sub("string")+"}", "keys("+sub("map[string]int")+")", "apply("+sub("[]int")+", func(n int) string { return strconv.Itoa(n) })", "strings.Split("+sub("string")+", \"a\")")
	case "map[string]int":
		return "map[string]int{" + sub("string") + " + \"_\": " + sub("int") + ", \"a\": " + sub("int") + "}"
	case "map[string][]int":
		return "map[string][]int{}"
	case "func(int) int":
		return g.function1(depth)
	case "P":
		return g.pick("(P{a: "+sub("int")+", b: "+sub("string")+"})", "(*safe("+sub("*P")+"))", "(P{"+sub("int")+", "+sub("string")+", Q{"+sub("int")+", "+sub("[]int")+"}})", g.at("[]P", depth))
	case "*P":
		if v, ok := g.one("P"); ok && g.IntN(2) == 0 {
			return "(&" + v.name + ")"
		}
		return g.pick("(&P{a: "+sub("int")+"})", "(*P)(nil)", "safe("+sub("*P")+").Add("+sub("int")+")")
	case "Shape":
		return g.pick("Shape("+sub("P")+")", "Shape(Km("+sub("int")+"))", "hold("+sub("Shape")+").Grow("+sub("int")+")", "Shape(nil)", "Shape(safe("+sub("*P")+"))")
	case "any":
		return "any(" + sub(g.pick("int", "string", "bool", "P", "Km", "Shape", "[]int", "error", "float64")) + ")"
	case "error":
		return g.pick("error(errT{"+sub("int")+"})", "error(nil)", "fmt.Errorf(\"wrapped %w\", error(errT{"+sub("int")+"}))", "errors.Unwrap("+sub("error")+")")
	case "[3]int":
		return g.pick("[3]int{"+sub("int")+", "+sub("int")+"}", "[...]int{1, "+sub("int")+", 3}")
	case "float64":
		return g.pick("flo("+sub("int")+")", "("+sub("float64")+" "+g.pick("+", "-", "*", "/")+" "+sub("float64")+")", "math.Abs("+sub("float64")+")")
	case "Km":
		return g.pick("Km("+sub("int")+")", "("+sub("Km")+" + "+sub("Km")+")", "("+sub("Km")+" * 2)")
	case "[]P":
		return g.pick("[]P{"+sub("P")+"}", "append("+sub("[]P")+"[:0:0], "+sub("P")+")", "[]P{{a: "+sub("int")+"}, {}}")
	case "uint8":
		return g.pick("u8("+sub("int")+")", "("+sub("uint8")+" "+g.pick("+", "-", "*")+" "+sub("uint8")+")", "^"+sub("uint8"))
	}
	return g.leaf(typ)
}

// function1 is a function literal, or a method as a value.
func (g *generator) function1(depth int) string {
	p := g.name("n")
	if g.IntN(4) == 0 {
		return g.pick("func(int) int { return "+g.expr("int", depth-1)+" }", "func("+p+" int) int { return hold("+g.expr("Shape", 0)+").Grow("+p+").Area() }", "fact", "(&Q{}).Push")
	}
	outer := len(g.vars)
	loops := g.loops
	g.loops = nil
	g.vars = append(g.vars, variable{p, "int", false})
	g.inner++
	e := g.expr("int", depth-1)
	set := ""
	if v, ok := g.one("int"); ok && g.IntN(2) == 0 {
		set = v.name + " += " + p + "; "
	}
	g.inner--
	g.vars, g.loops = g.vars[:outer:outer], loops
	return fmt.Sprintf("func(%s int) int { %sreturn %s }", p, set, e)
}

// at is an element of a slice that may be too short.
func (g *generator) at(typ string, depth int) string { return g.expr(typ, depth-1) + "[0]" }

// call calls a declared function.
func (g *generator) call(typ string, depth int) (string, bool) {
	for range 3 {
		if len(g.funcs) == 0 {
			break
		}
		if f := g.funcs[g.IntN(len(g.funcs))]; f.result == typ {
			var args []string
			for _, t := range f.params {
				args = append(args, g.expr(t, depth))
			}
			return f.name + "(" + strings.Join(args, ", ") + ")", true
		}
	}
	return "", false
}

// leaf is a value that needs no other.
func (g *generator) leaf(typ string) string {
	switch typ {
	case "int":
		return "int(" + strconv.Itoa(g.IntN(12)-2) + ")"
	case "string":
		return g.pick(`string("")`, `string("a")`, `string("héa")`, `string("xyz")`)
	case "bool":
		return g.pick("true", "false")
	case "float64":
		return g.pick("(flo(1)/2)", "flo(-2)", "(flo(13)/4)")
	case "Km":
		return "Km(" + strconv.Itoa(g.IntN(5)) + ")"
	case "uint8":
		return "u8(" + strconv.Itoa(g.IntN(256)) + ")"
	case "func(int) int":
		return "func(n int) int { return n + 1 }"
	case "*P":
		return "(&P{a: 1})"
	case "any", "Shape", "error":
		return typ + "(nil)"
	case "map[string][]int":
		return "map[string][]int{}"
	}
	if typ == "P" {
		return "(P{})"
	}
	return typ + "{}"
}
