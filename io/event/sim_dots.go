package event

import "math"

var _ = registerScene("dots", sceneKind{
	doc: "discs that move straight on and bounce off the sides",
	params: []simParam{
		{"speed", "of each dot in pixels per second", 150, 0, 100000},
		{"radius", "of a dot in pixels", 10, 1, 1000},
		{"count", "of dots", 20, 1, 1000},
	},
	build: func(v simValues, width, height int, rnd *random) scene {
		d := &dots{speed: v["speed"], radius: v["radius"], w: float64(width - 1), h: float64(height - 1)}
		for range int(v["count"]) {
			sin, cos := turn(rnd.float())
			d.start = append(d.start, dot{d.w * rnd.float(), d.h * rnd.float()})
			d.velocity = append(d.velocity, dot{d.speed * cos, d.speed * sin})
		}
		d.at = make([]dot, len(d.start))
		return d
	},
})

// dots are discs that move straight on and bounce off the sides of the picture.
type dots struct {
	speed, radius float64
	w, h          float64
	start         []dot
	velocity      []dot // pixels per second
	at            []dot
	near          []dot // those that count now; at, or narrowed
	narrowed      []dot
}

type dot struct{ x, y float64 }

func (d *dots) moveTo(t float64) {
	for i := range d.at {
		d.at[i].x = bounce(d.start[i].x+float64(d.velocity[i].x*t), d.w)
		d.at[i].y = bounce(d.start[i].y+float64(d.velocity[i].y*t), d.h)
	}
	d.near = d.at
}

func (d *dots) narrow(x, y, reach float64) {
	d.narrowed = d.narrowed[:0]
	reach += d.radius
	for _, at := range d.at {
		if math.Abs(x-at.x) <= reach && math.Abs(y-at.y) <= reach {
			d.narrowed = append(d.narrowed, at)
		}
	}
	d.near = d.narrowed
}

func (d *dots) widen() { d.near = d.at }

// bounce folds a straight way into 0 to side.
func bounce(u, side float64) float64 {
	if side <= 0 {
		return 0
	}
	return fold(u, 2*side)
}

func (d *dots) distance(x, y float64) float64 {
	nearest := math.Inf(1)
	for i := range d.near {
		dx, dy := x-d.near[i].x, y-d.near[i].y
		nearest = min(nearest, float64(dx*dx)+float64(dy*dy))
	}
	return math.Sqrt(nearest) - d.radius
}

func (d *dots) fastest() float64 { return d.speed }
