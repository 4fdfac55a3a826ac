package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"image"
	"image/gif"
	"image/png"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/livespike/livespike/io/event"
)

// TestGIF writes images and reads them with image/gif.
func TestGIF(t *testing.T) {
	var b bytes.Buffer
	g := gifWriter{w: bufio.NewWriter(&b), delay: 4}
	var want []*image.Paletted
	for range 3 {
		img := image.NewPaletted(image.Rect(0, 0, 67, 41), eventPalette)
		for i := range img.Pix {
			img.Pix[i] = byte(rand.IntN(256) & rand.IntN(256))
		}
		want = append(want, img)
		if err := g.add(img); err != nil {
			t.Fatal(err)
		}
	}
	if err := g.finish(); err != nil {
		t.Fatal(err)
	}
	got, err := gif.DecodeAll(&b)
	if err != nil || len(got.Image) != 3 || got.LoopCount != 0 || !slices.Equal(got.Delay, []int{4, 4, 4}) {
		t.Fatalf("%d images, %v (%v)", len(got.Image), got.Delay, err)
	}
	for i, img := range got.Image {
		if !slices.Equal(img.Pix, want[i].Pix) || img.Palette[0xf3] != eventPalette[0xf3] {
			t.Errorf("image %d differs", i)
		}
	}
}

// TestEventsRender draws a recording as a film and as files. Oracle: a frame of the same events.
func TestEventsRender(t *testing.T) {
	dir := t.TempDir()
	status, out, errs := snnrepl("", "events", "render", "--step", "10ms", "--frames", "4", "--scale", "2", "sample:bars", filepath.Join(dir, "a.gif"))
	if status != 0 || !strings.Contains(out, "4 images of 480x360, 10ms each") {
		t.Fatalf("status %d, %s%s", status, out, errs)
	}
	file, err := os.ReadFile(filepath.Join(dir, "a.gif"))
	if err != nil {
		t.Fatal(err)
	}
	film, err := gif.DecodeAll(bytes.NewReader(file))
	if err != nil || len(film.Image) != 4 {
		t.Fatalf("%v, %d images", err, len(film.Image))
	}
	if status, _, errs := snnrepl("", "events", "render", "--step", "10ms", "--frames", "4", "sample:bars", filepath.Join(dir, "b%02d.png")); status != 0 {
		t.Fatal(errs)
	}
	s := event.MustOpen("sample:bars", event.TwoChannel())
	n := 0
	for frame := range s.Frames(10 * time.Millisecond) {
		if n == 4 {
			break
		}
		f, err := os.Open(filepath.Join(dir, fmt.Sprintf("b%02d.png", n)))
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(f)
		if err != nil || f.Close() != nil || img.Bounds().Size() != image.Pt(240, 180) {
			t.Fatal(img.Bounds(), err)
		}
		for i := range 240 * 180 {
			x, y := i%240, i/240
			off, on := frame.Data()[i], frame.Data()[240*180+i]
			r, _, b, _ := img.At(x, y).RGBA()
			if (on > off) != (r > b) || (on+off > 0) != (r+b > 0) {
				t.Fatalf("image %d, pixel (%d, %d): %v brighter, %v darker, red %d, blue %d", n, x, y, on, off, r, b)
			}
			if film.Image[n].At(2*x+1, 2*y+1) != img.At(x, y) {
				t.Fatalf("image %d, pixel (%d, %d) differs in the film", n, x, y)
			}
		}
		n++
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 5 {
		t.Errorf("%d files (%v)", len(left), err)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"sample:bars", "a.mp4"}, "films are .gif or .png"},
		{[]string{"sample:bars", "a.png"}, "no place for the number"},
		{[]string{"sample:bars", "a.gif", "--fps", "99"}, "--fps 99"},
		{[]string{"sample:bars", "a.gif", "--scale", "0"}, "--scale 0"},
		{[]string{"sample:bars", "a.gif", "--decay", "-1s"}, "--decay"},
		{[]string{recordings + "csv_txyp.csv", filepath.Join(dir, "c.gif")}, "add --size"},
	} {
		if status, _, errs := snnrepl("", append([]string{"events", "render"}, c.args...)...); status != 2 || !strings.Contains(errs, c.want) {
			t.Errorf("%v: status %d, %q, want %q", c.args, status, errs, c.want)
		}
	}
	if left, err = os.ReadDir(dir); err != nil || len(left) != 5 {
		t.Errorf("%d files after what failed (%v)", len(left), err)
	}
}

