package magic

import "context"

var _ = register(Magic{
	Name:  "%markdown",
	Usage: "%%markdown",
	Help:  "shows the cell as Markdown.",
	Cell:  true,
	Run: func(_ context.Context, c *Call) error {
		if c.Body == "" {
			return misuse("%markdown", "the text stands below, in a cell that begins with %%%%markdown")
		}
		c.Display("text/markdown", c.Body)
		return nil
	},
})
