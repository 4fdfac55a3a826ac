package magic

import "context"

var _ = register(Magic{
	Name:  "%html",
	Usage: "%%html",
	Help:  "shows the cell as HTML.",
	Cell:  true,
	Run: func(_ context.Context, c *Call) error {
		if c.Body == "" {
			return misuse("%html", "the text stands below, in a cell that begins with %%%%html")
		}
		c.Display("text/html", c.Body)
		return nil
	},
})
