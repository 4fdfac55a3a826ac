// Package archtest holds the project's import table and the test that enforces it.
//
// A package may import what its row lists, itself included, and nothing else of this module. The table is the one of
// the design: neurons know no devices, devices know no neurons, and only the command knows the kernel.
package archtest

import (
	"fmt"
	"path"
	"strings"
)

// rules maps a package pattern of this module to the patterns it may import. "..." at the end stands for any
// package below. The longest matching row applies.
var rules = map[string][]string{
	"internal/...":      {"internal/..."},
	"snn/tensor":        {"internal/simd", "internal/gemm", "internal/cuda", "internal/cuda/gpu", "internal/pool"},
	"snn/surrogate":     {"snn/tensor", "internal/..."},
	"snn":               {"snn/tensor", "snn/surrogate", "internal/..."},
	"snn/...":           {"snn/...", "internal/..."},
	"io/event":          {"snn/tensor", "internal/interrupt"},
	"io/event/...":      {"io/event", "snn/tensor", "internal/interrupt"},
	"io/...":            {"io/...", "snn/tensor", "internal/interrupt"},
	"plot":              {"snn/tensor", "io/event", "plot/...", "internal/interrupt"},
	"plot/...":          {"plot/...", "internal/interrupt"},
	"docs":              {},
	"stdlib":            {"snn/...", "io/...", "plot/..."},
	"kernel/interp":     {"stdlib", "internal/interrupt"},
	"kernel/interp/...": {},
	"kernel/wire/zmtp":  {},
	"kernel/wire":       {"kernel/wire/zmtp"},
	"kernel/magic":      {},
	"kernel/nb":         {"kernel/wire"},
	"kernel":            {"kernel/...", "docs", "stdlib", "plot/display", "plot/term", "internal/interrupt"},
	"cmd/...":           {"..."},
	"bench/...":         {"..."},
}

// allowed reports whether a package may import another; both are paths below the module.
func allowed(from, to string) bool {
	row, ok := ruleFor(from)
	if !ok {
		return false
	}
	for _, pattern := range rules[row] {
		if matches(pattern, to) {
			return true
		}
	}
	return false
}

// ruleFor finds the most specific row for a package: itself, else the longest pattern above it.
func ruleFor(pkg string) (string, bool) {
	if _, ok := rules[pkg]; ok {
		return pkg, true
	}
	for dir := path.Dir(pkg); dir != "."; dir = path.Dir(dir) {
		if _, ok := rules[dir+"/..."]; ok {
			return dir + "/...", true
		}
	}
	return "", false
}

// matches reports whether a package is the pattern or, for a pattern ending in "...", below it.
func matches(pattern, pkg string) bool {
	if roof, ok := strings.CutSuffix(pattern, "..."); ok {
		return strings.HasPrefix(pkg+"/", roof)
	}
	return pattern == pkg
}

// thirdParty lists the modules that only some folders may use; a module that is not listed is free.
var thirdParty = map[string][]string{
	"github.com/traefik/yaegi":        {"kernel/interp", "stdlib"},
	"github.com/janpfeifer/gonb":      {"plot/display"},
	"github.com/reeflective/readline": {"cmd/snnrepl"},
	"github.com/pierrec/lz4":          {"io/event"},
	"github.com/klauspost/compress":   {"io/..."},
	"gonum.org/v1/plot":               {"plot/...", "plot", "bench/..."},
	"gorgonia.org/cu":                 {"internal/cuda"},
	"github.com/yuin/goldmark":        {"kernel/nb"},
	"github.com/charmbracelet/x/ansi": {"plot/term", "cmd/snnrepl"},
	"golang.org/x/term":               {"cmd/snnrepl", "plot/term", "plot/display"},
}

// allowedModule reports whether a package may import a path of another module.
func allowedModule(from, imported string) bool {
	for module, users := range thirdParty {
		if imported != module && !strings.HasPrefix(imported, module+"/") {
			continue
		}
		for _, pattern := range users {
			if matches(pattern, from) {
				return true
			}
		}
		return false
	}
	return true
}

// violation is one import that the table forbids.
type violation struct{ from, to string }

func (v violation) String() string { return fmt.Sprintf("%s must not import %s", v.from, v.to) }
