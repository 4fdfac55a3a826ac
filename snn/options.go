package snn

import (
	"fmt"
	"reflect"
	"sort"
	"strings"
	"time"

	"github.com/livespike/livespike/snn/surrogate"
)

// Option sets one named value of a module. The order of options does not matter; two of one name with different values
// contradict each other and panic. An option that the module does not know panics and lists those it does.
//
// A numeric option takes any Go number or a *tensor.Tensor with one value per neuron, of a shape that broadcasts to
// that of the state.
type Option struct {
	name  string
	value any
}

// String is the option as it would be written in Python: tau_mem_inv=100.
func (o Option) String() string { return fmt.Sprintf("%s=%v", o.name, o.value) }

// TauMemInv is the inverse membrane time constant in 1/s; 100 means 10 ms.
func TauMemInv(v any) Option { return Option{"tau_mem_inv", v} }

// TauSynInv is the inverse synaptic time constant in 1/s; 200 means 5 ms.
func TauSynInv(v any) Option { return Option{"tau_syn_inv", v} }

// VLeak is the potential that the membrane leaks to.
func VLeak(v any) Option { return Option{"v_leak", v} }

// VTh is the threshold. A membrane exactly at the threshold does not spike.
func VTh(v any) Option { return Option{"v_th", v} }

// VReset is the membrane potential after a spike.
func VReset(v any) Option { return Option{"v_reset", v} }

// RhoReset is the length of the refractory period in steps.
func RhoReset(v any) Option { return Option{"rho_reset", v} }

// DT is the time step in seconds, 0.001 unless set.
func DT(v any) Option { return Option{"dt", v} }

// Alpha is the slope of the surrogate gradient, 100 unless set; see package surrogate for what each method makes of it.
func Alpha(v any) Option { return Option{"alpha", v} }

// Method chooses the surrogate gradient by Norse's name: super, triangle, tanh, circ, heavi_erfc, heaviside …
// Surrogate chooses it by value.
func Method(name string) Option { return Option{"method", name} }

// Surrogate chooses the surrogate gradient and its slope: Surrogate(surrogate.Triangle(0.3)).
func Surrogate(f surrogate.Function) Option { return Option{"method", f} }

// Delayed selects the step order of Norse 0.0.7: the state is integrated with the old current, and the input jumps in
// afterwards, so that it is felt one step later.
func Delayed() Option { return Option{"delayed", true} }

// Immediate selects the step order of Norse from 1.1 on, in which the input jumps in before the integration. It is the
// default of every model but LSNN and LIFMCRefrac.
func Immediate() Option { return Option{"delayed", false} }

// RecordStates makes a layer return the states of all steps, each tensor with a leading time axis, instead of the last.
func RecordStates() Option { return Option{"record_states", true} }

// Learn makes the named parameters trainable.
func Learn(names ...string) Option { return Option{"learn", names} }

// Tau is the inverse, in 1/s, of a time constant: snn.TauMemInv(snn.Tau(10*time.Millisecond)) is snn.TauMemInv(100.0).
// It panics if d is not positive.
func Tau(d time.Duration) float64 {
	if d <= 0 {
		panicf("snn.Tau: a time constant must be positive, not %v", d)
	}
	return 1 / d.Seconds()
}

// fallback marks the value of an option that a module chooses itself; one that the user gives wins.
type fallback struct{ value any }

// optionSet is the options given to one constructor, checked against the names it knows.
type optionSet struct {
	who   string // snn.LIFCell
	given map[string]any

	chosen map[string]bool // given by the module itself

	defaults preset // instead of the model's own
}

// options collects opts. known must list every name that the constructor understands.
func options(who, what string, opts []Option, known []string) optionSet {
	set := optionSet{who: who, given: make(map[string]any, len(opts)), chosen: make(map[string]bool, len(opts))}
	for _, o := range opts {
		found := false
		for _, k := range known {
			found = found || k == o.name
		}
		if !found {
			list := append([]string(nil), known...)
			sort.Strings(list)
			name := o.name
			if name == "" {
				name = "(the zero Option)"
			}
			panicf("%s: unknown option %s; %s knows %s", who, name, what, strings.Join(list, ", "))
		}
		set.give(o)
	}
	return set
}

// typed is the option's value, or def where it is not given. It panics if the value is not a T.
func typed[T any](set optionSet, name string, def T) T {
	v, ok := set.given[name]
	if !ok {
		return def
	}
	t, ok := v.(T)
	if !ok {
		panicf("%s: %s is %s, not %s", set.who, name, kindOf(def), kindOf(v))
	}
	return t
}

// give enters an option.
func (set optionSet) give(o Option) {
	value, before := o.value, set.given[o.name]
	own, isOwn := value.(fallback)
	more, isList := value.([]string)
	switch {
	case before == nil || set.chosen[o.name]:
	case isOwn:
		return
	case isList: // Learn adds up
		value = append(append([]string(nil), before.([]string)...), more...)
	case !reflect.DeepEqual(before, value):
		panicf("%s: two options %s: %v and %v", set.who, o.name, before, value)
	}
	if isOwn {
		value = own.value
	}
	set.given[o.name], set.chosen[o.name] = value, isOwn
}
