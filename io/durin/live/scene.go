package live

import (
	"fmt"
	"math"

	"github.com/livespike/livespike/io/durin"
	"github.com/livespike/livespike/io/durin/sim"
	"github.com/livespike/livespike/snn/tensor"
)

// scene is what a page shows at one moment. Lengths are in mm, angles in radians.
type scene struct {
	World    *worldScene  `json:"world,omitempty"` // not again and again
	Robots   []robotScene `json:"robots,omitempty"`
	Bearings []float64    `json:"bearings,omitempty"` // of the sensors, counter-clockwise from the front
	ToF      [][]int      `json:"tof,omitempty"`      // by sensor, row by row from the top; -1 is nothing or not valid
	Res      int          `json:"res,omitempty"`      // zones in a row
	Lines    []string     `json:"lines,omitempty"`    // in words
	Keys     bool         `json:"keys,omitempty"`     // whether the page's keys drive the robot
	Network  *network     `json:"network,omitempty"`
}

type worldScene struct {
	Name    string       `json:"name"`
	Low     [2]float64   `json:"low"`
	High    [2]float64   `json:"high"`
	Walls   [][4]float64 `json:"walls"`
	Pillars [][3]float64 `json:"pillars"`
	Lights  [][2]float64 `json:"lights"`
}

type robotScene struct {
	X       float64    `json:"x"`
	Y       float64    `json:"y"`
	Heading float64    `json:"heading"`
	Contact bool       `json:"contact"`
	Wheels  [4]float64 `json:"wheels"` // mm/s: front left, front right, back left, back right
}

// network is the voltages and spikes of a network.
type network struct {
	Count    uint64    `json:"count"` // of networks until now
	Voltages []float32 `json:"v"`
	Spikes   []float32 `json:"z"`

	fresh bool // not in a picture yet
}

// maxShown is how many neurons a page shows.
const maxShown = 256

func newNetwork(voltages, spikes *tensor.Tensor) (n network) {
	if voltages != nil {
		n.Voltages = append(n.Voltages, voltages.Data()...)
	}
	if spikes != nil {
		n.Spikes = append(n.Spikes, spikes.Data()...)
	}
	n.limit()
	return n
}

// limit leaves out the neurons that are too many, and what JSON cannot say.
func (n *network) limit() {
	for _, values := range []*[]float32{&n.Voltages, &n.Spikes} {
		*values = (*values)[:min(len(*values), maxShown)]
		for i, v := range *values {
			if v64 := float64(v); math.IsNaN(v64) || math.IsInf(v64, 0) {
				(*values)[i] = 0
			}
		}
	}
}

func worldOf(w *sim.World) *worldScene {
	lo, hi := w.Bounds()
	s := &worldScene{Name: w.Name, Low: [2]float64{lo.X, lo.Y}, High: [2]float64{hi.X, hi.Y}}
	for _, wall := range w.Walls {
		s.Walls = append(s.Walls, [4]float64{wall.A.X, wall.A.Y, wall.B.X, wall.B.Y})
	}
	for _, p := range w.Pillars {
		s.Pillars = append(s.Pillars, [3]float64{p.Center.X, p.Center.Y, p.Radius})
	}
	for _, l := range w.Lights {
		s.Lights = append(s.Lights, [2]float64{l.X, l.Y})
	}
	return s
}

// sceneOf is the scene of a robot.
func sceneOf(g durin.Glance) scene {
	s := scene{Res: 8, Lines: []string{
		g.Last.String(), "battery " + g.Obs.Battery.String(), g.Obs.IMU.String(),
		fmt.Sprintf("frame %d, %dx%d zones", g.Obs.Seq, g.Obs.Res, g.Obs.Res),
	}}
	if g.Still {
		s.Lines = append(s.Lines, "told to drive but stands still: was its motor button pressed?")
	}
	if g.Obs.Position != nil {
		s.Lines = append(s.Lines, "radio position "+g.Obs.Position.String()+" mm")
	}
	r := robotScene{X: g.Pose.At.X, Y: g.Pose.At.Y, Heading: g.Pose.Heading, Contact: g.Contact}
	if m, ok := g.Last.(durin.MoveWheels); ok {
		r.Wheels = [4]float64{float64(m.NW), float64(m.NE), float64(m.SW), float64(m.SE)}
	}
	s.Robots = []robotScene{r}
	if g.World != nil {
		s.World = worldOf(g.World)
	}
	for id := range 8 {
		s.Bearings = append(s.Bearings, g.Order.Bearing(id)*math.Pi/180)
		ranges := make([]int, 0, 64)
		for row := range 8 {
			for col := range 8 {
				mm := -1
				if g.Obs.Valid(id, row, col) {
					mm = int(g.Obs.ToF[id][row][col])
				}
				ranges = append(ranges, mm)
			}
		}
		s.ToF = append(s.ToF, ranges)
	}
	return s
}

// sceneOfSim is the scene of simulated robots.
func sceneOfSim(servers []*sim.Server) (s scene) {
	for i, server := range servers {
		connected := server.Connected()
		server.Do(func(r *sim.Robot) {
			p := r.Pose()
			s.Robots = append(s.Robots, robotScene{p.At.X, p.At.Y, p.Heading, r.InContact(), r.Wheels()})
			if i > 0 {
				return
			}
			s.World = worldOf(r.World())
			s.Bearings, s.ToF, s.Res = sensorsOf(r)
			client := "no client"
			if connected {
				client = "a client is connected"
			}
			s.Lines = []string{
				fmt.Sprintf("%s, %s", server.Addr(), client),
				fmt.Sprintf("%.1f s, %.2f m, %.1f s in contact", r.Now().Seconds(), r.Distance()/1000, r.ContactTime().Seconds()),
				fmt.Sprintf("wheels %.0f mm/s", r.Wheels()),
			}
		})
	}
	return s
}

// sensorsOf is what a simulated robot has measured last. Status bits are only there when a client has asked for them:
// without them 0 mm is nothing.
func sensorsOf(r *sim.Robot) (bearings []float64, tof [][]int, res int) {
	res = r.Resolution()
	for id := range 8 {
		bearings = append(bearings, r.Order().Bearing(id)*math.Pi/180)
		ranges := make([]int, 0, res*res)
		for row := range res {
			for col := range res {
				mm, status := r.Range(id, row, col)
				if mm == 0 || status > durin.StatusHalf {
					mm = -1
				}
				ranges = append(ranges, int(mm))
			}
		}
		tof = append(tof, ranges)
	}
	return bearings, tof, res
}
