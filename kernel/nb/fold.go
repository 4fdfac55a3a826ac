package nb

import (
	"regexp"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

// fold passes the HTML that folds a part of a text, <details> and <summary>, and leaves out all other HTML.
type fold struct{}

// foldLine is a line of nothing but folding.
var foldLine = regexp.MustCompile(`^\s*(</?details>|<summary>[^<>]*</summary>)+\s*$`)

// RegisterFuncs implements renderer.NodeRenderer.
func (fold) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindHTMLBlock, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		for i := range n.Lines().Len() {
			segment := n.Lines().At(i)
			if line := segment.Value(source); foldLine.Match(line) {
				if _, err := w.Write(line); err != nil {
					return ast.WalkStop, err
				}
			}
		}
		return ast.WalkContinue, nil
	})
}
