package plot

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/livespike/livespike/snn/tensor"
)

// Animation shows images or figures one after the other, again and again. In a notebook it moves; in a terminal its first image is
// shown.
type Animation struct {
	frames  []*tensor.Tensor // (H, W), or
	figures []*Figure
	scale   scale
	census  census
	rate    float64
	theme   *theme
}

// Animate makes an animation of a tensor of shape (T, H, W), or of several of shape (H, W). Axes of length one before H
// are passed over. All images have one scale, chosen as Image does, and 25 are shown in a second, which Rate changes.
// It panics for other shapes, for images of different sizes and without an image.
func Animate(ts ...*tensor.Tensor) *Animation {
	a := &Animation{rate: 25, theme: light, census: count(nil)}
	for i, t := range ts {
		given("plot.Animate", fmt.Sprintf("tensor %d", i), t)
		shape := t.Shape()
		wide := 0
		for i, n := range shape[:max(0, len(shape)-2)] {
			if n != 1 && i > 0 {
				wide++
			}
		}
		if len(shape) < 2 || wide > 0 || t.Numel() == 0 {
			panic(fmt.Sprintf("plot.Animate: tensor of shape %s, expected (time, height, width) or (height, width)", shapeText(shape)))
		}
		rows, cols := shape[len(shape)-2], shape[len(shape)-1]
		all := t.Reshape(t.Numel()/(rows*cols), rows, cols)
		for i := range all.Shape()[0] {
			a.frames = append(a.frames, all.Index(i))
		}
		a.census = a.census.and(count(t.Data()))
		if rows != a.rows() || cols != a.cols() {
			panic(fmt.Sprintf("plot.Animate: images of (%d, %d) and (%d, %d)", a.rows(), a.cols(), rows, cols))
		}
	}
	if len(a.frames) == 0 {
		panic("plot.Animate: no image")
	}
	a.scale = scaleOf(a.census)
	sparse := true
	for _, t := range a.frames {
		sparse = sparse && countsOfEvents(t.Data())
	}
	if sparse {
		a.scale = a.scale.zeroApart()
	}
	return a
}

func (a *Animation) rows() int { return a.frames[0].Shape()[0] }
func (a *Animation) cols() int { return a.frames[0].Shape()[1] }

// Rate sets the images shown in a second and returns the animation. It panics unless it is from 0.01 to 100: browsers
// do not show more.
func (a *Animation) Rate(perSecond float64) *Animation {
	if !(perSecond >= 0.01 && perSecond <= 100) {
		panic(fmt.Sprintf("plot: %v images in a second", perSecond))
	}
	a.rate = perSecond
	return a
}

// Dark gives the animation the colours of dark figures, and returns it.
func (a *Animation) Dark() *Animation {
	a.theme = dark
	for _, f := range a.figures {
		f.Dark()
	}
	return a
}

// String says what is shown, in one line.
func (a *Animation) String() string {
	if len(a.figures) > 0 {
		return fmt.Sprintf("Film of %d figures, the last %v", len(a.figures), a.figures[len(a.figures)-1])
	}
	return fmt.Sprintf("Animation(%d, %d, %d): %v", len(a.frames), a.rows(), a.cols(), a.census)
}

// enlarged is the number of pixels for each cell and side: small images would be hard to see.
func (a *Animation) enlarged() int { return max(1, imageSide/max(a.rows(), a.cols())) }

// frame is the i-th image with the palette of all.
func (a *Animation) frame(i int) *image.Paletted {
	rows, cols, k := a.rows(), a.cols(), a.enlarged()
	img := image.NewPaletted(image.Rect(0, 0, cols*k, rows*k), a.palette())
	values := a.frames[i].Data()
	last, n := values[0], a.index(float64(values[0]))
	for y := range rows {
		line := img.Pix[y*k*img.Stride:][:img.Stride]
		for x := range cols {
			if v := values[y*cols+x]; v != last { // frames of events are mostly runs of zeros
				last, n = v, a.index(float64(v))
			}
			for j := range k {
				line[x*k+j] = n
			}
		}
		for j := 1; j < k; j++ {
			copy(img.Pix[(y*k+j)*img.Stride:], line)
		}
	}
	return img
}

// palette is the scale's colours in 255 steps, and that of NaN. Zero keeps its place in the middle.
func (a *Animation) palette() color.Palette {
	p, colors := make(color.Palette, 256), a.scale.in(a.theme).colors
	for i := range 255 {
		p[i] = colors.at((float64(i) + 0.5) / 255)
	}
	p[255] = missing
	return p
}

