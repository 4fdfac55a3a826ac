package interp

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// selectedTypes finds the types of the values whose members are complained about, by the places of the complaints.
func selectedTypes(files []*ast.File, info *types.Info, errs []types.Error) map[token.Pos]types.Type {
	found := map[token.Pos]types.Type{}
	for _, e := range errs {
		if _, ok := missingMember(e.Msg); ok {
			found[e.Pos] = nil
		}
	}
	if len(found) == 0 {
		return nil
	}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if _, ok := found[sel.Sel.Pos()]; ok {
					found[sel.Sel.Pos()] = info.TypeOf(sel.X)
				}
			}
			return true
		})
	}
	return found
}

// missingMember is the name in a complaint of the checker about a field or method that a type does not have.
func missingMember(msg string) (string, bool) {
	_, kind, ok := strings.Cut(msg, " undefined (type ")
	if !ok {
		return "", false
	}
	_, name, ok := strings.Cut(strings.TrimSuffix(kind, ")"), " has no field or method ")
	return name, ok && !strings.Contains(name, " ") // the checker itself adds what differs in case only
}

// members are the names of the fields and methods of a type that a cell may use.
func (p *plan) members(t types.Type) []string {
	c := &completer{in: p.in}
	c.selectable(t)
	var names []string
	for _, m := range c.matches {
		names = append(names, m.Text)
	}
	return names
}

// hint suggests what the user may have meant: the nearest name, or a package to import. Of is the type of the value
// whose member is missing, if that is what the message says.
func (p *plan) hint(msg string, of types.Type) string {
	if hint := fromPython(msg); hint != "" {
		return hint
	}
	if name, ok := missingMember(msg); ok && of != nil {
		return meant(name, p.members(of))
	}
	if hint := elsewhereNames[msg]; hint != "" {
		return hint
	}
	name, ok := strings.CutPrefix(msg, "undefined: ")
	if !ok {
		return ""
	}
	if pkgName, member, ok := strings.Cut(name, "."); ok {
		importPath := p.imports[pkgName]
		if slices.Contains(p.in.opts.Generic(importPath), member) {
			return member + " is generic, which scripts cannot reach"
		}
		pkg, err := p.in.universe.Import(importPath)
		if err != nil {
			return ""
		}
		return p.meantElsewhere(member, pkg.Scope().Names())
	}
	if p.declares(name) {
		return name + " is declared further down in this cell, and takes effect there: move it up"
	}
	var known []string
	for name := range p.names {
		known = append(known, name)
	}
	for name := range p.imports {
		known = append(known, name)
	}
	return p.meantElsewhere(name, known)
}

// meantElsewhere asks whether a name of another package is meant, or else the nearest of the known ones.
func (p *plan) meantElsewhere(name string, known []string) string {
	if full := p.in.elsewhere(name); len(full) > 0 {
		return "did you mean " + strings.Join(full, " or ") + "?"
	}
	return meant(name, known)
}

// Elsewhere lists the names of a session's packages that are this one but for the package, as "snn.LIFCell" for LIFCell.
func (in *Interp) Elsewhere(name string) []string {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.elsewhere(name)
}

func (in *Interp) elsewhere(name string) []string {
	var found []string
	for pkgName, importPath := range in.imports {
		if strings.HasPrefix(pkgName, ".") || !strings.Contains(importPath, ".") {
			continue // dot imports are searched anyhow; the standard library's names are too many
		}
		if pkg, err := in.universe.Import(importPath); err == nil && pkg.Scope().Lookup(name) != nil {
			found = append(found, pkgName+"."+name)
		}
	}
	slices.Sort(found)
	return found
}

// declares reports whether the cell's top level declares a function, type, constant or variable of that name.
func (p *plan) declares(name string) bool {
	return slices.ContainsFunc(split(p.cell.Src), func(piece piece) bool {
		tokens := lex(p.cell.Src[piece.from:piece.to])
		switch tokens[0].tok {
		case token.FUNC, token.TYPE, token.CONST, token.VAR:
			return tokens[1].tok == token.IDENT && tokens[1].lit == name
		}
		return false
	})
}

// elsewhereNames are what people type who come from IPython or Julia, by the complaint of the checker.
var elsewhereNames = map[string]string{
	"cannot use _ as value or type": "no value is kept without a name: write x := …",
	"cannot use _ as value":         "no value is kept without a name: write x := …",
	"undefined: Out":                "no value is kept without a name: write x := …",
	"undefined: In":                 "%history lists the cells",
	"undefined: exit":               "Ctrl-D or %quit leaves",
	"undefined: quit":               "Ctrl-D or %quit leaves",
	"undefined: help":               "?name explains a name, %help lists the magics",
	"undefined: dir":                "%who lists the names; Tab behind a dot lists what a value has",
}

// importHint names packages whose path or name is near.
func (in *Interp) importHint(quoted string) string {
	var paths []string
	for importPath := range in.universe.tables {
		paths = append(paths, importPath)
	}
	return meant(strings.Trim(quoted, "\"`"), paths)
}

// meant is the question after the nearest of the known names, if one is near. One slip of the finger is nearest, then
// the rest of a word left out.
func meant(name string, known []string) string {
	slices.Sort(known)
	best, least := "", 2*(1+len(name)/3)
	for _, k := range known {
		d := 2 * distance(name, k)
		if len(name) > 2 && len(k) > len(name) && strings.EqualFold(k[:len(name)], name) {
			d = min(d-1, 3)
		}
		if d <= least && k != name && (d < least || best == "") {
			best, least = k, d
		}
	}
	if best == "" {
		return ""
	}
	return "did you mean " + best + "?"
}

// distance is the number of edits between two names, with the swap of two neighbours as one.
func distance(a, b string) int {
	x, y := []rune(strings.ToLower(a)), []rune(strings.ToLower(b))
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			d := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return rows[len(x)][len(y)]
}
