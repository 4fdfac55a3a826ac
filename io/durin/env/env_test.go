package env

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/livespike/livespike/snn/tensor"
)

// run is a whole run: every observation and reward, in a row.
func run(t *testing.T, e *Env, seed uint64, steps int, policy func(obs *tensor.Tensor, step int) *tensor.Tensor) (trace []float32, info Info) {
	t.Helper()
	obs, _ := e.Reset(seed)
	for step := range steps {
		if !e.ObservationSpace().Contains(obs) {
			t.Fatalf("%v: %v is not in %v", e, obs, e.ObservationSpace())
		}
		trace = append(trace, obs.Data()...)
		var reward float32
		var terminated, truncated bool
		obs, reward, terminated, truncated, info = e.Step(policy(obs, step))
		trace = append(trace, reward)
		if terminated || truncated {
			break
		}
	}
	return trace, info
}

// TestTasks runs what all tasks have in common: spaces that hold, and runs that depend on the seed and the actions only,
// also when the task ran before.
func TestTasks(t *testing.T) {
	for name := range kinds {
		t.Run(name, func(t *testing.T) {
			e := MustMake(name, MaxSteps(60))
			defer e.Close()
			random := func(_ *tensor.Tensor, step int) *tensor.Tensor { return e.ActionSpace().Sample(uint64(step)) }
			first, info := run(t, e, 7, 100, random)
			other, _ := run(t, e, 8, 100, random)
			again, _ := run(t, e, 7, 100, random)
			if !slices.Equal(first, again) {
				t.Error("the same seed and actions give another run")
			}
			if slices.Equal(first, other) {
				t.Error("another seed gives the same run")
			}
			if info.Steps > 60 || info.Seed != 7 || info.Time != time.Duration(info.Steps)*e.kind.period {
				t.Errorf("%v", info)
			}
			if file, err := e.Render().PNG(); err != nil || len(file) < 500 {
				t.Errorf("a picture of %d bytes, %v", len(file), err)
			}
			if err := e.Close(); err != nil {
				t.Error(err)
			}
			if err := e.Close(); err != nil {
				t.Errorf("the second Close: %v", err)
			}
		})
	}
}

// TestCartpoleStep compares with the first step of Gymnasium 1.0's CartPole, whose equations and constants are the same
// but for its step of 20 ms: from rest upright, pushed to the right, it has a speed of 0.19512 m/s and a spin of
// -0.29268 rad/s.
func TestCartpoleStep(t *testing.T) {
	var p cartpole
	if _, ended, _ := p.step([]float32{1}); ended {
		t.Error("ended at once")
	}
	ratio := 0.02 / poleStep.Seconds()
	if math.Abs(p.speed*ratio-0.19512) > 1e-5 || math.Abs(p.spin*ratio+0.29268) > 1e-5 || p.x != 0 || p.angle != 0 {
		t.Errorf("%+v", p)
	}
	obs := make([]float32, 4)
	p.observe(obs)
	if obs[2] != float32(-p.spin) || obs[3] != 0 {
		t.Errorf("falls to the left: %v", obs)
	}
}

