package sim

import (
	"math"
	"testing"
)

// TestLight: by hand. A light 2 m ahead of the left sensor's eye gives 1/4, and nothing when a pillar is between.
func TestLight(t *testing.T) {
	eye := direction(degrees(45)).scale(bodyRadius)
	w := &World{Starts: []Pose{{}}, Lights: []Vec{eye.add(direction(degrees(45)).scale(2000))}}
	r := New(Config{World: w, Quiet: true})
	left, right := r.Light()
	if math.Abs(left-0.25) > 1e-12 || right != 0 && right > 0.01 {
		t.Errorf("left %v, right %v; want 0.25 and next to nothing", left, right)
	}
	w.Pillars = []Circle{{eye.add(direction(degrees(45)).scale(1000)), 50}}
	if left, _ := r.Light(); left != 0 {
		t.Errorf("behind a pillar: %v", left)
	}
	w.Pillars, w.Lights = nil, []Vec{{1000, 0}}
	if left, right := r.Light(); left <= 0 || math.Abs(left-right) > 1e-12 {
		t.Errorf("straight ahead: left %v, right %v", left, right)
	}
}
