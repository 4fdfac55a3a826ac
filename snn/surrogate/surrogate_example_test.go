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
