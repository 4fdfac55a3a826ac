package magic

import (
	"context"
	"os"
)

var _ = register(Magic{
	Name:  "%run",
	Usage: "%run FILE.go",
	Takes: Files,
	Help:  "runs the cells of a script in this session; its names stay.",
	Run: func(ctx context.Context, c *Call) error {
		if c.Args == "" {
			return misuse("%run", "which file?")
		}
		text, err := os.ReadFile(c.Args)
		if err != nil {
			return err
		}
		return c.Script(ctx, c.Args, string(text))
	},
})
