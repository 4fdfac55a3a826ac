package train

import (
	"fmt"
	"slices"
	"strings"
)

// Option sets one named value. The order of options does not matter. Two of one name with different values panic, and so
// does an option that the receiver does not know, with a list of those it does.
type Option struct {
	name  string
	value float64
}

// LR is the learning rate.
func LR(v float64) Option { return Option{"lr", v} }

// Momentum is the part of the last step of SGD that is taken again; 0 to 1.
func Momentum(v float64) Option { return Option{"momentum", v} }

// Dampening is the part of the gradient that does not enter the momentum of SGD; 0 to 1.
func Dampening(v float64) Option { return Option{"dampening", v} }

// Nesterov looks ahead along the momentum of SGD.
func Nesterov() Option { return Option{"nesterov", 1} }

// WeightDecay pulls weights towards 0: SGD and Adam add it times the weight to the gradient, AdamW shrinks the weight by
// it times the learning rate.
func WeightDecay(v float64) Option { return Option{"weight_decay", v} }

// Beta1 is Adam's memory of the gradient's mean; 0 to 1.
func Beta1(v float64) Option { return Option{"beta1", v} }

// Beta2 is Adam's memory of the gradient's square; 0 to 1.
func Beta2(v float64) Option { return Option{"beta2", v} }

// Eps is added to Adam's denominator.
func Eps(v float64) Option { return Option{"eps", v} }

// settings are named values in a fixed order.
type settings struct {
	names  []string
	values map[string]float64
}

// defaults makes settings of pairs.
func defaults(pairs ...any) settings {
	s := settings{values: map[string]float64{}}
	for i := 0; i < len(pairs); i += 2 {
		name := pairs[i].(string)
		s.names = append(s.names, name)
		s.values[name] = pairs[i+1].(float64)
	}
	return s
}

// with is the settings changed by options.
func (s settings) with(who string, opts []Option) settings {
	out := settings{names: s.names, values: map[string]float64{}}
	for _, name := range s.names {
		out.values[name] = s.values[name]
	}
	for i, o := range opts {
		for _, before := range opts[:i] {
			if before.name == o.name && before.value != o.value {
				panic(fmt.Sprintf("train.%s: two options %s: %v and %v", who, o.name, before.value, o.value))
			}
		}
		if !slices.Contains(s.names, o.name) {
			known := slices.Sorted(slices.Values(s.names))
			panic(fmt.Sprintf("train.%s: unknown option %s; %s knows %s", who, o.name, who, strings.Join(known, ", ")))
		}
		switch limit, bounded := limits[o.name]; {
		case bounded && !(o.value >= 0 && o.value <= limit):
			panic(fmt.Sprintf("train.%s: %s is %v; it must be from 0 to %v", who, o.name, o.value, limit))
		case !(o.value >= 0):
			panic(fmt.Sprintf("train.%s: %s is %v; it must be at least 0", who, o.name, o.value))
		}
		out.values[o.name] = o.value
	}
	return out
}

// limits are the largest values that make sense; every option is at least 0.
var limits = map[string]float64{"momentum": 1, "dampening": 1, "beta1": 1, "beta2": 1}
