package durin_test

import (
	"fmt"

	"github.com/livespike/livespike/io/durin"
)

// A simulated robot in a corridor 800 mm wide, driven for a second. Its time passes in Next.
func ExampleMustDial() {
	robot := durin.MustDial("sim:corridor?start=1&quiet=1")
	for range 15 {
		obs := robot.Next()
		if obs.Nearest(0) < 300 { // mm, of the sensor in front
			break
		}
		robot.Send(durin.Move{Y: 200}) // mm/s, forward
	}
	fmt.Println(robot)
	if err := robot.Close(); err != nil {
		fmt.Println(err)
	}
	fmt.Println(robot.Track())
	// Output:
	// Durin(sim:corridor?start=1&quiet=1, connected, sensor order 2023, time passes in Next, frame 15)
	// corridor, seed 0: 0.2 m in 0.9 s, 0 % of it in contact
}

// The input of a neuron: near is 1, far is 0.
func ExampleNear() {
	fmt.Println(durin.Near(100, 1000, 4000))
	// Output:
	// tensor([9.0033e-01, 2.3841e-01, 6.7070e-04])
}
