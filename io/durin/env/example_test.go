package env_test

import (
	"fmt"

	"github.com/livespike/livespike/io/durin/env"
	"github.com/livespike/livespike/snn/tensor"
)

// A mouse that slows down the feet on the side of the smell finds all its cheese.
func ExampleMake() {
	task := env.MustMake("mouse-cheese")
	defer task.Close()
	obs, info := task.Reset(1)
	for done := false; !done; {
		feet := tensor.Of(1-4*obs.At1(0), 1-4*obs.At1(1))
		var terminated, truncated bool
		obs, _, terminated, truncated, info = task.Step(feet)
		done = terminated || truncated
	}
	fmt.Println(info.Return, "pieces; early:", info.Steps < 1000)
	fmt.Println(task.ActionSpace())
	// Output:
	// 10 pieces; early: true
	// Box(2) left feet [0, 1] right feet [0, 1]
}
