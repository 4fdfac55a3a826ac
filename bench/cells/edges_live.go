// %% [markdown]
// # The edge detector on a live network stream
// `snnrepl run bench/cells/edges_live.go [udp://:3333?size=640x480]`, and in another terminal
// `snnrepl events send 'sim:noise?size=640x480&rate=5e6&seconds=10' udp://127.0.0.1:3333`. As many frames as the machine
// detects, until the stream has been silent for a second; what was lost on the way is counted.

// %%
address := "udp://:3333?size=640x480&timeout=1s"
if len(os.Args) > 1 {
	address = os.Args[1]
}
field := tensor.Linspace(-10, 10, 10).Sigmoid().Diff().Sub(0.14)
kernel := field.Repeat(9, 1)
kernels := tensor.Stack(kernel, kernel.T()).Unsqueeze(1)
model := snn.Sequential(
	snn.LIFRefracCell(),
	snn.Conv2d(1, 2, 9, snn.Weight(kernels), snn.Bias(false), snn.Dilation(3), snn.Padding(12)),
)

// %%
camera := event.MustOpen(address)
frame := tensor.Zeros(camera.FrameShape()...)
var state *snn.State
var edges *tensor.Tensor
frames, empty := 0, 0
var start time.Time
for !camera.Over() {
	camera.ReadInto(frame)
	if camera.Stats().Events == 0 {
		time.Sleep(time.Millisecond)
		continue
	}
	if frames+empty == 0 {
		start = time.Now()
	}
	if frame.Sum().Item() == 0 {
		empty++
		continue
	}
	edges, state = model.Forward(frame, state)
	frames++
}
seconds := time.Since(start).Seconds()
fmt.Printf("%d frames and %d empty ones in %.1f s; %v\n", frames, empty, seconds, camera.Stats())
camera.Close()
edges.Shape()
