package magic

import (
	"context"
	"os"
)

var _ = register(Magic{
	Name:  "%load",
	Usage: "%load FILE",
	Takes: Files,
	Help:  "puts a file's text into the next cell.",
	Run: func(_ context.Context, c *Call) error {
		if c.Args == "" {
			return misuse("%load", "which file?")
		}
		text, err := os.ReadFile(c.Args)
		if err != nil {
			return err
		}
		c.NextInput(string(text))
		return nil
	},
})
