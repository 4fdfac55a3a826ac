// Package env holds control tasks for neurons, in the shape of Gymnasium: Reset gives an observation, Step takes an
// action and gives the next observation and a reward.
//
//	task := env.MustMake("mouse-cheese")
//	obs, info := task.Reset(1)
//	for done := false; !done; {
//		feet := tensor.Of(1-4*obs.At1(0), 1-4*obs.At1(1)) // a foot slows down for the smell on its own side
//		var terminated, truncated bool
//		obs, _, terminated, truncated, info = task.Step(feet)
//		done = terminated || truncated
//	}
//	task.Render() // a figure
//
// Tasks lists them. A task draws its random numbers from the seed of Reset alone: the same seed and the same actions give
// the same run. RealTime lets Step wait for its turn, and counts those that came too late.
//
// The tasks follow the course ncskth/norse-rl (29047fa); levels, figures and code are our own.
package env
