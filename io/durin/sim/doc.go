// Package sim is a simulated Durin: a robot in a walled world that speaks the real wire protocol over real sockets, so
// that any client can drive it, or runs without sockets as fast as the machine allows.
//
//	config, err := sim.ParseConfig("arena?seed=1")
//	server, err := sim.Listen("127.0.0.1:1337", config)
//	defer server.Close()
//
//	robot := sim.New(config)      // no sockets
//	robot.Handle(&wire.SetRobotVelocity{Y: 200})
//	robot.Step(time.Second)
//
// The world is measured in millimetres, x to the right and y up; headings are counter-clockwise from x, in radians.
// Physics advances in steps of 1 ms. The same configuration and the same commands at the same times give the same
// numbers, on processors of one kind: between kinds the last bits of a float64 may differ, and with them, after a while,
// the path.
//
// # Clocks
//
// With Speed 0 a Server stands still until somebody asks for the next time-of-flight frame (Server.NextToF): the
// client in this process is the clock, and runs repeat exactly. With Speed 1 the simulation follows the wall clock,
// with another number that many times as fast.
//
// # What is modelled and what is not
//
// Mecanum kinematics, first-order motor lag, the servos' quantum, wheel slip, sliding along walls; eight 8x8 distance
// sensors with field of view, range, noise and status; the noise that was recorded on a real robot for IMU, battery,
// UWB and position; the firmware's watchdog ramp, its 30 s time-out and, as an option, its front-right latch; an event
// camera. The lights and the buzzer on the robot are not.
//
// Sources: ncskth/durin-firmware bc746ba (servo.c, protocol.c, tof_and_expander.c), ncskth/durin 07f5c9f (sensor
// statistics). No robot was at hand: what is called the firmware's behaviour was read in its source.
package sim
