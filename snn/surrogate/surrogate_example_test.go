package surrogate_test

import (
	"fmt"

	"github.com/livespike/livespike/snn/surrogate"
	"github.com/livespike/livespike/snn/tensor"
)

func ExampleSuperSpike() {
	v := tensor.Of(0.9, 1.1).SetRequiresGrad(true)
	z := surrogate.SuperSpike(10).Spikes(v.Sub(1)) // a step forwards
	z.Sum().Backward()
	fmt.Println(z, v.Grad()) // 1/(10·0.1 + 1)² backwards
	// Output:
	// tensor([0., 1.]) tensor([0.2500, 0.2500])
}

func ExampleFunction() {
	var spike surrogate.Function = surrogate.SuperSpike(10)
	x := tensor.Of(-0.1, 0.1).SetRequiresGrad(true)
	z := spike.Spikes(x)
	z.Sum().Backward()
	fmt.Println(z.Detach(), x.Grad()) // a step; its slope is 1/(1 + 10·|x|)²
	// Output:
	// tensor([0., 1.]) tensor([0.2500, 0.2500])
}
