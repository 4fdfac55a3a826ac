package magic

import "context"

var _ = register(Magic{
	Name:  "%svg",
	Usage: "%%svg",
	Help:  "shows the cell as an SVG picture.",
	Cell:  true,
	Run: func(_ context.Context, c *Call) error {
		if c.Body == "" {
			return misuse("%svg", "the text stands below, in a cell that begins with %%%%svg")
		}
		c.Display("image/svg+xml", c.Body)
		return nil
	},
})
