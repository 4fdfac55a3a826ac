// Package plot draws tensors: images and rows of images, spike rasters, traces over time.
//
//	plot.Image(kernel)                                  // (H, W): values as colours, with a colour bar
//	plot.Images(frame, edges).Titles("events", "edges") // side by side; fig.Titles names the panels of any figure
//	plot.Raster(spikes)                                 // (T, N): a mark for each spike
//	plot.Trace(voltage, current).Names("v", "i")        // (T) or (T, N): lines over time
//	plot.Phase(v, w).Nullclines(dv, dw)                 // (T): two variables of a model against each other
//	plot.FI(currents, 0.001, spikes)                    // (T, N): firing rate by current
//	plot.ISI(spikes, 0.001)                             // (T, N): intervals; plot.CV: how regular they are
//	plot.Cloud(events)                                  // events in space and time; plot.EventRate: how many a second
//	plot.Weights(w)                                     // (N, M); plot.Fields: as images; plot.Connectivity: as a graph
//	plot.Training(losses)                               // (E): training curves
//	plot.Latency(durations)                             // how long things took; plot.Histogram: any values
//	plot.Animate(video)                                 // (T, H, W): images that move; plot.Film: figures that do
//	view := plot.Live(); view.Show(frame); view.Stop()  // a picture that is replaced while a loop runs
//
// All but the last two return a *Figure. It embeds gonum's plot (gonum.org/v1/plot), so titles, labels,
// ranges and further plotters are set as gonum users know it: fig.Title.Text, fig.X.Label.Text, fig.Y.Max, fig.Add(…).
// A figure that is the last value of a cell, or given to display.Show, shows as a picture; Save writes it to a file.
//
// A tensor whose shape does not fit panics with the shape and what was expected. Values that are not finite are never
// dropped silently: they have a colour or a gap of their own, and the figure says how many there are.
//
// The colours can be told apart by colour-blind readers: viridis for values of one sign, red and blue around zero for
// values of both, and the colours of Okabe and Ito for lines. Dark draws any figure for dark pages.
//
// The pictures in docs/images/contact-light.png and contact-dark.png show all of them.
package plot

//go:generate go test -run TestContactSheets . -update
