package env

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/livespike/livespike/io/internal/canvas"
)

var _ = register(kind{
	name: "maze", doc: "find the cheese between walls, by smell and whiskers; Level 1 to 5",
	period: mouseStep, steps: 10000, race: true, height: levelRows * tile,
	action:      box(0, 1, "left feet", "right feet"),
	observation: box(0, 0.5, "smell left", "smell right", "right whisker", "left whisker"),
	make: func(s settings) (task, error) {
		level := max(s.level, 1)
		if s.level < 0 || level > len(levels) {
			return nil, fmt.Errorf("level %d; there are 1 to %d", s.level, len(levels))
		}
		return &maze{level: level}, nil
	},
})

var _ = register(kind{
	name: "maze-distance", doc: "the maze, with the distance of the cheese too; Level 1 to 5",
	period: mouseStep, steps: 10000, race: true, height: levelRows * tile,
	action: box(0, 1, "left feet", "right feet"),
	observation: Space{
		make([]float32, 5),
		[]float32{0.5, 0.5, 0.5, 0.5, 1},
		[]string{"smell left", "smell right", "right whisker", "left whisker", "distance"},
	},
	make: func(s settings) (task, error) {
		if s.level == 0 {
			s.level = len(levels)
		}
		return kinds["maze"].make(s)
	},
})

const (
	tile      = 10.0 // units
	mouseSize = 40.0
	mazeEat   = 20.0
	whisker   = 0.5 // what one that touches gives
)

// maze is a mouse between walls, along which it slides. The whisker on the side of a wall that stops it touches. The
// cheese is smelled through walls. A piece within 20 is eaten, which is a reward of 1; a run ends without cheese.
type maze struct {
	mouse
	level       int
	walls       []canvas.Point // centres of tiles
	left, right float32        // whiskers
}

func (t *maze) reset(_ uint64, random *rand.Rand) error {
	l := &levels[t.level-1]
	at := l.mouse.at()
	t.mouse = mouse{x: at.X, y: at.Y, random: random}
	for _, c := range l.cheese {
		t.cheese = append(t.cheese, c.at())
	}
	t.walls, t.left, t.right = l.tiles(), 0, 0
	return nil
}

func (t *maze) step(action []float32) (reward float64, terminated bool, err error) {
	dx, dy := t.walk(action[0], action[1])
	t.left, t.right = 0, 0
	if t.blocked(t.x, t.y+dy) {
		t.touch(-math.Copysign(math.Pi/2, dy))
		dy = 0
	}
	if t.blocked(t.x+dx, t.y+dy) {
		t.touch(math.Acos(math.Copysign(1, dx)))
		dx = 0
	}
	t.move(t.x+dx, t.y+dy)
	reward = t.eat(mazeEat)
	return reward, len(t.cheese) == 0, nil
}

// blocked reports whether a mouse at a place would overlap a wall.
func (t *maze) blocked(x, y float64) bool {
	for _, w := range t.walls {
		if math.Abs(w.X-x) < (tile+mouseSize)/2 && math.Abs(w.Y-y) < (tile+mouseSize)/2 {
			return true
		}
	}
	return false
}

// touch bends the whisker on the side of a wall in a direction.
func (t *maze) touch(direction float64) {
	if math.Sin(direction-t.heading) > 0 {
		t.left = whisker
	} else {
		t.right = whisker
	}
}

func (t *maze) observe(obs []float32) {
	obs[0], obs[1] = t.smell()
	obs[2], obs[3] = t.right, t.left
	if len(obs) > 4 {
		obs[4] = 0
		if i, d := t.nearest(); i >= 0 {
			obs[4] = float32(d / (field * math.Sqrt2))
		}
	}
}

func (t *maze) draw(c canvas.Canvas) {
	square(c, floorColor, side/2, side/2, side)
	for _, w := range t.walls {
		square(c, wallColor, w.X, w.Y, tile)
	}
	t.drawPath(c)
	t.drawMouse(c, mouseSize)
}
