package event

import "math"

var _ = registerScene("bars", sceneKind{
	doc: "upright bars that move to the right and level bars that move down",
	params: []simParam{
		{"speed", "of the bars in pixels per second", 150, 0, 100000},
		{"width", "of a bar in pixels", 40, 1, 4096},
		{"count", "of bars each way", 1, 1, 100},
	},
	build: func(v simValues, width, height int, _ *random) scene {
		return &bars{
			speed: v["speed"], half: v["width"] / 2,
			w: float64(width), h: float64(height),
			periodX: (float64(width) + v["width"]) / v["count"],
			periodY: (float64(height) + v["width"]) / v["count"],
		}
	},
})

// bars are upright bars that move to the right and level bars that move down, each as long as the picture, so that
// every frame has edges both ways. They start at a quarter of the picture, leave it whole and enter again.
type bars struct {
	speed, half      float64
	w, h             float64
	periodX, periodY float64
	x, y             float64
}

func (b *bars) moveTo(t float64) {
	way := float64(b.speed * t)
	b.x = b.w/4 + way
	b.y = b.h/4 + way
}

func (b *bars) distance(x, y float64) float64 {
	return min(fold(x-b.x, b.periodX), fold(y-b.y, b.periodY)) - b.half
}

func (b *bars) fastest() float64 { return b.speed }

// fold is how far u is from the nearest multiple of period.
func fold(u, period float64) float64 {
	return math.Abs(u - float64(period*math.RoundToEven(u/period)))
}
