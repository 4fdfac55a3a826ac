package magic

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

var _ = register(Magic{
	Name:  "%bash",
	Usage: "%%bash [ARGUMENT…]",
	Help:  "runs the cell as a script of bash and shows its output.",
	Cell:  true,
	Run: func(ctx context.Context, c *Call) error {
		if strings.TrimSpace(c.Body) == "" {
			return misuse("%bash", "the script stands below, in a cell that begins with %%%%bash")
		}
		command := exec.CommandContext(ctx, "bash", append([]string{"-c", c.Body, "bash"}, strings.Fields(c.Args)...)...)
		command.Stdout, command.Stderr = writer(c.Print), writer(c.Warn)
		command.WaitDelay = 100 * time.Millisecond
		err := command.Run()
		var ended *exec.ExitError
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case errors.As(err, &ended):
			return fmt.Errorf("bash: %w", err)
		}
		return err
	},
})
