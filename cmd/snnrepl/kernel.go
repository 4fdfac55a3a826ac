package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/livespike/livespike/kernel/wire"
)

var _ = register(command{
	name:    "kernel",
	usage:   "kernel install|uninstall|start",
	summary: "the Jupyter kernel: install it, remove it, start it by hand",
	help: `kernel install [--user|--sys-prefix|--system|--prefix DIR] [--name NAME] [--env K=V]…
    tells Jupyter of this program and prints the folder; --user is the default
kernel uninstall [--user|--sys-prefix|--system|--prefix DIR] [--name NAME]
    removes that folder
kernel start [-f FILE]
    serves a connection file, as a front end does; without one it makes one and says how to connect

Where Jupyter keeps kernels: JUPYTER_DATA_DIR, or XDG_DATA_HOME/jupyter, ~/Library/Jupyter, %APPDATA%\jupyter.`,
	run: runKernel,
})

func runKernel(s streams, f *flag.FlagSet) int {
	switch f.Arg(0) {
	case "install", "uninstall":
		return kernelInstall(s, f.Arg(0), f.Args()[1:])
	case "start":
		return kernelStart(s, f.Args()[1:])
	}
	return usageError(s, f.Name(), errors.New("kernel does install, uninstall and start"))
}

// pairs is a flag that may be given several times: K=V.
type pairs map[string]string

func (p pairs) String() string { return "" }

func (p pairs) Set(text string) error {
	key, value, ok := strings.Cut(text, "=")
	if !ok || key == "" {
		return errors.New("need NAME=VALUE")
	}
	p[key] = value
	return nil
}

func kernelInstall(s streams, verb string, args []string) int {
	f := flag.NewFlagSet("kernel "+verb, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	scopes := map[string]*bool{}
	for _, scope := range []string{"user", "sys-prefix", "system"} {
		scopes[scope] = f.Bool(scope, false, "")
	}
	prefix := f.String("prefix", "", "")
	name := f.String("name", wire.KernelName, "")
	env := pairs{}
	if verb == "install" {
		f.Var(env, "env", "")
	}
	if done, status := parsed(s, f, args); done {
		return status
	}
	spec := wire.Spec{Name: *name, Prefix: *prefix, Env: env}
	given := 0
	for scope, on := range scopes {
		if *on {
			spec.Scope = scope
			given++
		}
	}
	if *prefix != "" {
		given++
	}
	if given > 1 {
		return usageError(s, "kernel", errors.New("one of --user, --sys-prefix, --system and --prefix"))
	}
	var folder string
	var err error
	if verb == "install" {
		if spec.Binary, err = os.Executable(); err == nil {
			folder, err = spec.Install()
		}
	} else {
		folder, err = spec.Uninstall()
	}
	if err != nil {
		return failure(s, err)
	}
	fmt.Fprintln(s.out, folder)
	return fine
}

// parsed reads the flags behind a verb, which takes no arguments.
func parsed(s streams, f *flag.FlagSet, args []string) (done bool, status int) {
	switch err := f.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		c, _ := lookup("kernel")
		c.printHelp(s.out)
		return true, fine
	case err != nil:
		return true, usageError(s, "kernel", err)
	case f.NArg() > 0:
		return true, usageError(s, "kernel", fmt.Errorf("%s: what is %s?", f.Name(), f.Arg(0)))
	}
	return false, fine
}
