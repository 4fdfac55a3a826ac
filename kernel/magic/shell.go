package magic

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"time"
)

var _ = register(Magic{
	Name:  "!",
	Usage: "!COMMAND or !NAME := COMMAND",
	Takes: Files,
	Help:  "runs a shell command and shows its output; with a name, the output's lines become that []string.",
	Run: func(ctx context.Context, c *Call) error {
		if inGoNB(c) {
			return nil
		}
		if into := shellInto.FindStringSubmatch(c.Args); into != nil {
			return shellLines(ctx, c, into[1]+" := ", into[2])
		}
		if c.Args == "" {
			return misuse("!", "which command?")
		}
		return shell(ctx, c.Args, writer(c.Print), writer(c.Warn))
	},
})

var _ = register(Magic{
	Name:  "!!",
	Usage: "!!COMMAND",
	Takes: Files,
	Help:  "runs a shell command and echoes its output as a []string of lines.",
	Run: func(ctx context.Context, c *Call) error {
		if c.Args == "" {
			return misuse("!!", "which command?")
		}
		return shellLines(ctx, c, "", c.Args)
	},
})

// shellInto is the form that keeps a command's output: files := ls *.raw
var shellInto = regexp.MustCompile(`^([\pL_][\pL\pN_]*)\s*:=\s*(.+)$`)

// writer turns one of a session's print functions into an io.Writer.
type writer func(string)

func (w writer) Write(p []byte) (int, error) {
	w(string(p))
	return len(p), nil
}

// shell runs a command line in the system's shell until it ends or ctx does.
func shell(ctx context.Context, line string, stdout, stderr io.Writer) error {
	command := exec.CommandContext(ctx, "sh", "-c", line)
	if runtime.GOOS == "windows" {
		command = exec.CommandContext(ctx, "cmd", "/C", line)
	}
	command.Stdout, command.Stderr = stdout, stderr
	// What the command started itself may keep the pipes open after it was killed.
	command.WaitDelay = 100 * time.Millisecond
	if err := command.Run(); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return fmt.Errorf("%s: %w", line, err)
	}
	return nil
}

// shellLines runs a command and makes its lines a value of the session.
func shellLines(ctx context.Context, c *Call, assign, line string) error {
	var out bytes.Buffer
	if err := shell(ctx, line, &out, writer(c.Warn)); err != nil {
		return err
	}
	code := assign + "[]string{"
	if text := strings.TrimRight(out.String(), "\r\n"); text != "" {
		for one := range strings.SplitSeq(text, "\n") {
			code += fmt.Sprintf("%q, ", strings.TrimSuffix(one, "\r"))
		}
	}
	return c.Run(ctx, Code{Src: code + "}", Line: c.Line, Col: c.Col})
}
