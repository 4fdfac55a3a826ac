package event

import "math"

var _ = registerScene("rotating", sceneKind{
	doc: "a bar that turns about the middle",
	params: []simParam{
		{"speed", "in turns per second, clockwise", 0.5, 0, 1000},
		{"width", "of the bar in pixels", 40, 1, 4096},
		{"length", "of the bar in pixels, 0 for nine tenths of the shorter side", 0, 0, 8192},
	},
	build: func(v simValues, width, height int, _ *random) scene {
		length := v["length"]
		if length == 0 {
			length = 0.9 * float64(min(width, height))
		}
		return &rotating{
			turns: v["speed"], halfLength: length / 2, halfWidth: v["width"] / 2,
			x: float64(width-1) / 2, y: float64(height-1) / 2,
		}
	},
})

// rotating is a bar that turns about the middle of the picture.
type rotating struct {
	turns                 float64
	halfLength, halfWidth float64
	x, y                  float64
	sin, cos              float64
}

func (r *rotating) moveTo(t float64) { r.sin, r.cos = turn(r.turns * t) }

// distance to a rectangle: outside by its nearest side or corner, inside by its nearest side.
func (r *rotating) distance(x, y float64) float64 {
	x, y = x-r.x, y-r.y
	along := math.Abs(float64(x*r.cos)+float64(y*r.sin)) - r.halfLength
	across := math.Abs(float64(y*r.cos)-float64(x*r.sin)) - r.halfWidth
	if along > 0 && across > 0 {
		return math.Sqrt(float64(along*along) + float64(across*across))
	}
	return max(along, across)
}

func (r *rotating) fastest() float64 {
	corner := math.Sqrt(float64(r.halfLength*r.halfLength) + float64(r.halfWidth*r.halfWidth))
	return 2 * math.Pi * r.turns * corner
}
