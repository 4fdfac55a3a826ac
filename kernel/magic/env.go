package magic

import (
	"context"
	"os"
	"slices"
	"strings"
)

var _ = register(Magic{
	Name:  "%env",
	Usage: "%env [NAME[=VALUE]]",
	Takes: Variables,
	Help:  "lists the environment, prints one variable or sets it, for the session and the commands it starts.",
	Run: func(_ context.Context, c *Call) error {
		name, value, set := strings.Cut(c.Args, "=")
		switch {
		case set:
			return os.Setenv(strings.TrimSpace(name), strings.TrimSpace(value))
		case name != "":
			value, ok := os.LookupEnv(name)
			if !ok {
				return misuse("%env", "%s is not set", name)
			}
			c.Print(value + "\n")
		default:
			all := os.Environ()
			slices.Sort(all)
			c.Print(strings.Join(all, "\n") + "\n")
		}
		return nil
	},
})
