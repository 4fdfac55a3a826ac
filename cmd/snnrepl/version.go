package main

import (
	"flag"
	"fmt"
	"runtime"

	"github.com/livespike/livespike/kernel"
)

var _ = register(command{
	name:    "version",
	usage:   "version",
	summary: "the version of Livespike and of Go",
	run:     func(s streams, _ *flag.FlagSet) int { return printVersion(s) },
})

func printVersion(s streams) int {
	fmt.Fprintf(s.out, "livespike %s, %s %s/%s\n", kernel.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return fine
}
