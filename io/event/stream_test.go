package event_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/livespike/livespike/internal/interrupt"
	"github.com/livespike/livespike/io/event"
	"github.com/livespike/livespike/snn/tensor"
)

const synthetic = "testdata/synthetic/"

// digest is the SHA-256 that expected.json has for a stream.
func digest(t *testing.T, s *event.Stream, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	sum, err := event.Digest(s)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return sum.SHA256
}

// whole are small files that do not break off, one of each format.
var whole = []string{
	"evt2_before_time_high.raw", "evt3_starts_high.raw", "aedat4_lz4_table4k.aedat4", "aedat4_none.aedat4",
	"aedat4_zstd.aedat4", "csv_header_xypt_crlf.csv", "txt_uzh_seconds.txt",
}

// TestAnyReader reads through gzip, zstd, a pipe, and one byte at a time. Oracle: the same file read at once.
func TestAnyReader(t *testing.T) {
	for _, name := range whole {
		t.Run(name, func(t *testing.T) {
			plain, err := os.ReadFile(synthetic + name)
			if err != nil {
				t.Fatal(err)
			}
			s, err := event.Open(synthetic + name)
			want := digest(t, s, err)
			var zipped, packed bytes.Buffer
			gz := gzip.NewWriter(&zipped)
			zs, err := zstd.NewWriter(&packed)
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range []io.WriteCloser{gz, zs} {
				if _, err := w.Write(plain); err != nil {
					t.Fatal(err)
				}
				if err := w.Close(); err != nil {
					t.Fatal(err)
				}
			}
			for how, r := range map[string]io.Reader{
				"one byte at a time": iotest.OneByteReader(bytes.NewReader(plain)),
				"halves":             iotest.HalfReader(bytes.NewReader(plain)),
				"data with error":    iotest.DataErrReader(bytes.NewReader(plain)),
				"gzip":               &zipped,
				"zstd":               &packed,
			} {
				s, err := event.FromReader(r, name)
				if got := digest(t, s, err); got != want {
					t.Errorf("%s: digest %s, want %s", how, got, want)
				}
			}
		})
	}
}

// TestReadEqualsNext interleaves Next, Read and FrameInto: together they deliver every event once. Oracle: an image built
// from Next alone.
func TestReadEqualsNext(t *testing.T) {
	for _, name := range []string{"evt3_mixed_types.raw", "evt2_mixed_types.raw", "aedat4_lz4high.aedat4"} {
		all := event.MustOpen(synthetic + name)
		want := tensor.Zeros(all.FrameShape()...)
		fill(t, all, want)
		s := event.MustOpen(synthetic+name, event.Span(200*time.Microsecond))
		if n := s.Read().Sum().Item(); n == 0 {
			t.Errorf("%s: the first Read is empty", name)
		}
		s.Close()
		s, err := event.Open(synthetic+name, event.Span(200*time.Microsecond))
		if err != nil {
			t.Fatal(err)
		}
		got, frame := tensor.Zeros(s.FrameShape()...), tensor.Zeros(s.FrameShape()...)
		for i := range 3 {
			got.AddInPlace(s.Read())
			s.ReadInto(frame)
			got.AddInPlace(frame)
			s.FrameInto(frame, time.Duration(1+i)*50*time.Microsecond)
			got.AddInPlace(frame)
			events, err := s.Next()
			if err != nil && !errors.Is(err, event.ErrTruncated) {
				t.Fatal(err)
			}
			add(got, events)
		}
		for f := range s.Frames(300 * time.Microsecond) {
			got.AddInPlace(f)
		}
		if !got.Equal(want) {
			t.Errorf("%s: Read, Frames and Next together differ from Next alone", name)
		}
		if strings.Contains(name, "mixed") != (s.Err() != nil) {
			t.Errorf("%s: Err is %v", name, s.Err())
		}
	}
}

func fill(t *testing.T, s *event.Stream, img *tensor.Tensor) {
	t.Helper()
	for {
		events, err := s.Next()
		if err != nil {
			if !errors.Is(err, io.EOF) && !errors.Is(err, event.ErrTruncated) {
				t.Fatal(err)
			}
			return
		}
		add(img, events)
	}
}

func add(img *tensor.Tensor, events []event.Event) {
	w := img.Shape()[1]
	for _, e := range events {
		img.Data()[int(e.Y)*w+int(e.X)]++
	}
}

