package magic

import (
	"context"
	"fmt"
	"time"
)

var _ = register(Magic{
	Name:  "%time",
	Usage: "%time STATEMENT",
	Help: "runs a statement once, echoes its value, and prints the processor's and the clock's time. Both include what it takes to " +
		"check and compile the statement, about a millisecond: for anything short use %timeit. %%time takes a cell.",
	Cell: true,
	Run: func(ctx context.Context, c *Call) error {
		code := Code{Src: c.Args, Line: c.Line, Col: c.Col}
		if c.Body != "" {
			code = Code{Src: c.Body, Line: c.Line + 1, Col: 1}
		}
		if code.Src == "" {
			return misuse("%time", "nothing to time")
		}
		user, system := cpuTime()
		start := time.Now()
		err := c.Run(ctx, code)
		wall := time.Since(start)
		userEnd, systemEnd := cpuTime()
		user, system = userEnd-user, systemEnd-system
		c.Print(fmt.Sprintf("CPU times: user %s, sys: %s, total: %s\nWall time: %s\n",
			formatTime(user.Seconds()), formatTime(system.Seconds()), formatTime((user + system).Seconds()), formatTime(wall.Seconds())))
		return err
	},
})
