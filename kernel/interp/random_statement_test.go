package interp_test

import "fmt"

// statement writes one statement, or a few that belong together.
func (g *generator) statement(depth int) string {
	g.work--
	if depth <= 0 || g.work <= 0 {
		return g.simple()
	}
	i, k := g.name("i"), g.name("k")
	counter := variable{i, "int", true}
	switch g.IntN(25) {
	case 0:
		return fmt.Sprintf("if %s {\n%s\n} else {\n%s\n}", g.expr("bool", 2), g.block(depth), g.block(depth))
	case 1, 2:
		label := g.name("L")
		g.loops = append(g.loops, label)
		head := g.pick(
			fmt.Sprintf("for %s := 0; %s < %d; %s++", i, i, 1+g.IntN(4), i),
			fmt.Sprintf("for %s := range %d", i, g.IntN(4)),
			fmt.Sprintf("for %s := range upto(%d)", i, g.IntN(4)),
			fmt.Sprintf("for %s := range %s", i, g.expr("[]int", 1)),
			fmt.Sprintf("for _, %s := range %s", i, g.expr("[3]int", 1)),
			fmt.Sprintf("for _, %s := range append([]int(nil), %s...)", i, g.expr("[]int", 1)))
		body := g.block(depth, counter)
		g.loops = g.loops[:len(g.loops)-1]
		return fmt.Sprintf("%s:\n%s {\n_ = %s\nif false { continue %s }\n%s\n}", label, head, i, label, body)
	case 3:
		return fmt.Sprintf("for _, %s := range keys(%s) {\n_ = %s\n%s\n}", k, g.expr("map[string]int", 1), k, g.block(depth, variable{k, "string", true}))
	case 4:
		through := g.pick("", "\nfallthrough")
		return fmt.Sprintf("switch %s {\ncase 0, 1:\n%s%s\ncase 2:\n%s\ndefault:\n%s\n}", g.expr("int", 2)+" & 3", g.block(depth), through, g.block(depth), g.block(depth))
	case 5:
		return fmt.Sprintf("switch {\ncase %s:\n%s\ncase %s:\n%s\n}", g.expr("bool", 2), g.block(depth), g.expr("bool", 1), g.block(depth))
	case 6:
		v := g.name("t")
		return fmt.Sprintf("switch %s := %s.(type) {\ncase int:\n_ = %s\n%s\ncase string, nil:\n_ = %s\n%s\ncase P:\n_ = %s\n%s\ncase Shape:\n_ = %s\n%s\ndefault:\n_ = %s\n}",
			v, "any("+g.expr("any", 2)+")", v, g.block(depth, variable{v, "int", false}), v, g.block(depth, variable{v, "any", false}),
			v, g.block(depth, variable{v, "P", false}), v, g.block(depth, variable{v, "Shape", false}), v)
	case 7: // closures over a loop's variable
		fs := g.name("fs")
		return fmt.Sprintf("var %s []func() int\nfor %s := 0; %s < 3; %s++ {\n%s = append(%s, func() int { %s %s += 1; return %s + %s })\n}\nfor _, f := range %s { fmt.Println(f(), f()) }",
			fs, i, i, i, fs, fs, g.setInt(i), i, i, g.expr("int", 1), fs)
	case 8:
		return fmt.Sprintf("try(%q, func() {\n%s\n})", i, g.literal(depth))
	case 9:
		return fmt.Sprintf("try(%q, func() {\ndefer fmt.Println(%q, %s)\ndefer func(n int) { fmt.Println(n, recover() != nil) }(%s)\n%s\nif %s { panic(%s) }\n})",
			i, i, g.expr("int", 1), g.expr("int", 1), g.literal(depth), g.expr("bool", 1), g.expr(g.pick("string", "error", "int", "Km"), 1))
	case 10:
		a, b := g.pick("[]int", "[]string", "int", "string", "P", "Shape", "any", "*P"), variable{}
		v, ok := g.one(a)
		if b, _ = g.one(a); !ok || b.name == v.name {
			return g.simple()
		}
		return fmt.Sprintf("%s, %s = %s, %s", v.name, b.name, g.expr(a, 1), v.name)
	case 11:
		v, ok := g.one("[]int")
		if !ok {
			return g.simple()
		}
		return fmt.Sprintf("if n := len(%s); n > 1 { %s[0], %s[n-1] = %s[n-1], %s[0]; %s[n/2] %s %s }",
			v.name, v.name, v.name, v.name, v.name, v.name, g.pick("+=", "-=", "*=", "=", "^="), g.expr("int", 1))
	case 12:
		v, ok := g.one("map[string]int")
		if !ok {
			return g.simple()
		}
		return fmt.Sprintf("if %s == nil { %s = map[string]int{} }\n%s[%s] %s %s\nif x, ok := %s[%s]; ok { fmt.Println(%q, x) } else { delete(%s, \"a\") }",
			v.name, v.name, v.name, g.expr("string", 1), g.pick("+=", "=", "-="), g.expr("int", 1), v.name, g.expr("string", 1), i, v.name)
	case 13:
		c := g.name("c")
		return fmt.Sprintf("%s := make(chan int, 3)\ngo func(n int) { defer close(%s); for j := range 3 { %s <- n + j } }(%s)\nfor %s := range %s {\n_ = %s\n%s\n}",
			c, c, c, g.expr("int", 1), i, c, i, g.block(depth, counter))
	case 14:
		c := g.name("c")
		return fmt.Sprintf("%s := make(chan string, 1)\n%s <- %s\nselect {\ncase %s := <-%s:\n_ = %s\n%s\ndefault:\n%s\n}", c, c, g.expr("string", 1), k, c, k, g.block(depth, variable{k, "string", false}), g.block(depth))
	case 15:
		return fmt.Sprintf("if %s, ok := %s.(%s); ok {\n_ = %s\n%s\n}", k, "any("+g.expr("any", 1)+")", "Km", k, g.block(depth, variable{k, "Km", false}))
	case 16:
		return fmt.Sprintf("for %s, %s := range %s {\nfmt.Println(%s, string(%s))\n}", i, k, g.expr("string", 1), i, k)
	case 17:
		if len(g.loops) > 0 && g.IntN(2) == 0 {
			return fmt.Sprintf("if %s { %s %s }", g.expr("bool", 1), g.pick("break", "continue"), g.loops[g.IntN(len(g.loops))])
		}
		return "{\n" + g.block(depth) + "\n}"
	case 18:
		// One value a call: whether an index or a call beside it comes first is the compiler's to choose.
		return fmt.Sprintf("fmt.Println(%s)", g.expr(valueTypesPrinted[g.IntN(len(valueTypesPrinted))], 2))
	case 19: // a default clause in the middle, an init part, a tag that calls
		tag := g.pick(k+" & 3", "func() int { return "+k+" & 3 }()")
		through := func() string { return g.pick("", "\nfallthrough") }
		return fmt.Sprintf("switch %s := %s; %s {\ncase 0:\n%s%s\ndefault:\n_ = %s\n%s%s\ncase 1, 2:\n%s\n}",
			k, g.expr("int", 1), tag, g.block(depth), through(), k, g.block(depth, variable{k, "int", false}), through(), g.block(depth))
	case 20:
		return fmt.Sprintf("switch {\ndefault:\n%s%s\ncase %s:\n%s\ncase %s, %s:\n%s\n}",
			g.block(depth), g.pick("", "\nfallthrough"), g.expr("bool", 1), g.block(depth), g.expr("bool", 1), g.expr("bool", 1), g.block(depth))
	case 21:
		return fmt.Sprintf("for %s := range %s {\n_ = %s\n%s\n}", i, g.expr("string", 1), i, g.block(depth, counter))
	case 22: // a channel behind a pointer
		c := g.name("c")
		return fmt.Sprintf("%s := &struct{ c, full chan int }{make(chan int, 1), make(chan int)}\n%s.c <- %s\nselect {\ncase %s.full <- %s:\ncase %s, ok := <-%s.c:\nfmt.Println(%s, ok)\n%s\n}",
			c, c, g.expr("int", 1), c, g.expr("int", 1), k, c, k, g.block(depth, variable{k, "int", false}))
	case 23: // the words of run-time errors, where only one expression can fail
		v, ok := g.one("[]int")
		if !ok {
			return g.simple()
		}
		n := g.name("n")
		return fmt.Sprintf("func() {\ndefer func() { fmt.Println(recover()) }()\n%s := %s %% 7\nx := %s\n_ = x\nfmt.Println(%s)\n}()", n, g.expr("int", 1), v.name,
			g.pick("x["+n+"]", "x["+n+":]", "x[:"+n+"]", "1 << "+n, "x[len(x)-"+n+"]"))
	}
	return g.simple()
}

