package magic

import (
	"context"
	"fmt"
	"strings"
)

var _ = register(Magic{
	Name:  "%history",
	Usage: "%history [-a] [PATTERN]",
	Help:  "lists the cells of this session, or with -a those of all sessions; with a pattern, those that contain it.",
	Run: func(_ context.Context, c *Call) error {
		pattern, earlier := strings.CutPrefix(c.Args, "-a")
		pattern = strings.TrimSpace(pattern)
		var b strings.Builder
		for _, e := range c.History(earlier) {
			if !strings.Contains(e.Src, pattern) {
				continue
			}
			label := fmt.Sprintf("%d", e.Line)
			if earlier {
				label = fmt.Sprintf("%d/%d", e.Session, e.Line)
			}
			indent := "\n" + strings.Repeat(" ", len(label)+2)
			b.WriteString(label + ": " + strings.ReplaceAll(strings.TrimRight(e.Src, "\n"), "\n", indent) + "\n")
		}
		c.Print(b.String())
		return nil
	},
})
