package magic

import (
	"context"
	"os"
)

// Names that fingers know from IPython.

var _ = register(alias("%lsmagic", "%help", "lists the magics, as %help does."))

var _ = register(alias("%whos", "%who", "is %who, which shows types and values always."))

var _ = register(Magic{
	Name:  "%pwd",
	Usage: "%pwd",
	Help:  "prints the session's folder.",
	Run: func(_ context.Context, c *Call) error {
		dir, err := os.Getwd()
		if err == nil {
			c.Print(dir + "\n")
		}
		return err
	},
})

var _ = register(Magic{
	Name:  "%edit",
	Usage: "%edit",
	Help:  "is not offered: in the terminal Ctrl-X Ctrl-E edits the cell in $EDITOR, %load puts a file's text into the next cell.",
	Run: func(context.Context, *Call) error {
		return misuse("%edit", "in the terminal Ctrl-X Ctrl-E edits the cell in $EDITOR, %%load puts a file's text into the next cell")
	},
})

// alias is another name of a magic, which is looked up when it is used: files register in no order.
func alias(name, of, help string) Magic {
	return Magic{Name: name, Usage: name, Help: help, Run: func(ctx context.Context, c *Call) error {
		m, _ := Lookup(of)
		return m.Run(ctx, c)
	}}
}
