package surrogate

var heaviside = register(&method{name: "heaviside", alpha: 1, even: true, grad: func(_, _, _ float32) float32 { return 0 }})

// Heaviside has no gradient: training stops at the spike.
//
// Source: Norse, functional/heaviside.py at 065a3b45.
func Heaviside() Function { return heaviside.with(1) }
