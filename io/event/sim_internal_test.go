package event

import (
	"errors"
	"io"
	"math"
	"slices"
	"testing"
)

// simulate is all events of an address; reach overrides how far from an outline the pixels are looked at.
func simulate(t *testing.T, uri string, reach float64) []Event {
	t.Helper()
	src, err := openSource(uri, collect(nil))
	if err != nil {
		t.Fatal(err)
	}
	s := src.(*sim)
	if reach > 0 {
		s.sensor.reach = reach
	}
	var all []Event
	for {
		events, err := s.Next()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				t.Fatal(err)
			}
			return all
		}
		all = append(all, events...)
	}
}

// TestSimLooksEnough: looking only near the outlines that move gives what looking at every pixel gives.
func TestSimLooksEnough(t *testing.T) {
	for _, uri := range []string{
		"sim:bars?size=97x61&seconds=0.2&speed=700&blur=3",
		"sim:bars?size=97x61&seconds=0.2&count=2&width=5&contrast=0.2",
		"sim:rotating?size=97x61&seconds=0.1&speed=3",
		"sim:rotating?size=61x130&seconds=0.1&length=40&width=4&blur=5",
		"sim:dots?size=197x161&seconds=0.1&speed=900",
		"sim:dots?size=70x70&seconds=0.3&radius=30&count=3",
	} {
		near, all := simulate(t, uri, 0), simulate(t, uri, 1e9)
		if len(near) < 1000 || !slices.Equal(near, all) {
			t.Errorf("%s: %d events near the outlines, %d everywhere, or others", uri, len(near), len(all))
		}
	}
}

// TestSimMath compares with package math.
func TestSimMath(t *testing.T) {
	for i := range 1000 {
		x := float64(i)/37 - 11
		sin, cos := turn(x)
		wantSin, wantCos := math.Sincos(2 * math.Pi * (x - math.Floor(x)))
		if math.Abs(sin-wantSin) > 1e-15 || math.Abs(cos-wantCos) > 1e-15 {
			t.Fatalf("turn(%v) = %v, %v, want %v, %v", x, sin, cos, wantSin, wantCos)
		}
		y := 0.001 + float64(i*i)/700
		if got, want := logarithm(y), math.Log(y); math.Abs(got-want) > 1e-15*max(1, math.Abs(want)) {
			t.Fatalf("logarithm(%v) = %v, want %v", y, got, want)
		}
	}
}

// TestSimRandom: the moments are those of the distributions, within five standard errors.
func TestSimRandom(t *testing.T) {
	const n = 200000
	rnd := newRandom(7)
	for name, c := range map[string]struct {
		draw           func() float64
		mean, variance float64
		fourth         float64 // central moment, for the error of the variance
	}{
		"float":       {rnd.float, 0.5, 1.0 / 12, 1.0 / 80},
		"bell":        {func() float64 { b, _ := rnd.bell(); return b }, 0, 1, 2.6},
		"even":        {func() float64 { _, e := rnd.bell(); return e }, 0.5, 1.0 / 12, 1.0 / 80},
		"exponential": {rnd.exponential, 1, 1, 9},
		"below":       {func() float64 { return float64(rnd.below(6)) }, 2.5, 35.0 / 12, 14.729},
	} {
		sum, square := 0.0, 0.0
		for range n {
			v := c.draw() - c.mean
			sum += v
			square += v * v
		}
		if got := sum / n; math.Abs(got) > 5*math.Sqrt(c.variance/n) {
			t.Errorf("%s: mean is off by %v", name, got)
		}
		if got := square / n; math.Abs(got-c.variance) > 5*math.Sqrt((c.fourth-c.variance*c.variance)/n) {
			t.Errorf("%s: variance %v, want %v", name, got, c.variance)
		}
	}
}
