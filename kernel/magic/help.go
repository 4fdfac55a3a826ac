package magic

import (
	"context"
	"fmt"
	"strings"
)

var _ = register(Magic{
	Name:  "%help",
	Usage: "%help [NAME]",
	Takes: Magics,
	Help:  "lists the magics, or explains one.",
	Run: func(_ context.Context, c *Call) error {
		if c.Args == "" {
			c.Page(overview())
			return nil
		}
		for _, name := range []string{c.Args, "%" + strings.TrimLeft(c.Args, "%")} {
			if m, ok := Lookup(name); ok {
				c.Page(m.String() + "\n")
				return nil
			}
		}
		return fmt.Errorf("no magic %s%s", c.Args, suggest(strings.TrimLeft(c.Args, "%")))
	},
})

func overview() string {
	var b strings.Builder
	b.WriteString("A cell is Go: declarations and statements in any order; the value of its last expression is echoed.\n" +
		"?NAME shows help on a name, ??NAME its source. Ctrl-C interrupts a cell.\n\n")
	width := 0
	for _, m := range All() {
		width = max(width, len(m.Usage))
	}
	for _, m := range All() {
		first, _, _ := strings.Cut(m.Help, ". ")
		fmt.Fprintf(&b, "%-*s  %s\n", width, m.Usage, strings.TrimSuffix(first, "."))
	}
	return b.String()
}
