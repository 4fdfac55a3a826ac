package durin_test

import (
	"fmt"

	"github.com/livespike/livespike/io/durin"
)

func ExampleMoveWheels() {
	robot := durin.MustDial("sim:empty?seed=1")
	for range 30 {
		robot.Next()
		robot.Send(durin.MoveWheels{NE: 100, NW: 100, SW: 100, SE: 100}) // mm/s: straight on
	}
	robot.Close()
	fmt.Println(robot.Track().Distance > 150, robot.Track().ContactTime)
	// Output:
	// true 0s
}

func ExampleTrack() {
	robot := durin.MustDial("sim:empty?seed=1")
	for range 15 {
		robot.Next()
		robot.Send(durin.Move{Rot: 45}) // on the spot
	}
	robot.Close()
	track := robot.Track()
	fmt.Println(len(track.Samples), track.Distance < 50)
	// Output:
	// 15 true
}

// A brake as a function from what the robot knows to what it shall do.
func ExampleRobot() {
	brake := func(obs durin.Obs) durin.Command {
		if obs.Nearest(0) < 300 { // mm
			return durin.Move{}
		}
		return durin.Move{Y: 200} // mm/s, forward
	}
	var robot *durin.Robot = durin.MustDial("sim:corridor?start=1&quiet=1")
	for range 60 {
		robot.Send(brake(robot.Next()))
	}
	robot.Close()
	fmt.Println(robot.Track().ContactTime)
	// Output:
	// 0s
}
