package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
)

// sweep is a thing measured at several sizes.
type sweep struct {
	name, title, axis, per string // per is what a second of the figure's upright axis is divided by
	sizes                  []float64
	make                   func(size float64) (applying, *tensor.Tensor)
	units                  func(size float64) float64 // of per in a call
}

var sweeps = []sweep{
	{
		name: "neurons", title: "LIF over 64 steps", axis: "neurons", per: "neuron and step",
		sizes: []float64{8, 64, 512, 4096, 32768, 262144},
		make: func(n float64) (applying, *tensor.Tensor) {
			return snn.LIF(), tensor.Rand(64, int(n))
		},
		units: func(n float64) float64 { return 64 * n },
	},
	{
		name: "time", title: "LIF of 1000 neurons", axis: "steps", per: "neuron and step",
		sizes: []float64{1, 10, 100, 1000, 10000},
		make: func(t float64) (applying, *tensor.Tensor) {
			return snn.LIF(), tensor.Rand(int(t), 1000)
		},
		units: func(t float64) float64 { return 1000 * t },
	},
	{
		name: "linear", title: "Linear(784, 256), 1024 rows", axis: "share of inputs that are not 0", per: "row",
		sizes: []float64{0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.29, 0.31, 0.6, 1},
		make: func(d float64) (applying, *tensor.Tensor) {
			return snn.Linear(784, 256), tensor.Bernoulli(d, 1024, 784)
		},
		units: func(float64) float64 { return 1024 },
	},
	{
		name: "conv", title: "edge detector, 640 × 480", axis: "share of pixels that are active", per: "frame",
		sizes: []float64{0.0003, 0.001, 0.003, 0.01, 0.02, 0.029, 0.031, 0.06, 0.2, 0.5},
		make: func(d float64) (applying, *tensor.Tensor) {
			return snn.Conv2d(1, 2, 9), tensor.Bernoulli(d, 1, 1, 480, 640)
		},
		units: func(float64) float64 { return 1 },
	},
	{
		name: "batch", title: "784–256–LIF–10–LI, T = 16", axis: "batch", per: "sample",
		sizes: []float64{1, 4, 16, 64, 256},
		make: func(b float64) (applying, *tensor.Tensor) {
			return snn.Sequential(snn.Linear(784, 256), snn.LIF(), snn.Linear(256, 10), snn.LI()), tensor.Bernoulli(0.1, 16, int(b), 784)
		},
		units: func(b float64) float64 { return b },
	},
}

// scalingCases are the sweeps, a case for each size: scaling.neurons.4096.
func scalingCases() (all []benchCase) {
	for _, w := range sweeps {
		for _, size := range w.sizes {
			c := benchCase{name: fmt.Sprintf("scaling.%s.%v", w.name, size), unit: w.per + "/s", work: w.units(size), slow: true}
			all = append(all, both(c, func() (applying, *tensor.Tensor) { return w.make(size) }, false)[1])
		}
	}
	return all
}

// points are a sweep's sizes and the least seconds for one of what it counts.
func (w sweep) points(results []benchResult) (points plotter.XYs) {
	for _, r := range results {
		if rest, ok := strings.CutPrefix(r.Case, "scaling."+w.name+"."); ok {
			size, err := strconv.ParseFloat(strings.TrimSuffix(rest, "-into"), 64)
			if err == nil {
				points = append(points, plotter.XY{X: size, Y: r.Min / w.units(size)})
			}
		}
	}
	return points
}

// exponent is that of the cost of a call as a power of the size, over the upper half of the sizes.
func (w sweep) exponent(points plotter.XYs) float64 {
	points = points[len(points)/2:]
	var n, sx, sy, sxx, sxy float64
	for _, p := range points {
		x, y := math.Log(p.X), math.Log(p.Y*w.units(p.X))
		n, sx, sy, sxx, sxy = n+1, sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	return (n*sxy - sx*sy) / (n*sxx - sx*sx)
}

// drawScaling writes a picture of the sweeps that were measured.
func drawScaling(name string, results []benchResult) error {
	var plots []*gonum.Plot
	for _, w := range sweeps {
		points := w.points(results)
		if len(points) < 2 {
			continue
		}
		p := gonum.New()
		p.Title.Text = w.title
		if w.sizes[0] >= 1 {
			p.Title.Text += fmt.Sprintf(": a call costs size^%.2f", w.exponent(points))
		}
		p.X.Label.Text, p.Y.Label.Text = w.axis, "seconds for a "+w.per
		p.X.Scale, p.Y.Scale = gonum.LogScale{}, gonum.LogScale{}
		p.X.Tick.Marker, p.Y.Tick.Marker = gonum.LogTicks{Prec: 0}, gonum.LogTicks{Prec: 0}
		line, marks, err := plotter.NewLinePoints(points)
		if err != nil {
			return err
		}
		marks.Shape = draw.CircleGlyph{}
		p.Add(plotter.NewGrid(), line, marks)
		least, most := math.Inf(1), 0.0
		for _, q := range points {
			least, most = min(least, q.Y), max(most, q.Y)
		}
		p.Y.Min, p.Y.Max = math.Pow10(int(math.Floor(math.Log10(least)))), math.Pow10(int(math.Ceil(math.Log10(most))))
		plots = append(plots, p)
	}
	if len(plots) == 0 {
		return fmt.Errorf("no sweep was measured; name the case scaling")
	}
	const columns = 2
	rows := (len(plots) + columns - 1) / columns
	picture := vgimg.New(columns*12*vg.Centimeter, vg.Length(rows)*8*vg.Centimeter)
	canvas := draw.New(picture)
	tiles := draw.Tiles{Rows: rows, Cols: columns, PadX: vg.Centimeter / 2, PadY: vg.Centimeter / 2, PadTop: 8, PadBottom: 8, PadLeft: 8, PadRight: 8}
	for k, p := range plots {
		p.Draw(tiles.At(canvas, k%columns, k/columns))
	}
	file, err := os.CreateTemp(filepath.Dir(name), ".bench*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	_, err = vgimg.PngCanvas{Canvas: picture}.WriteTo(file)
	if end := file.Close(); err == nil {
		err = end
	}
	if err != nil {
		return err
	}
	return os.Rename(file.Name(), name)
}
