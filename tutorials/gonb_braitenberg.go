// %% [markdown]
// # A Braitenberg vehicle, under two kernels
// Two neurons steer a simulated Durin by two of its distance sensors. The notebook runs unchanged under Livespike and under GoNB; `gonb_neurons` says how its cells are written.

// %%
import (
	"github.com/livespike/livespike/io/durin"
	"github.com/livespike/livespike/plot/display"
	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
)

// %% [markdown]
// The slide's loop as a function. `Next` waits for a new time-of-flight frame, so the robot's rate is the network's rate.

// %%
func drive(robot *durin.Robot, network snn.Module, steps int) {
	var state *snn.State
	var output *tensor.Tensor
	for range steps {
		obs := robot.Next()
		near := tensor.Of(obs.ToF[1][3][3], obs.ToF[6][3][3]).Div(1000).Tanh().Neg().Add(1)
		output, state = network.Forward(near, state)
		left, right := output.At1(0)*100, output.At1(1)*100
		robot.Send(durin.MoveWheels{NE: left, NW: right, SW: right, SE: left})
	}
}

// %% [markdown]
// `sim` starts a simulated Durin that speaks the robot's own wire protocol; `durin5.local` is the robot. It is opened, driven and closed within one cell.

// %%
%%
network := snn.LICell(snn.TauMemInv(100))
display.Show(network)
robot := durin.MustDial("sim:arena?seed=1")
drive(robot, network, 300)
robot.Close()
display.Show(robot.Track())
