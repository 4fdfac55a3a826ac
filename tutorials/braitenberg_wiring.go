// %% [markdown]
// # A wiring that avoids walls
// The talk's two wires turn a robot away from walls, but nothing drives it in open space and it sees nothing straight ahead. This vehicle has three eyes and a speed of its own. `sim:room` is a room with today's sensor ids: 0 looks ahead, 1 to the front left, 7 to the front right.

// %%
eyes := []int{1, 0, 7}
network := snn.LICell()
network

// %% [markdown]
// Each eye excites a leaky integrator: with 1 at a wall, 0.24 at its reach (1 m in the talk, 0.5 m here), nothing far away. Divided by five, a neuron's voltage settles at its input.
//
// A wiring turns three voltages into wheel speeds in mm/s. The talk's: each eye drives the wheels on its own side, so the robot turns away from what is beside it, as Braitenberg's vehicle 2a turns away from a light.

// %%
func talk(left, front, right float32) durin.MoveWheels {
	l, r := 500*left, 500*right
	return durin.MoveWheels{NW: l, SW: l, NE: r, SE: r}
}

// %% [markdown]
// This one goes on where nothing is near, slows down for what is ahead, and turns there to the side where there is more room.

// %%
const base, turning = 200, 300

func avoid(left, front, right float32) durin.MoveWheels {
	forward := base * (1 - min(1, front))
	turn := turning * (left - right)
	if left <= right {
		turn -= 0.7 * turning * front
	} else {
		turn += 0.7 * turning * front
	}
	l, r := forward+turn, forward-turn
	return durin.MoveWheels{NW: l, SW: l, NE: r, SE: r}
}

// %% [markdown]
// A minute is 900 frames of the distance sensors; `Next` waits for each. A simulated minute passes as fast as the loop asks for its frames.

// %%
func drive(address string, reach float64, wiring func(left, front, right float32) durin.MoveWheels) *durin.Track {
	robot := durin.MustDial(address)
	defer robot.Close()
	var state *snn.State
	var v *tensor.Tensor
	for range 15 * 60 {
		obs := robot.Next()
		x := tensor.Zeros(len(eyes))
		for k, id := range eyes {
			x.Set(float32(1-math.Tanh(float64(obs.ToF[id][3][3])/reach))/5, k)
		}
		v, state = network.Forward(x, state)
		robot.Send(wiring(v.At1(0), v.At1(1), v.At1(2)))
	}
	return robot.Track()
}

// %% [markdown]
// A minute from each of the room's eight starts, with either wiring.

// %%
fmt.Println("          the talk's wires      avoiding walls")
fmt.Println("start   distance   contact   distance   contact")
var tracks, talks []*durin.Track
for start := 1; start <= 8; start++ {
	room := fmt.Sprintf("sim:room?start=%d&seed=%d", start, start)
	a, b := drive(room, 1000, talk), drive(room, 500, avoid)
	fmt.Printf("%5d   %6.1f m   %5.1f s   %6.1f m   %5.1f s\n",
		start, a.Distance/1000, a.ContactTime.Seconds(), b.Distance/1000, b.ContactTime.Seconds())
	talks, tracks = append(talks, a), append(tracks, b)
}

// %% [markdown]
// The talk's wires: away from walls next to nothing drives the robot, so that it creeps, and what is straight ahead it does not see.

// %%
talks[0]

// %%
tracks[0]

// %% [markdown]
// The same as a film, four times as fast as the robot; `film.Save("film.gif")` keeps it.

// %%
film := tracks[0].Film()
film

// %% [markdown]
// Try: `base` 400; wires crossed; `"&loss=0.2&reorder=0.2"` behind the address; another world, `sim:maze1`, or your own drawing, `sim:./room.svg`; `sim:cheese` with `robot.Light()` instead of the distances, which are the eyes of Braitenberg's own vehicles.
