package magic

import "context"

var _ = register(Magic{
	Name:  "%reset",
	Usage: "%reset",
	Help:  "forgets all names and closes cameras, robots and files that the session opened.",
	Run: func(ctx context.Context, c *Call) error {
		if err := c.Reset(ctx); err != nil {
			return err
		}
		c.Print("all names forgotten\n")
		return nil
	},
})
