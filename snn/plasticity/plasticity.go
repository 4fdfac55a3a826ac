// Package plasticity holds rules that change synapses from the activity on both sides of them: spike-timing-dependent
// plasticity, correlation sensors, short-term plasticity and the three-factor rule that gates learning by reward.
//
//	rule := plasticity.STDP(plasticity.EtaPlus(0.01))
//	var state *plasticity.STDPState
//	for i := range pre.Shape()[0] {
//		weights, state = rule.StepLinear(pre.Index(i), post.Index(i), weights, state)
//	}
//
// Steps return new weights and a new state; the forms ending in InPlace write into what they are given and do not
// allocate. Spikes are 0 and 1, dt is in seconds, time constants are inverses in 1/s, as in Norse.
package plasticity

import (
	"fmt"
	"slices"
	"strings"

	"github.com/livespike/livespike/snn/tensor"
)

// Option sets one parameter of a rule by name. The last one of a name wins; a rule panics on a name it does not know
// and lists those it does.
type Option struct {
	name  string
	value any
}

// String is the option as name=value.
func (o Option) String() string { return fmt.Sprintf("%s=%v", o.name, o.value) }

// param is a numeric parameter: a number or a tensor that broadcasts over what it is applied to.
type param struct {
	value  float64
	tensor *tensor.Tensor
	number bool // given as a plain number: coefficients are rounded once from float64, as Norse does
}

// standard is a default value, which in Norse is a float32 tensor.
func standard(v float64) param { return param{value: v} }

// settings are the options of a rule by name, checked against what the rule knows.
type settings struct {
	rule    string
	numbers map[string]*param
	words   map[string]*string
	flags   map[string]*bool
	counts  map[string]*int
}

// apply stores every option where the rule keeps it.
func (s settings) apply(opts []Option) {
	for _, o := range opts {
		if !s.set(o) {
			panic(fmt.Sprintf("plasticity.%s: unknown option %s; it knows %s", s.rule, o.name, strings.Join(s.known(), ", ")))
		}
	}
}

func (s settings) set(o Option) bool {
	if p, ok := s.numbers[o.name]; ok {
		*p = s.numeric(o)
		return true
	}
	if p, ok := s.words[o.name]; ok {
		*p = o.value.(string)
		return true
	}
	if p, ok := s.flags[o.name]; ok {
		*p = o.value.(bool)
		return true
	}
	if p, ok := s.counts[o.name]; ok {
		*p = o.value.(int)
		return true
	}
	return false
}

func (s settings) known() []string {
	var names []string
	for n := range s.numbers {
		names = append(names, n)
	}
	for n := range s.words {
		names = append(names, n)
	}
	for n := range s.flags {
		names = append(names, n)
	}
	for n := range s.counts {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// numeric turns an option's value, any number or a tensor, into a parameter.
func (s settings) numeric(o Option) param {
	switch v := o.value.(type) {
	case float64:
		return param{value: v, number: true}
	case float32:
		return param{value: float64(v), number: true}
	case int:
		return param{value: float64(v), number: true}
	case int64:
		return param{value: float64(v), number: true}
	case *tensor.Tensor:
		if len(v.Data()) == 1 {
			return param{value: float64(v.Data()[0])}
		}
		return param{tensor: v}
	}
	panic(fmt.Sprintf("plasticity.%s: option %s is a %T; it takes a number or a tensor", s.rule, o.name, o.value))
}

// String prints a parameter as its number or the shape of its tensor.
func (p param) String() string {
	if p.tensor != nil {
		return fmt.Sprintf("tensor%v", p.tensor.Shape())
	}
	return fmt.Sprint(p.value)
}
