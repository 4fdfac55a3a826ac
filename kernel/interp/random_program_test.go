package interp_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// program is a random Go program that ends, and prints what it computed.
type program struct {
	declarations []string
	body         []string // statements of main
}

// variable is a name in scope. A fixed one is a loop's counter.
type variable struct {
	name, typ string
	fixed     bool
}

// generator writes well-typed Go. Loops have constant bounds and functions call only earlier ones, so programs end.
type generator struct {
	*rand.Rand
	vars  []variable
	funcs []function
	names int
	loops []string // labels in reach
	inner int      // depth of function literals, loops and blocks
	work  int      // statements left
}

type function struct {
	name   string
	params []string
	result string
}

var valueTypes = []string{"int", "string", "bool", "[]int", "map[string]int", "func(int) int", "P", "*P", "Shape", "any", "[3]int", "float64", "[]string", "Km", "[]P", "uint8", "error", "map[string][]int"}

const prelude = `type P struct { a int; b string; in Q }
type Q struct { n int; xs []int }
type Km int
type Shape interface { Area() int; Grow(int) Shape }
type errT struct { code int }
func (e errT) Error() string { return fmt.Sprint("errT ", e.code) }
func (p P) Area() int { return p.a * 2 }
func (p P) Grow(n int) Shape { p.a += n; return p }
func (p *P) Add(n int) *P { p.a += n; p.in.n++; return p }
func (q *Q) Push(n int) int { q.xs = append(q.xs, n); return len(q.xs) }
func (k Km) Area() int { return int(k) }
func (k Km) Grow(n int) Shape { return k + Km(n) }
func (k Km) String() string { return fmt.Sprintf("%dkm", int(k)) }
func try(name string, f func()) { defer func() { if r := recover(); r != nil { fmt.Println(name, "panicked") } }(); f() }
func apply[T, U any](s []T, f func(T) U) []U { var out []U; for _, v := range s { out = append(out, f(v)) }; return out }
var fuel = 300
func burn() { fuel--; if fuel < 0 { panic("fuel") } }
func num(n int) int { return n }
func flo(n int) float64 { return float64(n) }
func u8(n int) uint8 { return uint8(n) }
func cut(s string) string { if len(s) > 12 { return s[:12] }; return s }
func keys(m map[string]int) []string { var ks []string; for k := range m { ks = append(ks, k) }; sort.Strings(ks); return ks }
func upto(n int) func(func(int) bool) { return func(yield func(int) bool) { for i := 0; i < n; i++ { if !yield(i) { return } } } }
func fact(n int) int { if n <= 1 { return 1 }; return n * fact(n-1) }
func size(a any) int { switch v := a.(type) { case nil: return 0; case int: return v; case string: return len(v); case Shape: return v.Area(); case error: return -1; case []int: return len(v); case bool, float64: return 8 }; return 99 }
func safe(p *P) *P { if p == nil { return &P{} }; return p }
func hold(s Shape) Shape { if s == nil { return Km(1) }; return s }
func run(f func(int) int, n int) int { if f == nil { return n }; return f(n) }`

func newProgram(seed uint64) program {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 7)), work: 60}
	var p program
	p.declarations = strings.Split(prelude, "\n")
	for range 1 + g.IntN(4) {
		p.declarations = append(p.declarations, g.function())
	}
	g.work = 60
	for _, t := range []string{"int", "string", "[]int", "map[string]int"} {
		p.body = append(p.body, g.define(t, 2))
	}
	for range 4 + g.IntN(8) {
		p.body = append(p.body, g.statement(3))
	}
	p.body = append(p.body, g.printAll())
	return p
}

func (g *generator) pick(list ...string) string { return list[g.IntN(len(list))] }

func (g *generator) name(stem string) string {
	g.names++
	return fmt.Sprintf("%s%d", stem, g.names)
}

