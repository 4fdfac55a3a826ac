package magic

import (
	"context"
	"os"
	"path/filepath"
	"strings"
)

var _ = register(Magic{
	Name:  "%cd",
	Usage: "%cd [FOLDER]",
	Takes: Files,
	Help:  "changes the session's folder, to the home folder when none is given, and prints it.",
	Run: func(_ context.Context, c *Call) error {
		dir, err := expandHome(c.Args)
		if err != nil {
			return err
		}
		if err := os.Chdir(dir); err != nil {
			return err
		}
		now, err := os.Getwd()
		if err != nil {
			return err
		}
		c.Print(now + "\n")
		return nil
	},
})

// expandHome puts the home folder in the place of "" and of a leading ~.
func expandHome(path string) (string, error) {
	if path != "" && path != "~" && !strings.HasPrefix(path, "~/") {
		return path, nil
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, strings.TrimPrefix(path, "~")), err
}
