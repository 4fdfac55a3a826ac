package env

import "fmt"

// Option changes how Make makes a task; see the functions that return one.
type Option struct {
	name string
	set  func(*settings)
}

// String is the option's name.
func (o Option) String() string { return o.name }

type settings struct {
	steps    int
	level    int
	realTime bool
	robot    string
}

// MaxSteps is after how many steps a run is truncated. It panics below 1.
func MaxSteps(n int) Option {
	if n < 1 {
		panic(fmt.Sprintf("env.MaxSteps: %d", n))
	}
	return Option{"MaxSteps", func(s *settings) { s.steps = n }}
}

// Level is the level of the task maze, 1 to 5; the default is 1.
func Level(n int) Option { return Option{"Level", func(s *settings) { s.level = n }} }

// RealTime lets Step wait until its turn: a period after the step before, by the wall clock.
func RealTime() Option { return Option{"RealTime", func(s *settings) { s.realTime = true }} }

// Robot is the robot that the task durin-braitenberg drives, an address of durin.Dial; the default is "sim:room", in
// which each Reset starts anew with its seed.
func Robot(address string) Option { return Option{"Robot", func(s *settings) { s.robot = address }} }
