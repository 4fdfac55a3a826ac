// Package durin drives the Durin robot, or a simulated one that speaks the same protocol.
//
//	robot := durin.MustDial("sim:arena?seed=1") // or "durin5.local", "10.0.0.5"
//	for range 300 {
//		obs := robot.Next() // waits for a new time-of-flight frame
//		left, right := …    // of obs.ToF[1][3][3], obs.ToF[6][3][3], in mm
//		robot.Send(durin.MoveWheels{NE: left, NW: right, SW: right, SE: left})
//	}
//	robot.Close()
//	robot.Track() // the path, as a figure
//
// Every is the same loop at a rate of the program's own.
//
// Record keeps what goes over the wire in a file, which MustDial("replay:FILE") is the robot of; Camera is the robot's event
// camera. Package live shows a robot in the browser, package env has control tasks.
//
// # Time
//
// The robot's rate is the network's rate: Next returns once for each time-of-flight frame, 15 a second with 8x8 zones.
// A simulated robot ("sim:…") stands still until Next asks for a frame, so a loop runs as fast as the machine allows
// and repeats exactly for the same seed. The options speed=1 ("sim:arena?speed=1") and a call of Read put it on the
// wall clock.
//
// # Safety
//
//   - The first frame of a connection, and of every silence above 0.4 s, is four zero wheels: the firmware's watchdog
//     would otherwise let one wheel turn on the next frame of any kind.
//   - No motion is sent before each time-of-flight sensor was heard of once.
//   - Motion without a new Send for 300 ms becomes zero wheels (the dead man).
//   - Close, the interrupt of a cell and SIGINT or SIGTERM send zero wheels. When the program is killed, the robot's own
//     watchdog stops it in 1.5 s.
//   - With time-of-flight data older than 200 ms the robot is driven at half speed, older than 500 ms not at all. The
//     sensor heard of longest ago counts: the robot is blind on that side. Err says which it is.
//   - After a reconnection motion is never sent again by itself.
//
// The motor button on the robot must be pressed once before its wheels turn. No robot was at hand when this was
// written: what it says of the firmware was read in its source.
package durin