var valueTypesPrinted = []string{"int", "string", "bool", "[]int", "map[string]int", "P", "[3]int", "float64", "Km", "uint8", "Shape", "error"}

// setInt is a statement that sets an int other than the one named, or nothing.
func (g *generator) setInt(not string) string {
	if v, ok := g.one("int"); ok && v.name != not {
		return v.name + " += " + not + ";"
	}
	return ""
}

// simple writes a definition, an assignment or a call.
func (g *generator) simple() string {
	typ := valueTypes[g.IntN(len(valueTypes))]
	v, ok := g.one(typ)
	if !ok || g.IntN(4) == 0 {
		return g.define(typ, 1)
	}
	switch typ {
	case "int":
		return g.pick(v.name+"++", v.name+" "+g.pick("+=", "-=", "*=", "|=", "&^=")+" "+g.expr("int", 1), g.set(v, 2))
	case "string":
		return g.pick(v.name+" += "+g.expr("string", 1), g.set(v, 1))
	case "[]int":
		return g.pick(fmt.Sprintf("%s = append(%s, %s, %s)", v.name, v.name, g.expr("int", 1), g.expr("int", 1)), g.set(v, 1),
			fmt.Sprintf("%s = %s[:len(%s)/2]", v.name, v.name, v.name), fmt.Sprintf("copy(%s, %s)", v.name, g.expr("[]int", 1)))
	case "P":
		return g.pick(v.name+".a += "+g.expr("int", 1), v.name+".Add("+g.expr("int", 1)+")", v.name+".in.Push("+g.expr("int", 1)+")", v.name+".b = "+g.expr("string", 1), g.set(v, 1))
	case "*P":
		return g.pick("safe("+v.name+").a++", "safe("+v.name+").Add(2).in.Push("+g.expr("int", 1)+")", g.set(v, 1), "*safe("+v.name+") = "+g.expr("P", 1))
	case "[3]int":
		return g.pick(v.name+"["+g.expr("int", 1)+"&1] = "+g.expr("int", 1), g.set(v, 1))
	case "map[string][]int":
		return fmt.Sprintf("fmt.Println(len(%s))", v.name)
	}
	return g.set(v, 1)
}
