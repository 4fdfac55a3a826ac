package magic

import (
	"context"
	"fmt"
	"os"
	"strings"
)

var _ = register(Magic{
	Name:  "%writefile",
	Usage: "%%writefile [-a] FILE",
	Takes: Files,
	Help:  "writes the cell into a file, or with -a to its end.",
	Cell:  true,
	Run: func(_ context.Context, c *Call) error {
		name, more := strings.CutPrefix(c.Args, "-a ")
		name = strings.TrimSpace(name)
		if name == "" {
			return misuse("%writefile", "into which file?")
		}
		flags, done := os.O_WRONLY|os.O_CREATE|os.O_TRUNC, "wrote"
		if more {
			flags, done = os.O_WRONLY|os.O_CREATE|os.O_APPEND, "added to"
		}
		f, err := os.OpenFile(name, flags, 0o666)
		if err != nil {
			return err
		}
		text := strings.TrimSuffix(c.Body, "\n") + "\n"
		_, err = f.WriteString(text)
		if closed := f.Close(); err == nil {
			err = closed
		}
		if err != nil {
			return err
		}
		c.Print(fmt.Sprintf("%s %s, %s\n", done, name, plural(int64(strings.Count(text, "\n")), "line")))
		return nil
	},
})
