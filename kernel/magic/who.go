package magic

import (
	"context"
	"fmt"
	"strings"
)

var _ = register(Magic{
	Name:  "%who",
	Usage: "%who [PATTERN]",
	Help:  "lists the live names with their types and values; with a pattern, the names that contain it.",
	Run: func(_ context.Context, c *Call) error {
		names := c.Names()
		var shown []Name
		width, typeWidth := 0, 0
		for _, n := range names {
			if strings.Contains(n.Name, c.Args) {
				shown = append(shown, n)
				width, typeWidth = max(width, len(n.Name)), max(typeWidth, min(len(n.Type), maxType))
			}
		}
		if len(shown) == 0 {
			c.Print("no names\n")
			return nil
		}
		var b strings.Builder
		for _, n := range shown {
			line := fmt.Sprintf("%-*s  %-*s  %s", width, n.Name, typeWidth, n.Type, oneLine(n.Text))
			b.WriteString(strings.TrimRight(line, " ") + "\n")
		}
		c.Print(b.String())
		return nil
	},
})

const (
	maxType = 32 // columns for types in %who
	maxText = 60 // runes of a value in %who
)

// oneLine shortens a value's text to its place in a list.
func oneLine(text string) string {
	words := strings.Join(strings.Fields(text), " ")
	if runes := []rune(words); len(runes) > maxText {
		return string(runes[:maxText-1]) + "…"
	}
	return words
}
