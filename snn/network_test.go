package snn

import (
	"strings"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

// TestNetworkWithACircle compares LIF neurons whose spikes come back through a matrix with the recurrent cell, on inputs
// and weights that every order of summation gives the same bits for.
func TestNetworkWithACircle(t *testing.T) {
	win, back := tensor.Zeros(4, 3), tensor.Zeros(4, 4)
	for k := range win.Data() {
		win.Data()[k] = float32(k%5) / 2
	}
	for k := range back.Data() {
		back.Data()[k] = float32(k%3-1) / 4
	}
	net := Network([]Node{
		{"w", Linear(3, 4, Weight(win), Bias(false))},
		{"lif", LIFCell()},
		{"back", Linear(4, 4, Weight(back), Bias(false))},
	}, [2]string{"input", "w"}, [2]string{"w", "lif"}, [2]string{"lif", "back"}, [2]string{"back", "lif"}, [2]string{"lif", "output"})
	tensor.Seed(3)
	x := tensor.Bernoulli(0.4, 60, 3)
	got, s := Lift(net).Forward(x, nil)
	want, _ := LIFRecurrent(3, 4, InputWeights(win), RecurrentWeights(back), Autapses(true)).Forward(x, nil)
	if !got.Equal(want) || want.Sum().Item() < 10 {
		t.Errorf("%v spikes, want %v", got.Sum(), want.Sum())
	}
	if names := strings.Join(s.Names(), " "); names != "lif.v lif.i back.out" {
		t.Errorf("the state has %s", names)
	}
	if text := net.String(); !strings.Contains(text, "from w + back of the step before") {
		t.Error(text)
	}
	names := ""
	for _, p := range Parameters(net) {
		names += p.Name + " "
	}
	if names != "w.weight back.weight " {
		t.Error(names)
	}
}

func TestNetworkMisuse(t *testing.T) {
	lif := LIFCell()
	edge := func(a, b string) [2]string { return [2]string{a, b} }
	for text, f := range map[string]func(){
		`name that is taken`:                   func() { Network([]Node{{"a", lif}, {"a", lif}}) },
		`from "a" to "b"`:                      func() { Network([]Node{{"a", lif}}, edge("a", "b")) },
		`"a" and "a" are connected twice`:      func() { Network([]Node{{"a", lif}}, edge("a", "a"), edge("a", "a")) },
		`leads from the input to "a"`:          func() { Network([]Node{{"a", lif}}, edge("input", "output"), edge("a", "output")) },
		`leads from the input to the output`:   func() { Network([]Node{{"a", lif}}, edge("input", "a")) },
		`[4] and [3] arrive at the output`:     func() { mixed(edge).Forward(tensor.Ones(3), nil) },
		`Network[w] Linear(3, 4): input has 2`: func() { mixed(edge).Forward(tensor.Ones(2), nil) },
	} {
		panicsWith(t, text, f)
	}
}

func mixed(edge func(a, b string) [2]string) *Net {
	return Network([]Node{{"w", Linear(3, 4)}}, edge("input", "w"), edge("input", "output"), edge("w", "output"))
}
