package env

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"sort"
	"strings"
	"time"

	"github.com/livespike/livespike/internal/interrupt"
	"github.com/livespike/livespike/io/internal/canvas"
	"github.com/livespike/livespike/snn/tensor"
)

// Env is a task. It is for use by one goroutine at a time.
type Env struct {
	kind    kind
	task    task
	options settings
	info    Info
	state   state
	obs     []float32
	began   time.Time // the wall clock of step 0, for RealTime
}

type state int

const (
	fresh   state = iota // Reset was not called
	running              //
	over                 // terminated or truncated
	closed
)

// task is what an Env runs.
type task interface {
	// reset starts again.
	reset(seed uint64, random *rand.Rand) error
	// step does what the action says; it is within the action space.
	step(action []float32) (reward float64, terminated bool, err error)
	// observe fills in the observation.
	observe(obs []float32)
	// draw paints the task, side units wide, y down.
	draw(c canvas.Canvas)
	close() error
}

// side is the width of the picture of a task.
const side = 400.0

// kind is a registered task.
type kind struct {
	name, doc           string
	period              time.Duration // of a step
	steps               int           // after which a run is truncated
	race                bool          // a run ends with success, and early is better
	height              float64       // of the picture; 0 is side
	action, observation Space
	make                func(s settings) (task, error)
}

var kinds = map[string]kind{}

func register(k kind) bool {
	if _, twice := kinds[k.name]; twice || k.name == "" || k.doc == "" || k.period <= 0 || k.steps <= 0 || k.make == nil {
		panic(fmt.Sprintf("env: task %q is registered twice or lacks a part", k.name))
	}
	kinds[k.name] = k
	return true
}

// Tasks lists the tasks with a line about each, sorted.
func Tasks() []string {
	lines := make([]string, 0, len(kinds))
	for _, k := range kinds {
		lines = append(lines, k.name+": "+k.doc)
	}
	sort.Strings(lines)
	return lines
}

// Make is a task by its name, one of Tasks.
func Make(name string, opts ...Option) (*Env, error) {
	k, ok := kinds[name]
	if !ok {
		names := make([]string, 0, len(kinds))
		for n := range kinds {
			names = append(names, n)
		}
		sort.Strings(names)
		return nil, fmt.Errorf("env: no task %q; there are %s", name, strings.Join(names, ", "))
	}
	s := settings{steps: k.steps}
	for _, o := range opts {
		o.set(&s)
	}
	t, err := k.make(s)
	if err != nil {
		return nil, fmt.Errorf("env: %s: %w", name, err)
	}
	return &Env{kind: k, task: t, options: s, obs: make([]float32, k.observation.Len())}, nil
}

// MustMake is Make for scripts: it panics with the error.
func MustMake(name string, opts ...Option) *Env {
	e, err := Make(name, opts...)
	if err != nil {
		panic(err)
	}
	return e
}

// Info is how a run stands.
type Info struct {
	Seed     uint64        // of Reset
	Steps    int           // since Reset
	Time     time.Duration // of the task: steps times the period
	Return   float64       // the sum of all rewards
	Score    float64       // Return; where early is better, times the steps that a run may have over those it had
	Overruns int           // steps that came too late, with RealTime
}

// String is the info on one line.
func (i Info) String() string {
	s := fmt.Sprintf("seed %d, step %d, %v: return %.4g, score %.4g", i.Seed, i.Steps, i.Time.Round(time.Millisecond), i.Return, i.Score)
	if i.Overruns > 0 {
		s += fmt.Sprintf(", %d overruns", i.Overruns)
	}
	return s
}

// Reset starts a run and returns the first observation, of the shape and within the bounds of ObservationSpace. It
// panics on a task that was closed, and with the error of a robot that cannot be reached.
func (e *Env) Reset(seed uint64) (*tensor.Tensor, Info) {
	if e.state == closed {
		panic(fmt.Sprintf("env: %s: Reset of a closed task", e.kind.name))
	}
	if err := e.task.reset(seed, rand.New(rand.NewPCG(seed, 0))); err != nil {
		panic(fmt.Errorf("env: %s: %w", e.kind.name, err))
	}
	e.state, e.info, e.began = running, Info{Seed: seed}, time.Now()
	return e.observation(), e.info
}

