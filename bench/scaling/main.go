// Command scaling draws what `snnrepl bench scaling --json` prints: cost against size and density.
//
//	snnrepl bench scaling --json | go run ./bench/scaling scaling.png
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
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
)

// sweep is how the cases scaling.NAME.SIZE are drawn.
type sweep struct {
	name, title, axis string
	share             bool // the sizes are shares, with which cost does not grow as a power
}

var sweeps = []sweep{
	{name: "neurons", title: "LIF over 64 steps", axis: "neurons"},
	{name: "time", title: "LIF of 1000 neurons", axis: "steps"},
	{name: "linear", title: "Linear(784, 256), 1024 rows", axis: "share of inputs that are not 0", share: true},
	{name: "conv", title: "edge detector, 640 × 480", axis: "share of pixels that are active", share: true},
	{name: "batch", title: "784–256–LIF–10–LI, T = 16", axis: "batch"},
}

// result is a line of the benchmark.
type result struct {
	Case   string  `json:"case"`
	Min    float64 `json:"seconds_min"`
	Median float64 `json:"seconds_median"`
	Rate   float64 `json:"unit_rate"` // at the median
	Unit   string  `json:"unit"`
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: snnrepl bench scaling --json | scaling FILE.png")
		os.Exit(2)
	}
	if err := run(os.Stdin, os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "scaling:", err)
		os.Exit(1)
	}
}

func run(in io.Reader, name string) error {
	var results []result
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		var r result
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return fmt.Errorf("line %d of the input: %w", len(results)+1, err)
		}
		results = append(results, r)
	}
	if err := lines.Err(); err != nil {
		return err
	}
	var plots []*gonum.Plot
	for _, w := range sweeps {
		p, err := w.plot(results)
		if err != nil {
			return err
		}
		if p != nil {
			plots = append(plots, p)
		}
	}
	if len(plots) == 0 {
		return fmt.Errorf("no case scaling.… among %d", len(results))
	}
	return save(name, plots)
}

// plot is the sweep's panel, nil if fewer than two of its cases were measured.
func (w sweep) plot(results []result) (*gonum.Plot, error) {
	var points plotter.XYs
	var calls []float64
	unit := ""
	for _, r := range results {
		rest, ok := strings.CutPrefix(r.Case, "scaling."+w.name+".")
		if !ok {
			continue
		}
		size, err := strconv.ParseFloat(strings.TrimSuffix(rest, "-into"), 64)
		if err != nil {
			return nil, fmt.Errorf("case %s: %w", r.Case, err)
		}
		units := r.Rate * r.Median
		points, calls = append(points, plotter.XY{X: size, Y: r.Min / units}), append(calls, r.Min)
		unit = strings.TrimSuffix(r.Unit, "/s")
	}
	if len(points) < 2 {
		return nil, nil
	}
	p := gonum.New()
	p.Title.Text = w.title
	if !w.share {
		p.Title.Text += fmt.Sprintf(": a call costs size^%.2f", exponent(points, calls))
	}
	p.X.Label.Text, p.Y.Label.Text = w.axis, "seconds for a "+unit
	p.X.Scale, p.Y.Scale = gonum.LogScale{}, gonum.LogScale{}
	p.X.Tick.Marker, p.Y.Tick.Marker = gonum.LogTicks{Prec: 0}, gonum.LogTicks{Prec: 0}
	line, marks, err := plotter.NewLinePoints(points)
	if err != nil {
		return nil, err
	}
	marks.Shape = draw.CircleGlyph{}
	p.Add(plotter.NewGrid(), line, marks)
	least, most := math.Inf(1), 0.0
	for _, q := range points {
		least, most = min(least, q.Y), max(most, q.Y)
	}
	p.Y.Min, p.Y.Max = math.Pow10(int(math.Floor(math.Log10(least)))), math.Pow10(int(math.Ceil(math.Log10(most))))
	return p, nil
}

// exponent is that of the seconds of a call as a power of the size, over the upper half of the sizes.
func exponent(points plotter.XYs, calls []float64) float64 {
	var n, sx, sy, sxx, sxy float64
	for k := len(points) / 2; k < len(points); k++ {
		x, y := math.Log(points[k].X), math.Log(calls[k])
		n, sx, sy, sxx, sxy = n+1, sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	return (n*sxy - sx*sy) / (n*sxx - sx*sx)
}

func save(name string, plots []*gonum.Plot) error {
	const columns = 2
	rows := (len(plots) + columns - 1) / columns
	picture := vgimg.New(columns*12*vg.Centimeter, vg.Length(rows)*8*vg.Centimeter)
	tiles := draw.Tiles{Rows: rows, Cols: columns, PadX: vg.Centimeter / 2, PadY: vg.Centimeter / 2, PadTop: 8, PadBottom: 8, PadLeft: 8, PadRight: 8}
	for k, p := range plots {
		p.Draw(tiles.At(draw.New(picture), k%columns, k/columns))
	}
	file, err := os.CreateTemp(filepath.Dir(name), ".scaling*")
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
