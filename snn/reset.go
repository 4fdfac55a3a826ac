package snn

// ResetMethod chooses what a spike does to the membrane potential u that caused it: "reset_value", the default, sets it
// to v_reset; "reset_subtract" takes the threshold away from it, so that what was too much is kept.
//
//	reset_value     v' = (1 − z)·u + z·v_reset
//	reset_subtract  v' = (1 − z)·u + z·(u − v_th)
//
// Subtraction needs a v_th above 0: below, it would drive the membrane up; it panics for those of BioDefault.
//
// LIF, LIFBox, LIFEx and IAF know it, in all their forms. Source: Norse, functional/reset.py at 065a3b45, where only
// LIFBox does.
func ResetMethod(name string) Option { return Option{"reset_method", name} }

// chooseReset takes the kernel of the method that the user named.
func (c *neuron) chooseReset(set optionSet) {
	c.step, c.fast = c.m.step, c.m.fast
	switch v := set.given["reset_method"]; v {
	case nil, "reset_value":
	case "reset_subtract":
		c.step, c.fast, c.subtract = c.m.subtract, c.m.fastSubtract, true
		for _, th := range c.Param("v_th").Data() {
			if th <= 0 {
				panicf("%s: reset_subtract takes v_th from the membrane, which must be above 0, not %v", set.who, th)
			}
		}
	default:
		panicf("%s: reset_method is \"reset_value\" or \"reset_subtract\", not %v", set.who, v)
	}
}
