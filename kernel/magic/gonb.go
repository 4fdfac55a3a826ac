package magic

import (
	"context"
	"strings"
)

// GoNB, which compiles each cell into a program, has marks and commands of its own. They are accepted, so that one
// notebook runs under both kernels; notebooks/gonb_neurons.ipynb shows how.

var _ = register(Magic{
	Name:  "%",
	Usage: "%% [ARGUMENTS]",
	Help:  "is GoNB's mark above statements. Here they may stand anywhere: it does nothing.",
	Cell:  true,
	Run:   func(context.Context, *Call) error { return nil },
})

var _ = register(Magic{
	Name:  "%ls",
	Usage: "%ls",
	Help:  "is what GoNB calls %who.",
	Run: func(ctx context.Context, c *Call) error {
		c.Warn("note: %ls is GoNB's name of %who\n")
		who, _ := Lookup("%who")
		return who.Run(ctx, c)
	},
})

var _ = register(Magic{
	Name:  "%rm",
	Usage: "%rm NAME…",
	Help:  "is how GoNB forgets declarations. Here a name may be declared anew at any time: it does nothing but say so.",
	Run: func(_ context.Context, c *Call) error {
		c.Warn("note: %rm is GoNB's; here a name is declared anew without it, and %reset forgets all\n")
		return nil
	},
})

// inGoNB reports whether a shell command is one for GoNB's module, !*COMMAND, and says that it is not run.
func inGoNB(c *Call) bool {
	if !strings.HasPrefix(c.Args, "*") {
		return false
	}
	c.Warn("note: !* runs a command in GoNB's module; here there is none, and the packages are there\n")
	return true
}

// Bare reports whether a line is GoNB's mark above statements, which is no %% cell: what follows is Go.
func Bare(line string) bool {
	rest, ok := strings.CutPrefix(strings.TrimLeft(line, " \t"), "%%")
	return ok && (rest == "" || strings.ContainsAny(rest[:1], " \t\r\n"))
}
