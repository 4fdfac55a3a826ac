package env_test

import (
	"fmt"
	"strings"

	"github.com/livespike/livespike/io/durin/env"
	"github.com/livespike/livespike/snn/tensor"
)

func ExampleTasks() {
	for _, task := range env.Tasks() {
		name, _, _ := strings.Cut(task, ":")
		fmt.Println(name)
	}
	// Output:
	// cartpole
	// durin-braitenberg
	// maze-distance
	// maze
	// mouse-cheese
}

// A pole that nobody holds up has fallen before the run is cut off.
func ExampleMaxSteps() {
	task := env.MustMake("cartpole", env.MaxSteps(3))
	defer task.Close()
	task.Reset(1)
	for done := false; !done; {
		_, _, terminated, truncated, info := task.Step(tensor.Of(1))
		done = terminated || truncated
		fmt.Println(info.Steps, "terminated:", terminated, "truncated:", truncated)
	}
	// Output:
	// 1 terminated: false truncated: false
	// 2 terminated: false truncated: false
	// 3 terminated: false truncated: true
}

func ExampleLevel() {
	env.MustMake("maze", env.Level(5)).Close() // the hardest
	_, err := env.Make("maze", env.Level(6))
	fmt.Println(err)
	// Output: env: maze: level 6; there are 1 to 5
}

func ExampleOption() {
	task := env.MustMake("maze", env.Level(4), env.MaxSteps(2000))
	defer task.Close()
	fmt.Println(task.ActionSpace())
	// Output: Box(2) left feet [0, 1] right feet [0, 1]
}

func ExampleInfo() {
	task := env.MustMake("cartpole")
	defer task.Close()
	_, info := task.Reset(7)
	fmt.Println(info.Seed, info.Steps, info.Time, info.Return)
	// Output: 7 0 0s 0
}

func ExamplePicture() {
	task := env.MustMake("cartpole")
	defer task.Close()
	task.Reset(1)
	svg, err := task.Render().SVG()
	fmt.Println(strings.HasPrefix(svg, "<svg"), err)
	// Output: true <nil>
}

func ExampleRobot() {
	task := env.MustMake("durin-braitenberg", env.Robot("sim:arena"), env.MaxSteps(2)) // or "durin5.local"
	defer task.Close()
	task.Reset(1)
	_, _, _, _, info := task.Step(tensor.Of(0.1, 0.1))
	fmt.Println(info.Steps)
	// Output: 1
}
