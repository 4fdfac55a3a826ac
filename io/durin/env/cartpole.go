package env

import (
	"fmt"
	"image/color"
	"math"
	"math/rand/v2"
	"time"

	"github.com/livespike/livespike/io/internal/canvas"
)

var _ = register(kind{
	name: "cartpole", doc: "push a cart left or right so that the pole on it stays up",
	period: poleStep, steps: 4000,
	action: box(-1, 1, "push"),
	observation: Space{
		make([]float32, 4),
		[]float32{2 * poleLimit, 2 * poleLimit, poleFast, poleFast},
		[]string{"left angle", "right angle", "left speed", "right speed"},
	},
	make: func(settings) (task, error) { return new(cartpole), nil },
})

// Constants of Barto, Sutton and Anderson's cart and pole (1983); norse-rl advances it by 5 ms.
const (
	poleStep  = 5 * time.Millisecond
	poleForce = 10.0               // N, to the side that the action's sign says
	poleLimit = 12 * math.Pi / 180 // rad; beyond it the pole has fallen
	cartLimit = 2.4                // m; beyond it the track ends
	poleFast  = 20.0               // rad/s, above what a pole within its limit reaches

	gravity    = 9.8 // m/s²
	cartMass   = 1.0 // kg
	poleMass   = 0.1
	poleHalf   = 0.5 // m
	totalMass  = cartMass + poleMass
	poleMoment = poleMass * poleHalf
)

// cartpole is a pole on a joint on a cart. The observation has no signs: what leans or falls to the left and to the
// right has an element each. The reward is 1 for each step; a run ends when the pole has fallen or the track ends.
type cartpole struct {
	x, speed, angle, spin float64 // m, m/s, rad to the right of upright, rad/s
}

func (p *cartpole) reset(_ uint64, random *rand.Rand) error {
	for _, v := range []*float64{&p.x, &p.speed, &p.angle, &p.spin} {
		*v = random.Float64()*0.1 - 0.05
	}
	return nil
}

func (p *cartpole) step(action []float32) (reward float64, terminated bool, err error) {
	force := -poleForce
	if action[0] > 0 {
		force = poleForce
	}
	sin, cos := math.Sincos(p.angle)
	push := (force + poleMoment*p.spin*p.spin*sin) / totalMass
	spin := (gravity*sin - cos*push) / (poleHalf * (4.0/3 - poleMass*cos*cos/totalMass))
	speed := push - poleMoment*spin*cos/totalMass
	dt := poleStep.Seconds()
	p.x += dt * p.speed
	p.speed += dt * speed
	p.angle += dt * p.spin
	p.spin += dt * spin
	return 1, math.Abs(p.x) > cartLimit || math.Abs(p.angle) > poleLimit, nil
}

func (p *cartpole) observe(obs []float32) {
	obs[0], obs[1] = float32(max(0, -p.angle)), float32(max(0, p.angle))
	obs[2], obs[3] = float32(max(0, -p.spin)), float32(max(0, p.spin))
}

func (p *cartpole) close() error { return nil }

func (p *cartpole) draw(c canvas.Canvas) {
	const perMetre, track = side / (2 * cartLimit), 260.0
	at := canvas.At(side/2+p.x*perMetre, track)
	square(c, floorColor, side/2, side/2, side)
	c.Stroke(inkColor, 2, canvas.At(0, track+16), canvas.At(side, track+16))
	square(c, wallColor, at.X-12, at.Y, 28)
	square(c, wallColor, at.X+12, at.Y, 28)
	sin, cos := math.Sincos(p.angle)
	long := 2 * poleHalf * perMetre
	c.Stroke(color.NRGBA{200, 140, 80, 255}, 8, canvas.At(at.X, at.Y-10), canvas.At(at.X+long*sin, at.Y-10-long*cos))
	c.Text(inkColor, canvas.At(10, side-12), 12, fmt.Sprintf("angle %.1f°, cart %.2f m", p.angle*180/math.Pi, p.x))
}
