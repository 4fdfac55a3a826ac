package snn_test

import (
	"fmt"
	"time"

	"github.com/livespike/livespike/io/event"
	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
)

// A simulated camera sees edges by a network on a GPU. The events of each frame are sent there and counted, and a step of
// the network starts as one graph. Without a GPU it says why.
func ExampleLoop() {
	gpu, err := snn.CUDA(0)
	if err != nil {
		fmt.Println(err)
		return
	}
	camera := event.MustOpen("sim:bars?size=64x48&seconds=0.5")
	defer camera.Close()
	edges := snn.Sequential(snn.LIFRefracCell(), snn.Conv2d(1, 2, 9, snn.Padding("same"))).CUDA()
	frame := tensor.Zeros(camera.FrameShape()...).CUDA()
	loop, err := snn.Loop(gpu, edges, camera.FrameShape()...)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer loop.Close()
	for range 100 {
		if !camera.FrameInto(frame, 5*time.Millisecond) {
			break
		}
		y, err := loop.Step(frame)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(y.Abs().Max())
	}
}
