package magic

import "context"

var _ = register(Magic{
	Name:  "%quit",
	Usage: "%quit",
	Help:  "leaves the session; what is open is closed. Ctrl-D does the same.",
	Run: func(_ context.Context, c *Call) error {
		c.Exit()
		return nil
	},
})
