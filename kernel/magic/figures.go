package magic

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

var _ = register(Magic{
	Name:  "%figures",
	Usage: "%figures [FOLDER]",
	Takes: Files,
	Help:  "lists the figures shown so far; with a folder, writes them there as figure-001.png and so on.",
	Run: func(_ context.Context, c *Call) error {
		figures := c.Figures()
		if len(figures) == 0 {
			c.Print("no figure was shown yet\n")
			return nil
		}
		if c.Args == "" {
			var b strings.Builder
			for i, f := range figures {
				fmt.Fprintf(&b, "%3d  In[%d]  %s\n", i+1, f.Cell, oneLine(f.Text))
			}
			c.Print(b.String())
			return nil
		}
		if err := os.MkdirAll(c.Args, 0o755); err != nil {
			return err
		}
		for i, f := range figures {
			if err := os.WriteFile(filepath.Join(c.Args, fmt.Sprintf("figure-%03d.png", i+1)), f.PNG, 0o644); err != nil {
				return err
			}
		}
		c.Print(fmt.Sprintf("%s in %s\n", plural(int64(len(figures)), "figure"), c.Args))
		return nil
	},
})
