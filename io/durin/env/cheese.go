package env

import (
	"math/rand/v2"
	"time"

	"github.com/livespike/livespike/io/internal/canvas"
)

var _ = register(kind{
	name: "mouse-cheese", doc: "find ten pieces of cheese in an open field by their smell",
	period: mouseStep, steps: 4000, race: true,
	action:      box(0, 1, "left feet", "right feet"),
	observation: box(0, 0.5, "smell left", "smell right"),
	make:        func(settings) (task, error) { return new(cheese), nil },
})

const (
	mouseStep = 20 * time.Millisecond // 50 steps a second
	pieces    = 10
	cheeseEat = 15.0 // units
)

// cheese is an open field of 400 x 400 with a mouse in the middle that looks to the right. A piece of cheese within 15
// is eaten, which is a reward of 1; a run ends without cheese.
type cheese struct{ mouse }

func (t *cheese) reset(_ uint64, random *rand.Rand) error {
	t.mouse = mouse{x: field / 2, y: field / 2, random: random}
	for range pieces {
		t.cheese = append(t.cheese, canvas.At(random.Float64()*field, random.Float64()*field))
	}
	return nil
}

func (t *cheese) step(action []float32) (reward float64, terminated bool, err error) {
	dx, dy := t.walk(action[0], action[1])
	t.move(min(max(t.x+dx, 0), field), min(max(t.y+dy, 0), field))
	reward = t.eat(cheeseEat)
	return reward, len(t.cheese) == 0, nil
}

func (t *cheese) observe(obs []float32) { obs[0], obs[1] = t.smell() }

func (t *cheese) draw(c canvas.Canvas) {
	square(c, floorColor, side/2, side/2, side)
	t.drawPath(c)
	t.drawMouse(c, 28)
}
