package snn

// NewOption is an option of a package or a module of your own: a name and a value. The constructors that take options
// panic on a name they do not know, so it cannot change a model of this package by accident.
func NewOption(name string, value any) Option { return Option{name, value} }

// Name is the option's name: tau_mem_inv.
func (o Option) Name() string { return o.name }

// Value is what the option was given: a number, a *tensor.Tensor, a word.
func (o Option) Value() any { return o.value }
