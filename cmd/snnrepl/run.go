package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/livespike/livespike/kernel"
)

var _ = register(command{
	name:    "run",
	usage:   "run [--figures DIR] [--plain] FILE.go [ARGUMENT…]",
	summary: "run a script of // %% cells",
	help: `The cells run in order; the value of each cell's last expression is shown. A cell that fails ends the script with status 1.
Cells that begin with // %% [markdown] are text. The script finds its arguments in os.Args[1:].`,
	flags: func(f *flag.FlagSet) {
		f.String("figures", "", "write every figure as a PNG into `DIR`")
		f.Bool("plain", false, "no colours, no pictures")
	},
	run: runScript,
})

func runScript(s streams, f *flag.FlagSet) int {
	if f.NArg() == 0 {
		return usageError(s, f.Name(), errors.New("run which script?"))
	}
	file := f.Arg(0)
	script, err := os.ReadFile(file)
	if err != nil {
		return failure(s, err)
	}
	for _, arg := range f.Args()[1:] {
		name, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		if strings.HasPrefix(arg, "-") && f.Lookup(name) != nil {
			fmt.Fprintf(s.err, "snnrepl: %s goes to the script, because it stands behind its name\n", arg)
		}
	}
	os.Args = f.Args()
	name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
	return runCells(s, cells{list: kernel.ParseScript(string(script)), file: file, figures: newFiguresIn(f, name), plain: isPlain(f)})
}

// heading prints a text cell, or a cell's title, dimmed, on a terminal that can; elsewhere only what cells print appears.
func (t *terminal) heading(text string) {
	if t.colour {
		t.Stream("stdout", []byte("\n\x1b[2m"+strings.TrimRight(text, "\n")+"\x1b[0m\n"))
	}
}
