// %% [markdown]
// # Event cameras
// A pixel of an event camera sends (time, x, y, brighter or darker) when its light changes by a set factor, and nothing otherwise. There are no frames: microseconds instead, and work that follows what moves. `sample:bars` is a recording in the program; a file, a UDP address or a simulated scene open the same way.

// %%
camera := event.MustOpen("sample:bars")
camera.Info()

// %% [markdown]
// ## Events
// `Next` gives a batch as it was stored. Each event prints as time in µs, column, row, polarity.

// %%
batch, err := camera.Next()
fmt.Println(len(batch), "events, error:", err)
fmt.Println("the first:", batch[0], "the last:", batch[len(batch)-1])

// %% [markdown]
// In space and time: what moves draws a surface, and how steep it is says how fast. Brighter edges lead, darker ones follow.

// %%
camera.Close()
camera = event.MustOpen("sample:bars") // from the beginning
var events []event.Event
for slice := range camera.Slices(100 * time.Millisecond) {
	events = slices.Clone(slice) // a slice is valid until the next one
	break
}
camera.Close()
plot.Cloud(events)

// %%
plot.EventRate(events, 2*time.Millisecond)

// %% [markdown]
// ## From events to tensors
// Networks take tensors. There are many ways to make one of the events of a stretch of time, and each keeps something else:
//
// | | a pixel of the frame holds | keeps |
// |---|---|---|
// | counts | how many events | activity |
// | `event.Signed()` | brighter minus darker | direction of change |
// | `Decay(τ)` | counts that fade with τ | some of the past |
// | `TimeSurface(τ)` | how recent the last event is | order in time |
// | `Voxels(n)` | counts in n bins of time | more of the time, for more channels |

// %%
one := func(c *event.Stream) *tensor.Tensor {
	defer c.Close()
	var last *tensor.Tensor
	for frame := range c.Frames(10 * time.Millisecond) {
		last = frame
		if c.Stats().Events > 40000 {
			break
		}
	}
	return last
}
counts := one(event.MustOpen("sample:bars"))
signed := one(event.MustOpen("sample:bars", event.Signed()))
fading := one(event.MustOpen("sample:bars").Decay(30 * time.Millisecond))
recent := one(event.MustOpen("sample:bars").TimeSurface(30 * time.Millisecond))
plot.Images(counts, signed, fading, recent).Titles("counts", "signed", "decay, 30 ms", "time surface, 30 ms")

// %% [markdown]
// ## A scene of your own
// `sim:` is a camera that looks at moving shapes; `event.Scenes()` lists them with their parameters. The same seed gives the same events.

// %%
dots := event.MustOpen("sim:dots?size=120x90&seconds=1&count=6&radius=8&speed=120&seed=3", event.Signed())
var frames []*tensor.Tensor
for frame := range dots.Frames(25 * time.Millisecond) {
	frames = append(frames, frame)
}
dots.Close()
plot.Animate(frames...).Rate(20)

// %% [markdown]
// ## Recordings
// `Save` writes what is left of a stream; the extension chooses the format. What was written is what is read: the digest of all events is the same.

// %%
folder, err := os.MkdirTemp("", "events")
if err != nil {
	panic(err)
}
for _, name := range []string{"bars.aedat4", "bars.raw", "bars.csv", "bars.npy"} {
	file := filepath.Join(folder, name)
	if err := event.MustOpen("sample:bars").Save(file); err != nil {
		panic(err)
	}
	source := event.MustOpen(file)
	summary, err := event.Digest(source)
	if err != nil {
		panic(err)
	}
	size, _ := os.Stat(file)
	fmt.Printf("%-12s %-8s %7d bytes, %d events, digest %s…\n", name, source.Info().Format, size.Size(), summary.Count, summary.SHA256[:12])
}
_ = os.RemoveAll(folder)

// %% [markdown]
// ## Nothing is lost in silence
// Noise, wrong words, events outside the sensor, clocks that step back, events that came too fast: all are counted.

// %%
noisy := event.MustOpen("sim:bars?size=120x90&seconds=1&noise=5").Crop(20, 20, 80, 50).Denoise(5 * time.Millisecond)
total := noisy.Total()
fmt.Println(noisy.Stats())
noisy.Close()
plot.Image(total)

// %% [markdown]
// Try: your own recording instead of `sample:bars` (`event.Formats()` lists what is read); `event.Realtime()` with `plot.Live`; events over the network: `snnrepl events send sample:bars udp://localhost:3333` in one terminal, `event.MustOpen("udp://:3333?size=240x180")` here.
