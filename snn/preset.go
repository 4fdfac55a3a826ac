package snn

import (
	"fmt"
	"os"
	"sync"
)

// preset is a set of defaults in the place of a model's own, by the parameters' short names.
type preset map[string]any

// and is the set with more in it.
func (p preset) and(more preset) preset {
	q := preset{}
	for _, from := range []preset{p, more} {
		for k, v := range from {
			q[k] = v
		}
	}
	return q
}

// BioDefault takes the parameters of Norse's bio_default sets, which are in milliseconds and millivolts: rates in 1/ms
// and potentials in mV. The step is then 1 (ms) unless DT says otherwise. Options given beside it win.
//
// A step of seconds, such as 0.001, makes the neuron a thousand times too slow; that warns once, on standard error.
func BioDefault() Option { return Option{"bio_default", true} }

// usePreset puts the set that the options ask for in the place of the defaults.
func (c *neuron) usePreset(set *optionSet) {
	switch v := set.given["behaviour"].(type) {
	case nil:
	case preset:
		set.defaults = v
	case string:
		set.defaults = Behaviour(v).value.(preset)
	default:
		panicf("%s: behaviour is an option such as snn.TonicSpiking(), not %s", set.who, kindOf(v))
	}
	if on, ok := set.given["bio_default"].(bool); !ok || !on {
		return
	}
	set.defaults = c.m.bio
	c.dt = value{num: 1, isInt: true}
	if dt, ok := set.given["dt"]; ok {
		if v := valueOf(set.who, "dt", dt, positive); v.num < 0.02 {
			warnBio(set.who, v.num)
		}
	}
}

var warnedBio sync.Once

func warnBio(who string, dt float64) {
	warnedBio.Do(func() {
		fmt.Fprintf(os.Stderr, "%s: the time unit of BioDefault is the millisecond, and dt is %v of it; 1 is usual\n", who, dt)
	})
}

// orDefault is the default of p, the preset's if it has one.
func (set optionSet) orDefault(p param) any {
	if v, ok := set.defaults[short(p.name)]; ok {
		return v
	}
	return p.value
}