// list is a source of given batches.
type list struct {
	info    event.Info
	batches [][]event.Event
}

func (l *list) Info() event.Info { return l.info }
func (l *list) Close() error     { return nil }
func (l *list) Next() ([]event.Event, error) {
	if len(l.batches) == 0 {
		return nil, io.EOF
	}
	b := l.batches[0]
	l.batches = l.batches[1:]
	return append([]event.Event(nil), b...), nil
}

func from(t *testing.T, opts []event.Option, w, h int, events ...event.Event) *event.Stream {
	t.Helper()
	s, err := event.From(&list{event.Info{Format: "list", Width: w, Height: h, Events: -1}, [][]event.Event{events}}, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestFrameLayouts checks each layout on five events. Oracle: by hand.
func TestFrameLayouts(t *testing.T) {
	events := []event.Event{
		event.Of(0, 0, 0, 1), event.Of(1, 2, 1, 0), event.Of(2, 2, 1, 0), event.Of(3, 2, 0, 1),
		event.Of(2, 3, 0, 1), event.Of(3, 0, 2, 1), // outside 3x2; the first one is also late
	}
	for _, c := range []struct {
		opts  []event.Option
		shape string
		want  string
	}{
		{nil, "[2 3]", "[1 0 1 0 0 2]"},
		{[]event.Option{event.Signed()}, "[2 3]", "[1 0 1 0 0 -2]"},
		{[]event.Option{event.TwoChannel()}, "[2 2 3]", "[0 0 0 0 0 2 1 0 1 0 0 0]"},
		{[]event.Option{event.XYOrder()}, "[3 2]", "[1 0 0 0 1 2]"},
		{[]event.Option{event.XYOrder(), event.Signed()}, "[3 2]", "[1 0 0 0 1 -2]"},
		{[]event.Option{event.XYOrder(), event.TwoChannel()}, "[2 3 2]", "[0 0 0 0 0 2 1 0 0 0 1 0]"},
		{[]event.Option{event.FlipX()}, "[2 3]", "[1 0 1 2 0 0]"},
		{[]event.Option{event.FlipY()}, "[2 3]", "[0 0 2 1 0 1]"},
		{[]event.Option{event.Crop(1, 0, 2, 1)}, "[1 2]", "[0 1]"},
	} {
		s := from(t, c.opts, 3, 2, events...)
		f := s.Read()
		if got := fmt.Sprint(f.Shape()); got != c.shape {
			t.Errorf("%v: shape %s, want %s", c.opts, got, c.shape)
		}
		if got := fmt.Sprint(f.Data()); got != c.want {
			t.Errorf("%v: %s, want %s", c.opts, got, c.want)
		}
		stats := s.Stats()
		if len(c.opts) == 0 && (stats.OutOfRange != 2 || stats.BackSteps != 1 || stats.Events != 6) {
			t.Errorf("stats are %v", stats)
		}
	}
}

// TestFramesSlices cuts by event time from the first event, empty slices included. Oracle: by hand.
func TestFramesSlices(t *testing.T) {
	s := from(t, nil, 1, 1, event.Of(1000, 0, 0, 1), event.Of(1999, 0, 0, 1), event.Of(2000, 0, 0, 1), event.Of(5500, 0, 0, 1))
	var got []float32
	for f := range s.Frames(time.Millisecond) {
		got = append(got, f.Item())
	}
	if fmt.Sprint(got) != "[2 1 0 0 1]" {
		t.Errorf("events in each slice: %v, want [2 1 0 0 1]", got)
	}
	if f := s.Read(); f.Item() != 0 || s.Err() != nil {
		t.Errorf("after the end: image %v, error %v", f, s.Err())
	}
}

// TestFramesStop leaves a loop early and by interrupt; the rest stays readable.
func TestFramesStop(t *testing.T) {
	s := event.MustOpen(synthetic + "evt3_loop.raw")
	n := 0
	for range s.Frames(time.Millisecond) {
		if n++; n == 3 {
			break
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	defer interrupt.Set(ctx)()
	for range s.Frames(time.Millisecond) {
		if n++; n == 5 {
			cancel()
		}
	}
	if n != 5 {
		t.Errorf("%d images, want 5", n)
	}
	if _, err := s.Next(); !errors.Is(err, context.Canceled) {
		t.Errorf("Next in an interrupted cell: %v", err)
	}
}

// TestBadFiles opens what is no recording, or not the one it says. The sentence names the file.
func TestBadFiles(t *testing.T) {
	dir := t.TempDir()
	evt2, err := os.ReadFile(synthetic + "evt2_before_time_high.raw")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		content []byte
		want    string
	}{
		"empty.raw":         {nil, "empty.raw: the file is empty"},
		"noise.aedat4":      {bytes.Repeat([]byte{7, 200, 13, 99}, 100), "not a recording that is known"},
		"letters.csv":       {[]byte("dear diary\ntoday, I read events\n"), "not a recording that is known"},
		"short.csv":         {[]byte("1,2,3,1\n4,5,6\n"), `no order of columns makes events of lines such as "4,5,6"`},
		"labels.csv":        {[]byte("class,startTime_usec,endTime_usec\n3,1432,8597\n"), "not a recording that is known"},
		"cut.aedat4":        {[]byte("#!AER-DAT4.0\r\n"), "offset 14: the file breaks off before the header"},
		"hostile.aedat4":    {[]byte("#!AER-DAT4.0\r\n\xff\xff\xff\xffIOHE"), "offset 14: a header of 4294967295 bytes is refused"},
		"header-only.csv":   {[]byte("t,x,y,p\n"), ""},
		"mislabelled.csv":   {evt2, ""},
		"broken.gz":         {[]byte("\x1f\x8b\x08garbage"), "broken.gz"},
		"broken.aedat4.zst": {[]byte("\x28\xb5\x2f\xfdgarbage"), "broken.aedat4.zst"},
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, c.content, 0o644); err != nil {
			t.Fatal(err)
		}
		s, err := event.Open(path)
		if c.want == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			s.Close()
			continue
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "event: ") {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
	if _, err := event.Open(dir); err == nil || !strings.Contains(err.Error(), "is a folder") {
		t.Errorf("a folder: %v", err)
	}
	if _, err := event.Open(filepath.Join(dir, "none.raw")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if _, err := event.Open("nonsense://host"); err == nil || !strings.Contains(err.Error(), "no source is called nonsense") {
		t.Errorf("unknown scheme: %v", err)
	}
}

// TestTruncatedGzip: of a compressed recording that breaks off, however early, the events that can be unpacked come before
// the error. Oracle: the standard library's gzip, and the recording that was compressed.
func TestTruncatedGzip(t *testing.T) {
	const file = "dat_wrap.dat"
	data, err := os.ReadFile(synthetic + file)
	if err != nil {
		t.Fatal(err)
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	if _, err := z.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	plain, err := event.Open(synthetic + file)
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	want, err := rest(plain)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{3000, 10_000, zipped.Len() - 4} {
		cut := zipped.Bytes()[:size]
		r, err := gzip.NewReader(bytes.NewReader(cut))
		if err != nil {
			t.Fatal(err)
		}
		unpacked, _ := io.ReadAll(r)                                        // as much as there is
		n := (len(unpacked) - (len(data) - 8*len(want))) / 8                // records of 8 bytes behind the header
		place := filepath.Join(t.TempDir(), fmt.Sprintf("%d.dat.gz", size)) // a file, and a reader
		if err := os.WriteFile(place, cut, 0o644); err != nil {
			t.Fatal(err)
		}
		for _, open := range []func() (*event.Stream, error){
			func() (*event.Stream, error) { return event.Open(place) },
			func() (*event.Stream, error) { return event.FromReader(bytes.NewReader(cut), "cut.dat.gz") },
		} {
			s, err := open()
			if err != nil {
				t.Errorf("%d bytes: %v", size, err)
				continue
			}
			// Unpackers differ in the last byte before the error.
			got, err := rest(s)
			if n < 100 || len(got) > n || len(got) < n-1 || !slices.Equal(got, want[:len(got)]) || !errors.Is(err, event.ErrTruncated) {
				t.Errorf("%d bytes: %d events, want %d, and %v", size, len(got), n, err)
			}
			s.Close()
		}
	}
}

// TestClosed: what has no other way to say so panics on a stream that has been closed.
func TestClosed(t *testing.T) {
	s := event.MustOpen("sample:bars")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for name, read := range map[string]func(){
		"Read":      func() { s.Read() },
		"ReadInto":  func() { s.ReadInto(tensor.Zeros(s.FrameShape()...)) },
		"Frames":    func() { s.Frames(time.Millisecond)(func(*tensor.Tensor) bool { return true }) },
		"Slices":    func() { s.Slices(time.Millisecond)(func([]event.Event) bool { return true }) },
		"Chunks":    func() { s.Chunks(9)(func([]event.Event) bool { return true }) },
		"Total":     func() { s.Total() },
		"Rates":     func() { s.Rates(time.Millisecond) },
		"Intervals": func() { s.Intervals() },

		"ReadSparse":     func() { s.ReadSparse() },
		"ReadSparseInto": func() { s.ReadSparseInto(tensor.NewSparse(nil, nil, s.FrameShape()...)) },
		"SparseFrames":   func() { s.SparseFrames(time.Millisecond)(func(*tensor.Sparse) bool { return true }) },
	} {
		func() {
			defer func() {
				if p := fmt.Sprint(recover()); !strings.HasSuffix(p, "the stream is closed") || !strings.HasPrefix(p, "event.Stream.") {
					t.Errorf("%s: %s", name, p)
				}
			}()
			read()
		}()
	}
	if _, err := s.Next(); !errors.Is(err, event.ErrClosed) {
		t.Errorf("Next: %v", err)
	}
	// Close ends a loop that has begun, without a word.
	s = event.MustOpen("sample:bars")
	n := 0
	for range s.Frames(time.Millisecond) {
		if n++; n == 3 {
			s.Close()
		}
	}
	if n != 3 {
		t.Errorf("%d images after Close", n)
	}
	// It ends a Next that looks for an event of an endless scene of which nothing is left.
	s = event.MustOpen("sim:bars?size=64x48&seconds=0").Mask(tensor.Zeros(48, 64))
	end := make(chan error)
	go func() {
		_, err := s.Next()
		end <- err
	}()
	time.Sleep(10 * time.Millisecond)
	closed := make(chan error, 1)
	go func() { closed <- s.Close() }()
	select {
	case err := <-closed:
		if got := <-end; err != nil || !errors.Is(got, event.ErrClosed) {
			t.Errorf("Next: %v, Close: %v", got, err)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("Close waits for a Next that has nothing to return")
	}
}

// TestMustOpenPanics: a script sees that its recording broke off, after the last image.
func TestMustOpenPanics(t *testing.T) {
	s := event.MustOpen(synthetic + "evt2_mixed_types.raw")
	total := float32(0)
	defer func() {
		err, _ := recover().(error)
		if !errors.Is(err, event.ErrTruncated) || total != 4000 {
			t.Errorf("after %v events: %v", total, err)
		}
	}()
	for f := range s.Frames(time.Millisecond) {
		total += f.Sum().Item()
	}
}

// TestAllocations: in steady state Next and ReadInto allocate nothing.
func TestAllocations(t *testing.T) {
	for _, name := range []string{
		"evt2_loop.raw", "evt21_loop.raw", "evt3_loop.raw", "dat_wrap.dat", "aedat4_lz4_table.aedat4", "csv_txyp.csv",
	} {
		data, err := os.ReadFile(synthetic + name)
		if err != nil {
			t.Fatal(err)
		}
		s, err := event.FromReader(iotest.HalfReader(&endless{data: data}), name, event.Span(time.Microsecond), event.Size(1280, 720))
		if err != nil {
			t.Fatal(err)
		}
		frame := tensor.Zeros(s.FrameShape()...)
		s.ReadInto(frame)
		if n := testing.AllocsPerRun(20, func() { s.ReadInto(frame) }); n != 0 {
			t.Errorf("%s: ReadInto allocates %v times", name, n)
		}
		for range 8 { // the buffers have their size then
			next(t, s)
		}
		if n := testing.AllocsPerRun(10, func() { next(t, s) }); n != 0 {
			t.Errorf("%s: Next allocates %v times", name, n)
		}
	}
}

func next(t *testing.T, s *event.Stream) {
	if _, err := s.Next(); err != nil {
		t.Fatal(err)
	}
}

// endless repeats what follows a file's header.
type endless struct {
	data []byte
	at   int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.at == len(e.data) {
		e.at = e.body()
	}
	n := copy(p, e.data[e.at:])
	e.at += n
	return n, nil
}

// body is where the header ends.
func (e *endless) body() int {
	if bytes.HasPrefix(e.data, []byte("#!AER-DAT4.0")) {
		return len(e.data) // the packets repeat through header and table only as a new file; the test reads one
	}
	if i := bytes.Index(e.data, []byte("% end\n")); i >= 0 {
		return i + 6
	}
	return 0
}
