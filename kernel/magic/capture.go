package magic

import (
	"context"
	"fmt"
	"go/token"
	"strings"
)

var _ = register(Magic{
	Name:  "%capture",
	Usage: "%%capture [NAME]",
	Help:  "runs the cell without showing anything; with a name, what it printed becomes that string.",
	Cell:  true,
	Run: func(ctx context.Context, c *Call) error {
		if c.Args != "" && !token.IsIdentifier(c.Args) {
			return misuse("%capture", "%q is no name", c.Args)
		}
		if strings.TrimSpace(c.Body) == "" {
			return misuse("%capture", "the code stands below, in a cell that begins with %%%%capture")
		}
		printed, err := c.Capture(func() error { return c.Run(ctx, Code{Src: c.Body, Line: c.Line + 1, Col: 1}) })
		if err != nil || c.Args == "" {
			return err
		}
		return c.Run(ctx, Code{Src: fmt.Sprintf("%s := %q", c.Args, printed), Line: c.Line, Col: c.Col})
	},
})
