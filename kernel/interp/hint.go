package interp

import (
	"slices"
	"strings"
)

// hint suggests what the user may have meant: the nearest name, or a package to import.
func (p *plan) hint(msg string) string {
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
		return meant(member, pkg.Scope().Names())
	}
	var known []string
	for name := range p.names {
		known = append(known, name)
	}
	for name := range p.imports {
		known = append(known, name)
	}
	return meant(name, known)
}

// importHint names packages whose path or name is near.
func (in *Interp) importHint(quoted string) string {
	var paths []string
	for importPath := range in.universe.tables {
		paths = append(paths, importPath)
	}
	return meant(strings.Trim(quoted, "\"`"), paths)
}

// meant is the question after the nearest of the known names, if one is near.
func meant(name string, known []string) string {
	slices.Sort(known)
	best, least := "", 1+len(name)/3
	for _, k := range known {
		if d := distance(name, k); d <= least && k != name {
			if d < least || best == "" {
				best, least = k, d
			}
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