// Step does one action, of the shape of ActionSpace; what lies outside its bounds is clamped, and NaN is the low bound.
// It returns the next observation, the reward of this step, whether the task has ended by itself and whether it was cut
// off after as many steps as a run may have.
//
// It panics with one line before the first Reset and after the end of a run, for an action of another shape, when the
// cell is interrupted, and with the error of a robot that is gone.
func (e *Env) Step(action *tensor.Tensor) (obs *tensor.Tensor, reward float32, terminated, truncated bool, info Info) {
	if e.state != running {
		panic(fmt.Sprintf("env: %s: Step %s; call Reset first", e.kind.name, [...]string{fresh: "of a new task", over: "after the end of a run", closed: "of a closed task"}[e.state]))
	}
	if action.Len() != e.kind.action.Len() {
		panic(fmt.Sprintf("env: %s: an action of shape %v, want %d elements", e.kind.name, action.Shape(), e.kind.action.Len()))
	}
	if err := e.turn(); err != nil {
		panic(fmt.Errorf("env: %s: interrupted: %w", e.kind.name, err))
	}
	r, terminated, err := e.task.step(e.kind.action.clamp(action.Data()))
	if err != nil {
		panic(fmt.Errorf("env: %s: %w", e.kind.name, err))
	}
	i := &e.info
	i.Steps++
	i.Time = time.Duration(i.Steps) * e.kind.period
	i.Return += r
	i.Score = i.Return
	if e.kind.race {
		i.Score *= float64(e.options.steps) / float64(i.Steps)
	}
	truncated = !terminated && i.Steps >= e.options.steps
	if terminated || truncated {
		e.state = over
	}
	return e.observation(), float32(r), terminated, truncated, e.info
}

// turn waits for the time of the next step, if the task runs in real time.
func (e *Env) turn() error {
	ctx := interrupt.Context()
	if !e.options.realTime {
		return ctx.Err()
	}
	due := e.began.Add(time.Duration(e.info.Steps+1) * e.kind.period)
	wait := time.Until(due)
	if wait < -e.kind.period { // a whole step too late: go on from here
		e.info.Overruns++
		e.began = e.began.Add(-wait)
	}
	if wait <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (e *Env) observation() *tensor.Tensor {
	e.task.observe(e.obs)
	for i, v := range e.obs {
		e.obs[i] = min(max(v, e.kind.observation.Low[i]), e.kind.observation.High[i])
	}
	return tensor.Of(e.obs...)
}

// ActionSpace is what Step takes.
func (e *Env) ActionSpace() Space { return e.kind.action }

// ObservationSpace is what Reset and Step return.
func (e *Env) ObservationSpace() Space { return e.kind.observation }

// Info is how the run stands.
func (e *Env) Info() Info { return e.info }

// Render is the task as it stands, as a figure: PNG and SVG.
func (e *Env) Render() *Picture {
	if e.state == fresh {
		panic(fmt.Sprintf("env: %s: Render of a new task; call Reset first", e.kind.name))
	}
	height := cmp.Or(e.kind.height, side)
	c := canvas.NewSVG(side, height)
	e.task.draw(c)
	p := canvas.NewPNG(side, height, 2)
	e.task.draw(p)
	return &Picture{title: e.String(), svg: c.String(), png: p}
}

// Close ends the task; of a robot it stops the wheels. It may be called twice.
func (e *Env) Close() error {
	if e.state == closed {
		return nil
	}
	e.state = closed
	return e.task.close()
}

// String is the task and how its run stands.
func (e *Env) String() string { return fmt.Sprintf("%s: %v", e.kind.name, e.info) }

// Picture is a task at one moment. It does not change.
type Picture struct {
	title, svg string
	png        *canvas.PNG
}

// PNG is the picture as a PNG file.
func (p *Picture) PNG() ([]byte, error) { return p.png.Encode() }

// SVG is the picture as an SVG file.
func (p *Picture) SVG() (string, error) { return p.svg, nil }

// String is what it is a picture of.
func (p *Picture) String() string { return p.title }
