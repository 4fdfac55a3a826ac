package durin

import (
	"testing"

	"github.com/livespike/livespike/io/durin/sim"
)

// serve is a simulated robot on the loopback, until the test ends.
func serve(tb testing.TB, world string) *sim.Server {
	tb.Helper()
	config, err := sim.ParseConfig(world)
	if err != nil {
		tb.Fatal(err)
	}
	server, err := sim.Listen("127.0.0.1:0", config)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := server.Close(); err != nil {
			tb.Error(err)
		}
	})
	return server
}