// TestPolicies: simple controllers, in the teaching format a weight matrix each, do what the tasks ask for.
func TestPolicies(t *testing.T) {
	for _, c := range []struct {
		name   string
		opts   []Option
		want   float64 // least return
		policy func(obs *tensor.Tensor, step int) *tensor.Tensor
	}{
		{"cartpole", nil, 2000, func(o *tensor.Tensor, _ int) *tensor.Tensor { // push to where it falls
			return tensor.Of(o.At1(1) - o.At1(0) + 0.3*(o.At1(3)-o.At1(2)))
		}},
		{"mouse-cheese", nil, pieces, func(o *tensor.Tensor, _ int) *tensor.Tensor { // a foot slows down for the smell on its side
			return tensor.Of(1-4*o.At1(0), 1-4*o.At1(1))
		}},
		{"maze", nil, 3, func(o *tensor.Tensor, _ int) *tensor.Tensor {
			return tensor.Of(1-4*o.At1(0), 1-4*o.At1(1))
		}},
		{"durin-braitenberg", []Option{MaxSteps(600)}, 2, func(o *tensor.Tensor, _ int) *tensor.Tensor { // the 3-eye recipe of the tutorial
			f, l, r := o.At1(0), o.At1(1), o.At1(7)
			turn := l - r
			if l <= r {
				turn -= 0.7 * f
			} else {
				turn += 0.7 * f
			}
			return tensor.Of(0.6*(1-f)+turn, 0.6*(1-f)-turn)
		}},
	} {
		e := MustMake(c.name, c.opts...)
		_, info := run(t, e, 1, 1e6, c.policy)
		t.Logf("%s: %v", c.name, info)
		if info.Return < c.want {
			t.Errorf("%s: %v; want a return of %v at least", c.name, info, c.want)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestMazePicture: it ends where the maze does, with the wall around it on all sides.
func TestMazePicture(t *testing.T) {
	for _, name := range []string{"maze", "maze-distance"} {
		e := MustMake(name)
		e.Reset(1)
		file, err := e.Render().PNG()
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		b := img.Bounds()
		for _, corner := range []image.Point{b.Min, {b.Max.X - 1, 0}, {0, b.Max.Y - 1}, {b.Max.X - 1, b.Max.Y - 1}} {
			if got := color.NRGBAModel.Convert(img.At(corner.X, corner.Y)); got != wallColor {
				t.Errorf("%s: %v of %v is %v, want a wall", name, corner, b, got)
			}
		}
		if svg, err := e.Render().SVG(); err != nil || !strings.Contains(svg, `width="400" height="360"`) {
			t.Errorf("%s: %.80s, %v", name, svg, err)
		}
	}
}

// TestMaze by hand: a mouse that walks against the wall in front of it on the slant feels it on one side and slides.
func TestMaze(t *testing.T) {
	for level := 1; level <= len(levels); level++ {
		e := MustMake("maze", Level(level))
		e.Reset(1)
		if m := e.task.(*maze); m.blocked(m.x, m.y) || len(m.cheese) < 2 {
			t.Errorf("level %d: the mouse is in a wall, or hungry: %d pieces", level, len(m.cheese))
		}
	}
	e := MustMake("maze")
	e.Reset(1)
	m := e.task.(*maze)
	for _, c := range []struct {
		heading     float64
		left, right float32
	}{{0.3, 0, whisker}, {-0.3, whisker, 0}} {
		m.x, m.y, m.heading = 360, 180, c.heading // the wall begins at 390, the mouse ends 20 in front of its middle
		for range 50 {
			if _, _, err := m.step([]float32{1, 1}); err != nil {
				t.Fatal(err)
			}
		}
		if m.left != c.left || m.right != c.right || m.x > 370 || m.x < 366 || m.y == 180 {
			t.Errorf("heading %v: whiskers %v %v at %v, %v", c.heading, m.left, m.right, m.x, m.y)
		}
	}
}

// TestMisuse: what is wrong is said on one line.
func TestMisuse(t *testing.T) {
	if _, err := Make("chess"); err == nil || !strings.Contains(err.Error(), "there are cartpole, durin-braitenberg") {
		t.Errorf("%v", err)
	}
	if _, err := Make("maze", Level(9)); err == nil || !strings.Contains(err.Error(), "level 9; there are 1 to 5") {
		t.Errorf("%v", err)
	}
	e := MustMake("cartpole", MaxSteps(1))
	panics := func(want string, f func()) {
		t.Helper()
		defer func() {
			t.Helper()
			if got, _ := recover().(string); !strings.Contains(got, want) {
				t.Errorf("panicked with %q, want %q", got, want)
			}
		}()
		f()
	}
	panics("call Reset first", func() { e.Step(tensor.Of(1)) })
	e.Reset(1)
	panics("want 1 elements", func() { e.Step(tensor.Of(1, 2)) })
	e.Step(tensor.Of(float32(math.NaN())))
	panics("after the end of a run", func() { e.Step(tensor.Of(1)) })
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	panics("closed task", func() { e.Reset(1) })
}

// TestRealTime: no step is done before its time, and a late one is counted.
func TestRealTime(t *testing.T) {
	e := MustMake("cartpole", RealTime())
	e.Reset(1)
	began := time.Now()
	for range 4 {
		e.Step(tensor.Of(1))
	}
	if d := time.Since(began); d < 3*poleStep {
		t.Errorf("4 steps in %v", d)
	}
	e.began = e.began.Add(-time.Second) // as if the program had been held up
	before := e.Info().Overruns
	e.Step(tensor.Of(1))
	if n := e.Info().Overruns; n != before+1 {
		t.Errorf("%d overruns, %d before", n, before)
	}
}
