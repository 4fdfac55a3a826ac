package main

import (
	"fmt"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/livespike/livespike/io/event"
	"github.com/livespike/livespike/snn/tensor"
)

// maxMask is how many pixels a mask may have: memory for them is taken on the word of a file's first bytes.
const maxMask = 1 << 26

// loadMask reads a mask of pixels from an image or an array.
func loadMask(place string) (*tensor.Tensor, error) {
	if !strings.EqualFold(filepath.Ext(place), ".png") {
		return event.LoadArray(place)
	}
	f, err := os.Open(place)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head, err := png.DecodeConfig(f)
	if err == nil && head.Width*head.Height > maxMask {
		err = fmt.Errorf("%dx%d pixels, no camera has as many", head.Width, head.Height)
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", place, err)
	}
	img, err := png.Decode(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", place, err)
	}
	b := img.Bounds()
	m := tensor.Zeros(b.Dy(), b.Dx())
	for i, v := 0, m.Data(); i < len(v); i++ {
		if r, g, blue, _ := img.At(b.Min.X+i%b.Dx(), b.Min.Y+i/b.Dx()).RGBA(); r|g|blue != 0 {
			v[i] = 1
		}
	}
	return m, nil
}

// loadLens reads the numbers of a calibrated lens, which are the flag's value or in the file that it names: the focal
// lengths, the principal point, and up to eight coefficients, with commas or blanks between them.
func loadLens(v string) ([]float64, error) {
	list := v
	if data, err := os.ReadFile(v); err == nil {
		list = string(data)
	} else if !strings.Contains(v, ",") {
		return nil, err
	}
	var numbers []float64
	for _, field := range strings.Fields(strings.ReplaceAll(list, ",", " ")) {
		n, err := strconv.ParseFloat(field, 64)
		if err != nil || n-n != 0 { // an infinity is none, either
			return nil, wrongUsage("--undistort %s: %q is no number", v, field)
		}
		numbers = append(numbers, n)
	}
	if len(numbers) < 4 {
		return nil, wrongUsage("--undistort %s: %d numbers, want fx,fy,cx,cy,k1,…", v, len(numbers))
	}
	return numbers, nil
}