// function declares a function; its results have names in half of them, and deferred calls change those.
func (g *generator) function() string {
	outer, loops := g.vars, g.loops
	g.vars, g.loops, g.work = nil, nil, 14
	f := function{name: g.name("f"), result: valueTypes[g.IntN(len(valueTypes))]}
	var params []string
	for range g.IntN(4) {
		v := variable{g.name("p"), valueTypes[g.IntN(len(valueTypes))], false}
		g.vars = append(g.vars, v)
		f.params = append(f.params, v.typ)
		params = append(params, v.name+" "+v.typ)
	}
	result := f.result
	var lines []string
	named := g.IntN(2) == 0
	if named {
		result = "(res " + f.result + ")"
		g.vars = append(g.vars, variable{"res", f.result, false})
		if g.IntN(2) == 0 {
			lines = append(lines, "defer func() { recover(); "+g.set(variable{"res", f.result, false}, 1)+" }()")
		}
	}
	for range 1 + g.IntN(5) {
		lines = append(lines, g.statement(2))
	}
	last := "return " + g.expr(f.result, 2)
	if named && g.IntN(3) == 0 {
		last = "return"
	}
	lines = append(lines, last)
	g.vars, g.loops = outer, loops
	g.funcs = append(g.funcs, f)
	return fmt.Sprintf("func %s(%s) %s {\nburn()\n%s\n}", f.name, strings.Join(params, ", "), result, strings.Join(lines, "\n"))
}

// block writes statements in a scope of their own.
func (g *generator) block(depth int, more ...variable) string {
	outer := len(g.vars)
	g.vars = append(g.vars, more...)
	g.inner++
	var lines []string
	for range 1 + g.IntN(3) {
		lines = append(lines, g.statement(depth-1))
	}
	g.inner--
	g.vars = g.vars[:outer:outer]
	return strings.Join(lines, "\n")
}

// literal writes the body of a function literal, out of reach of the labels around it.
func (g *generator) literal(depth int, more ...variable) string {
	loops := g.loops
	g.loops = nil
	defer func() { g.loops = loops }()
	return g.block(depth, more...)
}

func (g *generator) of(typ string) []variable {
	var list []variable
	for i, v := range g.vars {
		hidden := slices.ContainsFunc(g.vars[i+1:], func(w variable) bool { return w.name == v.name })
		if v.typ == typ && !hidden {
			list = append(list, v)
		}
	}
	return list
}

// one is a variable of a type that may be set.
func (g *generator) one(typ string) (variable, bool) {
	list := slices.DeleteFunc(g.of(typ), func(v variable) bool { return v.fixed })
	if len(list) == 0 {
		return variable{}, false
	}
	return list[g.IntN(len(list))], true
}

func (g *generator) define(typ string, depth int) string {
	e := g.expr(typ, depth)
	name := g.name("v")
	if v, ok := g.one(typ); ok && g.IntN(6) == 0 { // hide another
		return fmt.Sprintf("{\nvar %s %s = %s\n_ = %s\n%s\n}", v.name, typ, e, v.name, g.block(depth))
	}
	g.vars = append(g.vars, variable{name, typ, false})
	if g.IntN(2) == 0 {
		return fmt.Sprintf("var %s %s = %s\n_ = %s", name, typ, e, name)
	}
	switch typ {
	case "Shape", "any", "error", "uint8", "float64", "Km", "int":
		return fmt.Sprintf("var %s %s = %s\n_ = %s", name, typ, e, name)
	}
	return fmt.Sprintf("%s := %s\n_ = %s", name, e, name)
}

func (g *generator) set(v variable, depth int) string { return v.name + " = " + g.expr(v.typ, depth) }

func (g *generator) print(name string) string { return fmt.Sprintf("fmt.Println(%q, %s)", name, name) }

// printAll prints what has a text that does not depend on addresses.
func (g *generator) printAll() string {
	var lines []string
	for _, t := range []string{"int", "string", "bool", "[]int", "map[string]int", "P", "Shape", "[3]int", "float64", "[]string", "Km", "[]P", "uint8", "error", "map[string][]int"} {
		for _, v := range g.of(t) {
			lines = append(lines, g.print(v.name))
		}
	}
	for _, v := range g.of("*P") {
		lines = append(lines, fmt.Sprintf("fmt.Println(%q, *safe(%s))", v.name, v.name))
	}
	for _, v := range g.of("any") {
		lines = append(lines, fmt.Sprintf("fmt.Println(%q, size(%s))", v.name, v.name))
	}
	for _, v := range g.of("func(int) int") {
		lines = append(lines, fmt.Sprintf("fmt.Println(%q, run(%s, 3))", v.name, v.name))
	}
	return strings.Join(lines, "\n")
}