// index is the palette's number for a value.
func (a *Animation) index(v float64) uint8 {
	if math.IsNaN(v) {
		return 255
	}
	i := max(0, min((v-a.scale.lo)/(a.scale.hi-a.scale.lo)*255, 254))
	if zero := uint8(-a.scale.lo / (a.scale.hi - a.scale.lo) * 255); a.scale.apart && v != 0 && uint8(i) == zero {
		if v > 0 {
			return zero + 1
		}
		return zero - 1
	}
	return uint8(i)
}

// PNG is the animation as an animated PNG, which programs that do not know these show as the first image.
// Source: PNG specification, third edition, 11.3.6.
func (a *Animation) PNG() ([]byte, error) {
	var out bytes.Buffer
	sequence := uint32(0)
	for i := range a.length() {
		var one bytes.Buffer
		img := a.picture(i)
		if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&one, img); err != nil {
			return nil, fmt.Errorf("plot: %w", err)
		}
		before, data := split(one.Bytes())
		if i == 0 {
			out.Write(before[:8+25]) // signature and IHDR
			chunk(&out, "acTL", binary.BigEndian.AppendUint32(nil, uint32(a.length())), make([]byte, 4))
			out.Write(before[8+25:])
		}
		chunk(&out, "fcTL", a.control(sequence, img.Bounds().Size()))
		sequence++
		if i == 0 {
			chunk(&out, "IDAT", data)
			continue
		}
		chunk(&out, "fdAT", binary.BigEndian.AppendUint32(nil, sequence), data)
		sequence++
	}
	chunk(&out, "IEND")
	if len(a.figures) > 0 {
		return withResolution(out.Bytes(), dpi), nil
	}
	return out.Bytes(), nil
}

// control is the content of an fcTL chunk: number, size, place, delay as a fraction, and that the image replaces all.
func (a *Animation) control(sequence uint32, size image.Point) []byte {
	var b []byte
	for _, v := range []uint32{sequence, uint32(size.X), uint32(size.Y), 0, 0} {
		b = binary.BigEndian.AppendUint32(b, v)
	}
	delay, unit := 100/a.rate, uint16(100)
	if delay < 655 {
		delay, unit = 10*delay, 1000
	}
	b = binary.BigEndian.AppendUint16(b, uint16(math.Round(delay)))
	b = binary.BigEndian.AppendUint16(b, unit)
	return append(b, 0, 0)
}

// split takes a PNG file of the standard encoder apart: what is before the image data, and the data.
func split(file []byte) (before, data []byte) {
	before = file[:8]
	for rest := file[8:]; len(rest) >= 12; {
		n := 12 + int(binary.BigEndian.Uint32(rest))
		switch string(rest[4:8]) {
		case "IDAT":
			data = append(data, rest[8:n-4]...)
		case "IEND":
			return before, data
		default:
			before = before[:len(before)+n]
		}
		rest = rest[n:]
	}
	return before, data
}

// chunk writes a PNG chunk.
func chunk(out *bytes.Buffer, kind string, parts ...[]byte) {
	content := []byte(kind)
	for _, p := range parts {
		content = append(content, p...)
	}
	out.Write(binary.BigEndian.AppendUint32(nil, uint32(len(content)-4)))
	out.Write(content)
	out.Write(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(content)))
}

// GIF is the animation as a GIF file, for programs that do not know animated PNG. Its delays are whole hundredths of a
// second, and browsers show those below two as ten.
func (a *Animation) GIF() ([]byte, error) {
	g := &gif.GIF{}
	frame := a.frame
	if len(a.figures) > 0 {
		frame = a.reduced()
	}
	for i := range a.length() {
		g.Image = append(g.Image, frame(i))
		g.Delay = append(g.Delay, max(2, int(math.Round(100/a.rate))))
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, g); err != nil {
		return nil, fmt.Errorf("plot: %w", err)
	}
	return b.Bytes(), nil
}

// Save writes the animation to a file whose name ends in .png, .apng or .gif.
func (a *Animation) Save(name string) (err error) {
	var content []byte
	switch ext := strings.ToLower(filepath.Ext(name)); ext {
	case ".png", ".apng":
		content, err = a.PNG()
	case ".gif":
		content, err = a.GIF()
	default:
		err = fmt.Errorf("plot: %s: an animation is saved as .png or .gif", name)
	}
	if err != nil {
		return err
	}
	return writeFile(name, content)
}

// writeFile writes to a temporary file first, so that an error leaves no half of it.
func writeFile(name string, content []byte) error {
	temporary, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*")
	if err != nil {
		return fmt.Errorf("plot: %w", err)
	}
	defer os.Remove(temporary.Name()) // it is gone if all went well
	_, err = temporary.Write(content)
	if e := temporary.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Chmod(temporary.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(temporary.Name(), name)
	}
	if err != nil {
		return fmt.Errorf("plot: %w", err)
	}
	return nil
}
