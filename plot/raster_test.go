package plot

import (
	"image"
	"strings"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

// inked are the bounding boxes of the connected areas of ink that are higher than wide, from left to right: the marks
// of a raster. Letters and digits are smaller.
func inked(img *image.RGBA, low int) []image.Rectangle {
	seen := map[image.Point]bool{}
	var boxes []image.Rectangle
	for x := range img.Rect.Dx() {
		for y := range img.Rect.Dy() {
			if seen[image.Pt(x, y)] || img.RGBAAt(x, y) != ink {
				continue
			}
			var box image.Rectangle
			todo := []image.Point{{X: x, Y: y}}
			for len(todo) > 0 {
				p := todo[len(todo)-1]
				todo = todo[:len(todo)-1]
				if seen[p] || !p.In(img.Rect) || img.RGBAAt(p.X, p.Y) != ink {
					continue
				}
				seen[p] = true
				box = box.Union(image.Rect(p.X, p.Y, p.X+1, p.Y+1))
				todo = append(todo, p.Add(image.Pt(1, 0)), p.Add(image.Pt(-1, 0)), p.Add(image.Pt(0, 1)), p.Add(image.Pt(0, -1)))
			}
			if box.Dy() >= low && box.Dx() < box.Dy() {
				boxes = append(boxes, box)
			}
		}
	}
	return boxes
}

// Spikes on a line through (step, neuron) = (10, 0), (20, 1), … are marks at equal distances, rising to the right.
func TestRasterPlaces(t *testing.T) {
	x := tensor.Zeros(60, 5)
	for n := range 5 {
		x.Set(1, 10+10*n, n)
	}
	f := Raster(x)
	if f.String() != "Raster(60, 5): 5 spikes" {
		t.Error(f)
	}
	f.X.Label.Text, f.Y.Label.Text = "", ""
	marks := inked(render(t, f), 15)
	if len(marks) != 5 {
		t.Fatalf("%d marks: %v", len(marks), marks)
	}
	step := marks[1].Min.Sub(marks[0].Min)
	if step.X < 190 || step.X > 210 || step.Y > -20 { // 1200 pixels for 60 steps; 14 by 2 pixels for a neuron
		t.Errorf("from one mark to the next: %v", step)
	}
	for i := 1; i < 5; i++ {
		d := marks[i].Min.Sub(marks[i-1].Min).Sub(step)
		if d.X < -1 || d.X > 1 || d.Y < -1 || d.Y > 1 {
			t.Errorf("mark %d is at %v, not on the line of %v", i, marks[i], marks)
		}
	}
}

func TestRasterSVG(t *testing.T) {
	x := tensor.Zeros(50, 4)
	for i := range 12 {
		x.Data()[i*13] = 1
	}
	doc, err := Raster(x).SVG()
	if err != nil {
		t.Fatal(err)
	}
	most := 0
	for _, path := range strings.Split(doc, "<path ")[1:] {
		most = max(most, strings.Count(strings.SplitN(path, "style", 2)[0], "M"))
	}
	if most != 12 {
		t.Errorf("the longest path has %d marks, want 12", most)
	}
	// So many marks are an image.
	if _, images := parse(t, Raster(tensor.Ones(201, 100))); len(images) != 1 {
		t.Errorf("%d images", len(images))
	}
}

func TestRasterCounts(t *testing.T) {
	for _, test := range []struct {
		x    *tensor.Tensor
		want string
	}{
		{tensor.FromSlice([]float32{0, 1, nan, -2, 0, inf}, 3, 2), "Raster(3, 2): 3 spikes, 1 NaN"},
		{tensor.FromSlice([]float32{1, 0, 1}, 3), "Raster(3,): 2 spikes"},
		{tensor.Ones(3, 1, 2, 1), "Raster(3, 1, 2, 1): 6 spikes"},
		{tensor.Zeros(0, 3), "Raster(0, 3): 0 spikes"},
	} {
		f := Raster(test.x)
		if f.String() != test.want {
			t.Errorf("got %q, want %q", f, test.want)
		}
		render(t, f)
	}
}

// However many neurons there are, a spike has a pixel.
func TestRasterThin(t *testing.T) {
	x := tensor.Zeros(5000, 3000)
	x.Set(1, 2500, 1500)
	f := Raster(x)
	f.X.Label.Text, f.Y.Label.Text = "", ""
	img, found := render(t, f), 0
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			if img.RGBAAt(x, y) == ink {
				found++
			}
		}
	}
	if found == 0 || found > 8 {
		t.Errorf("%d pixels of ink", found)
	}
}
