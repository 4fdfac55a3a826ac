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
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

// reframe reads an animated PNG as its specification says, makes a still PNG of each frame and decodes it with the
// standard library. It checks lengths, checksums and sequence numbers on the way.
func reframe(t *testing.T, file []byte) (frames []image.Image, delays []float64) {
	t.Helper()
	type chunk struct {
		kind    string
		content []byte
	}
	var chunks []chunk
	for rest := file[8:]; len(rest) > 0; {
		n := binary.BigEndian.Uint32(rest)
		c := chunk{string(rest[4:8]), rest[8 : 8+n]}
		if got := binary.BigEndian.Uint32(rest[8+n:]); got != crc32.ChecksumIEEE(rest[4:8+n]) {
			t.Fatalf("checksum of %s", c.kind)
		}
		chunks = append(chunks, c)
		rest = rest[12+n:]
	}
	var head, data bytes.Buffer
	head.Write(file[:8])
	put := func(w *bytes.Buffer, c chunk) {
		w.Write(binary.BigEndian.AppendUint32(nil, uint32(len(c.content))))
		w.WriteString(c.kind)
		w.Write(c.content)
		sum := crc32.ChecksumIEEE(append([]byte(c.kind), c.content...))
		w.Write(binary.BigEndian.AppendUint32(nil, sum))
	}
	announced, sequence := uint32(0), uint32(0)
	number := func(c chunk) {
		if n := binary.BigEndian.Uint32(c.content); n != sequence {
			t.Fatalf("%s has number %d, want %d", c.kind, n, sequence)
		}
		sequence++
	}
	finish := func() {
		if data.Len() == 0 {
			return
		}
		var still bytes.Buffer
		still.Write(head.Bytes())
		put(&still, chunk{"IDAT", data.Bytes()})
		put(&still, chunk{"IEND", nil})
		img, err := png.Decode(&still)
		if err != nil {
			t.Fatal(err)
		}
		frames = append(frames, img)
		data.Reset()
	}
	for i, c := range chunks {
		switch c.kind {
		case "acTL":
			announced = binary.BigEndian.Uint32(c.content)
			if i != 1 || binary.BigEndian.Uint32(c.content[4:]) != 0 {
				t.Error("acTL is not behind IHDR, or does not repeat for ever")
			}
		case "fcTL":
			finish()
			number(c)
			delays = append(delays, float64(binary.BigEndian.Uint16(c.content[20:]))/float64(binary.BigEndian.Uint16(c.content[22:])))
		case "IDAT":
			data.Write(c.content)
		case "fdAT":
			number(c)
			data.Write(c.content[4:])
		case "IEND":
			finish()
		default:
			put(&head, c)
		}
	}
	if int(announced) != len(frames) {
		t.Errorf("%d frames announced, %d there", announced, len(frames))
	}
	return frames, delays
}

// Every frame of both formats has the colours of its values, one scale for all.
func TestAnimate(t *testing.T) {
	x := tensor.FromSlice([]float32{-2, 0, 2, nan, 1, 1, -1, -1, 0, 0, 0, inf}, 3, 1, 2, 2)
	a := Animate(x).Rate(20)
	if want := "Animation(3, 2, 2): values -2 to 2, 1 NaN, 1 +Inf"; a.String() != want {
		t.Errorf("got %q, want %q", a, want)
	}
	file, err := a.PNG()
	if err != nil {
		t.Fatal(err)
	}
	frames, delays := reframe(t, file)
	still, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	moving, err := a.GIF()
	if err != nil {
		t.Fatal(err)
	}
	g, err := gif.DecodeAll(bytes.NewReader(moving))
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(delays, g.Delay) != "[0.05 0.05 0.05] [5 5 5]" {
		t.Errorf("delays %v and %v", delays, g.Delay)
	}
	s := scale{lo: -2, hi: 2, colors: redBlue}
	for n := range 3 {
		for i := range 4 {
			want := s.color(float64(x.Data()[4*n+i]))
			at := image.Pt(90+180*(i%2), 90+180*(i/2)) // two cells on 360 pixels
			images := []image.Image{frames[n], g.Image[n]}
			if n == 0 {
				images = append(images, still)
			}
			for _, img := range images {
				got := color.RGBAModel.Convert(img.At(at.X, at.Y)).(color.RGBA)
				if img.Bounds() != image.Rect(0, 0, 360, 360) || distance(got, want) > 5 { // half of one of 255 steps
					t.Errorf("frame %d, value %d is %v in %v, want %v", n, i, got, img.Bounds(), want)
				}
			}
		}
	}
	if c := a.palette()[a.index(0)].(color.RGBA); c != redBlue[128] {
		t.Errorf("zero is %v", c)
	}
}

func distance(a, b color.RGBA) int {
	d := func(x, y uint8) int { return max(int(x)-int(y), int(y)-int(x)) }
	return max(d(a.R, b.R), d(a.G, b.G), d(a.B, b.B))
}

func TestAnimateSave(t *testing.T) {
	dir := t.TempDir()
	a := Animate(tensor.Ones(3, 4), tensor.Zeros(3, 4))
	for name, magic := range map[string]string{"a.png": "\x89PNG", "a.gif": "GIF89a"} {
		if err := a.Save(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
		if content, _ := os.ReadFile(filepath.Join(dir, name)); !strings.HasPrefix(string(content), magic) {
			t.Errorf("%s begins %.8q", name, content)
		}
	}
	if err := a.Save(filepath.Join(dir, "a.mp4")); err == nil {
		t.Error("saved as MP4")
	}
}

func TestAnimatePanics(t *testing.T) {
	for _, test := range []struct {
		make func()
		want string
	}{
		{func() { Animate() }, "plot.Animate: no image"},
		{func() { Animate(tensor.Ones(3)) }, "plot.Animate: tensor of shape (3,), expected (time, height, width) or (height, width)"},
		{func() { Animate(tensor.Ones(2, 2, 3, 3)) }, "plot.Animate: tensor of shape (2, 2, 3, 3), expected"},
		{func() { Animate(tensor.Ones(3, 3), tensor.Ones(3, 4)) }, "plot.Animate: images of (3, 3) and (3, 4)"},
		{func() { Animate(tensor.Ones(3, 3)).Rate(0) }, "plot: 0 images in a second"},
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.HasPrefix(got, test.want) {
					t.Errorf("panic %q, want %q", got, test.want)
				}
			}()
			test.make()
		}()
	}
}

func BenchmarkAnimate(b *testing.B) {
	frames := tensor.Bernoulli(0.02, 10, 480, 640)
	for b.Loop() {
		if _, err := Animate(frames).PNG(); err != nil {
			b.Fatal(err)
		}
	}
}

// Frames of events have the colours that Image gives them, in both forms of the scale: zero its own, others never that.
func TestAnimateEvents(t *testing.T) {
	for _, low := range []float32{0, -500} {
		x := tensor.Zeros(2, 20, 20)
		x.Set(low, 0, 3, 3)
		x.Set(1, 0, 4, 4)
		x.Set(500, 1, 5, 5)
		a := Animate(x)
		img := a.frame(0)
		k := a.enlarged()
		if c := img.At(0, 0); c != counts[0] {
			t.Errorf("from %v: zero is %v", low, c)
		}
		if c := img.At(4*k, 4*k); c == counts[0] {
			t.Errorf("from %v: one event in 500 is %v as zero is", low, c)
		}
		if c := img.At(3*k, 3*k); (c == counts[0]) != (low == 0) {
			t.Errorf("%v is %v", low, c)
		}
	}
}
