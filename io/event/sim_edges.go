package event

import "math"

var _ = registerScene("edges", sceneKind{
	doc: "upright edges that move to the right as fast as the wanted rate needs",
	params: []simParam{
		{"rate", "events per second that the edges cause, about", 1e6, 0, 1e9},
		{"count", "of edges in the picture", 8, 1, 1000},
	},
	build: func(v simValues, width, height int, _ *random) scene {
		// A pixel tells of an edge as often as the change of light holds the threshold, less half a time at the first edge,
		// because it tells whole times, and a whole one at the others, because it begins behind the last threshold.
		change := math.Abs(logarithm(v["contrast"]))
		told := max(0, change/v["on"]-0.75)/2 + max(0, change/v["off"]-0.75)/2
		e := &edges{period: 2 * float64(width) / v["count"]}
		if told > 0 {
			e.speed = min(v["rate"]/(told*float64(height)*v["count"]), edgesFastest)
		}
		return e
	},
})

// edgesFastest is in pixels per second; beyond it an edge passes several pixels in a readout.
const edgesFastest = 1e6

// edges are stripes as wide as their gaps.
type edges struct {
	speed  float64
	period float64 // from stripe to stripe
	way    float64
}

func (e *edges) moveTo(t float64) { e.way = float64(e.speed * t) }

func (e *edges) distance(x, _ float64) float64 { return fold(x-e.way, e.period) - e.period/4 }

func (e *edges) fastest() float64 { return e.speed }
