package magic

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/pprof"
	"strings"
)

var _ = register(Magic{
	Name:  "%prof",
	Usage: "%prof [-o FILE] STATEMENT",
	Help: "runs a statement under the processor's profiler and prints the functions that took most of it. -o keeps the profile " +
		"for go tool pprof. Interpreted code appears as the interpreter's own functions. %%prof takes a cell.",
	Cell: true,
	Run:  runProf,
})

func runProf(ctx context.Context, c *Call) error {
	file, code := "", Code{Src: c.Args, Line: c.Line, Col: c.Col}
	if rest, ok := strings.CutPrefix(c.Args, "-o "); ok {
		rest = strings.TrimLeft(rest, " \t")
		file, code.Src, _ = strings.Cut(rest, " ")
		code.Col += len(c.Args) - len(code.Src)
	}
	if c.Body != "" {
		code = Code{Src: c.Body, Line: c.Line + 1, Col: 1}
	}
	if strings.TrimSpace(code.Src) == "" {
		return misuse("%prof", "nothing to profile")
	}
	var profile bytes.Buffer
	if err := pprof.StartCPUProfile(&profile); err != nil {
		return err
	}
	err := c.Run(ctx, code)
	pprof.StopCPUProfile()
	table, tableErr := profileTable(profile.Bytes(), profileRows)
	if tableErr == nil {
		c.Print(table)
	}
	if file != "" {
		tableErr = errors.Join(tableErr, os.WriteFile(file, profile.Bytes(), 0o644))
		c.Print(fmt.Sprintf("profile in %s: go tool pprof -http=: %s\n", file, file))
	}
	return errors.Join(err, tableErr)
}

// profileRows is how many functions the table shows.
const profileRows = 15
