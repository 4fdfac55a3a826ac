package durin

import "github.com/livespike/livespike/io/durin/sim"

// Glance is what a display shows of a robot.
type Glance struct {
	Obs     Obs
	Last    Command
	Order   sim.Order
	World   *sim.World // nil for a real robot
	Pose    sim.Pose   // the true one of a simulated robot, else dead reckoning
	Contact bool       // whether a simulated robot touches something
	Still   bool       // whether it was told to drive for two seconds and nothing that it sees has changed
}

// String is the pose and the observation.
func (g Glance) String() string { return g.Pose.String() + ", " + g.Obs.String() }

// Glance is the newest observation and where the robot is, for displays: unlike Obs it leaves the clock of a simulated
// robot alone. It never waits.
func (r *Robot) Glance() Glance {
	last := r.Last()
	r.mu.Lock()
	defer r.mu.Unlock()
	g := Glance{Obs: r.snapshot(), Last: last, Order: r.settings.order, Pose: r.track.pose, Still: r.still.still}
	if r.server != nil && !r.closed {
		r.server.Do(func(robot *sim.Robot) {
			g.World, g.Pose, g.Contact = robot.World(), robot.Pose(), robot.InContact()
		})
	}
	return g
}