// TestEventsPage reads the page as a browser does: all events of a recording are in its images.
func TestEventsPage(t *testing.T) {
	src, err := event.Open("sample:bars", event.Realtime(), event.TwoChannel())
	if err != nil {
		t.Fatal(err)
	}
	address := make(chan string, 1)
	finished := make(chan error, 1)
	out := writerFunc(func(b []byte) (int, error) {
		address <- strings.Fields(string(b))[0]
		return len(b), nil
	})
	go func() {
		finished <- servePage(streams{out: out, err: io.Discard}, src, "sample:bars", "127.0.0.1:0", 50, 0)
	}()
	url := <-address
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	get := func(path string) (int, []byte) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, body
	}
	if code, body := get("/"); code != 200 || !bytes.Contains(body, []byte("<canvas")) {
		t.Errorf("the page: %d, %.60s", code, body)
	}
	if code, _ := get("/image?after=x"); code != 400 {
		t.Errorf("a wrong number: %d", code)
	}
	lit := false
	for after := 0; ; {
		code, body := get(fmt.Sprintf("/image?after=%d", after))
		if code != 200 {
			t.Fatal(code)
		}
		n := binary.LittleEndian.Uint32(body)
		var st pageStatus
		if err := json.Unmarshal(body[4:4+n], &st); err != nil {
			t.Fatal(err)
		}
		if st.Image <= after || len(body) != 4+int(n)+240*180 || st.Room == 0 {
			t.Fatalf("%+v with %d bytes after image %d", st, len(body), after)
		}
		after = st.Image
		for _, p := range body[4+n:] {
			lit = lit || p != 0
		}
		if st.Over {
			if want := int64(event.MustOpen("sample:bars").Total().Sum().Item()); st.Stats.Events != want || st.Stats.Lost > 0 {
				t.Errorf("at the end %v, want %d events", st.Stats, want)
			}
			break
		}
	}
	if !lit {
		t.Error("all images are black")
	}
	if err := <-finished; err != nil {
		t.Error(err)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

// TestEventsFilterOut filters a recording to standard output. Oracle: the same events counted one by one.
func TestEventsFilterOut(t *testing.T) {
	status, out, errs := snnrepl("", "events", "filter", "--polarity", "on", "--to", "csv", recordings+"csv_txyp.csv")
	if status != 0 {
		t.Fatal(errs)
	}
	want := 0
	s := event.MustOpen(recordings + "csv_txyp.csv")
	for events := range s.Chunks(100) {
		for _, e := range events {
			want += int(e.On)
		}
	}
	if got := strings.Count(out, ",1\n"); got != want || strings.Contains(out, ",0\n") {
		t.Errorf("%d events, want %d: %.80s", got, want, out)
	}
}

func TestProgressLine(t *testing.T) {
	for _, c := range []struct {
		bytes, size int64
		want        string
	}{
		{25, 100, "[#######                       ]  25 %, 3 Mev, 1.5 Mev/s, 6s left"},
		{100, 100, "[##############################] 100 %, 3 Mev, 1.5 Mev/s, 0s left"},
		{100, 0, "3 Mev, 1.5 Mev/s"},
	} {
		if got := progressLine(event.Stats{Events: 3e6, Bytes: c.bytes}, c.size, 2*time.Second); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
