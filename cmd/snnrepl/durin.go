package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os/signal"
	"syscall"

	"github.com/livespike/livespike/io/durin"
)

var _ = register(command{
	name:    "durin",
	usage:   "durin doctor [--wheels] HOST",
	summary: "what is right and wrong between this computer and a robot",
	help: `durin doctor looks at one thing after the other and says of each, with ✓ or ✗ and advice, what it found: the name, the port,
whether another program is connected, who the robot is, round trips, the telemetry's rates, losses, damage and gaps, the battery, the
clock. It takes four seconds, and the wheels are told nothing but zeros. Exit status 1 if anything is wrong.

With --wheels it then, if the robot answered, turns one wheel after the other, asks which one turned, and says what belongs behind the robot's address so that
it drives the right way. Lift the robot before, and press its motor button.

HOST is "durin5.local", "10.0.0.5", or a simulated robot, "sim:room?loss=0.1".`,
	flags: func(f *flag.FlagSet) {
		f.Bool("wheels", false, "turn the wheels one after the other and ask which way they turn")
	},
	run: runDurin,
})

func runDurin(s streams, f *flag.FlagSet) int {
	if f.Arg(0) != "doctor" {
		return usageError(s, f.Name(), errors.New("durin does doctor"))
	}
	rest, status, done := behind(s, f)
	if done {
		return status
	}
	if rest.NArg() != 1 {
		return usageError(s, f.Name(), fmt.Errorf("one robot, not %d", rest.NArg()))
	}
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer cancel()
	var broken error
	answers := false
	inOrder := durin.Examine(ctx, rest.Arg(0), func(f durin.Finding) {
		answers = answers || f.OK && f.Name == "answers"
		if err := written(fmt.Fprintln(s.out, f)); err != nil {
			broken = err
			cancel()
		}
	})
	if broken == nil && text(f, "wheels") == "true" {
		if answers && ctx.Err() == nil {
			broken = askWheels(ctx, s, rest.Arg(0), turnTime)
		} else {
			broken = written(fmt.Fprintln(s.out, "the wheels were not tried"))
		}
	}
	switch {
	case broken != nil:
		return failure(s, broken)
	case !inOrder:
		return failed
	}
	return fine
}
