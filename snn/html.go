package snn

import (
	"fmt"
	"html"
	"strings"
)

// HTML is the module as a tree whose branches fold, in notebooks.
func (c *Chain) HTML() (string, error) { return tree(c.String()), nil }

// HTML is the module as a tree whose branches fold, in notebooks.
func (n *Net) HTML() (string, error) { return tree(n.String()), nil }

// HTML is the module as a tree whose branches fold, in notebooks.
func (b *Branches) HTML() (string, error) { return tree(b.String()), nil }

// HTML is the module as a tree whose branches fold, in notebooks.
func (l *Lifted) HTML() (string, error) { return tree(l.String()), nil }

// HTML is the module as a tree whose branches fold, in notebooks.
func (c *RecurrentChain) HTML() (string, error) { return tree(c.String()), nil }

// treeLine is how long a module's line may be before its parameters fold, in bytes.
const treeLine = 72

// tree turns the layout of nestedText into branches: a line that ends in "(" opens one, ")" alone closes it. Long
// parameters of a module without modules fold, too.
func tree(text string) string {
	const branch, indent = `<details open=""><summary><code>%s</code></summary>`, `<div style="margin-left:1.5em">`
	var b strings.Builder
	b.WriteString("<div>")
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		name, rest, _ := strings.Cut(line, "(")
		if strings.HasPrefix(line, "(") { // (0): LIF(…)
			if label, module, ok := strings.Cut(line, ": "); ok {
				kind, parameters, _ := strings.Cut(module, "(")
				name, rest = label+": "+kind, parameters
			}
		}
		switch {
		case line == ")":
			b.WriteString("</div></details>")
		case strings.HasSuffix(line, "("):
			fmt.Fprintf(&b, branch+indent, html.EscapeString(strings.TrimSuffix(line, "(")))
		case len(line) > treeLine && strings.HasSuffix(rest, ")"):
			fmt.Fprintf(&b, `<details><summary><code>%s</code></summary>`+indent+`<code>%s</code></div></details>`,
				html.EscapeString(name), html.EscapeString(strings.TrimSuffix(rest, ")")))
		default:
			fmt.Fprintf(&b, `<div><code>%s</code></div>`, html.EscapeString(line))
		}
	}
	b.WriteString("</div>")
	return b.String()
}

// HTML is the state's tensors by name, each with its shape, and its values folded below.
func (s *State) HTML() (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, `<div><code>%s</code>`, html.EscapeString(s.title()))
	for _, name := range s.Names() {
		t := s.Get(name)
		values, err := t.HTML()
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, `<details style="margin-left:1.5em"><summary><code>%s %v</code></summary>%s</details>`,
			html.EscapeString(name), t.Shape(), values)
	}
	b.WriteString("</div>")
	return b.String(), nil
}
