package event_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/livespike/livespike/internal/interrupt"
	"github.com/livespike/livespike/io/event"
)

// serve gives the first client of a local address to talk, and closes the connection then.
func serve(t *testing.T, talk func(net.Conn)) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		conn, err := l.Accept()
		if err != nil {
			return
		}
		talk(conn)
		_ = conn.Close()
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return l.Addr().String()
}

// send writes b to a client that may have left.
func send(b []byte) func(net.Conn) {
	return func(conn net.Conn) { _, _ = conn.Write(b) }
}

// TestDV reads what a server of dv-processing sends: a file without its version line. Oracle: the file's digest.
func TestDV(t *testing.T) {
	for _, name := range []string{"aedat4_lz4_notable.aedat4", "aedat4_zstdhigh.aedat4"} {
		data, err := os.ReadFile(synthetic + name)
		if err != nil {
			t.Fatal(err)
		}
		s, err := event.Open(synthetic + name)
		want := digest(t, s, err)
		s, err = event.Open("dv://"+serve(t, send(data[14:])), event.Block(), event.KeepRecords())
		if err != nil {
			t.Fatal(err)
		}
		if i := s.Info(); i.Width != 346 || i.Height != 260 || !i.Live {
			t.Errorf("%s: info %v", name, i)
		}
		if got := digest(t, s, err); got != want {
			t.Errorf("%s: digest %s, want %s", name, got, want)
		}
		if len(s.Records()) == 0 {
			t.Errorf("%s: no records", name)
		}
		// A connection that breaks off delivers what came, and says so.
		s, err = event.Open("dv://"+serve(t, send(data[14:len(data)-100])), event.Block())
		if err != nil {
			t.Fatal(err)
		}
		if got, err := rest(s); len(got) == 0 || !errors.Is(err, event.ErrTruncated) {
			t.Errorf("%s cut: %d events, %v", name, len(got), err)
		}
	}
}

// TestDVRoundTrip: what a sink sends is what several sources receive, event for event, and what a client reads from it
// is a file.
func TestDVRoundTrip(t *testing.T) {
	want := madeUp(7, 640, 480)
	for i := range want {
		want[i].T += 1 << 40
	}
	for name, address := range map[string]string{
		"tcp": "dv://" + free(t) + "?linger=0s", "unix": "dv://" + filepath.Join(t.TempDir(), "dv.sock") + "?linger=10ms", "zstd": "dv://" + free(t) + "?compression=ZSTD&linger=0s",
	} {
		w, err := event.Create(address, event.Size(640, 480))
		if err != nil {
			t.Fatal(err)
		}
		plain, _, _ := strings.Cut(address, "?")
		s, err := event.Open(plain, event.Block())
		if err != nil {
			t.Fatal(err)
		}
		raw := make(chan []byte, 1)
		go func() {
			network, where := "tcp", strings.TrimPrefix(plain, "dv://")
			if name == "unix" {
				network = "unix"
			}
			conn, err := net.Dial(network, where)
			if err != nil {
				raw <- nil
				return
			}
			var b bytes.Buffer
			b.WriteString("#!AER-DAT4.0\r\n")
			head := make([]byte, 1)
			_, _ = io.ReadFull(conn, head) // the header has come: the client is one of the sink's
			b.Write(head)
			raw <- nil
			_, _ = io.Copy(&b, conn)
			raw <- b.Bytes()
		}()
		<-raw
		for left := want; len(left) > 0; {
			n := min(len(left), 1+len(left)%4999)
			if err := w.Write(left[:n]); err != nil {
				t.Fatal(err)
			}
			left = left[n:]
		}
		if err := errors.Join(w.Close(), w.Close()); err != nil {
			t.Error(err)
		}
		if got, err := rest(s); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %d events, want %d, or others (%v)", name, len(got), len(want), err)
		}
		if w.Stats().Bytes == 0 {
			t.Errorf("%s: no bytes were sent: %v", name, w.Stats())
		}
		file, err := event.FromReader(bytes.NewReader(<-raw), "raw.aedat4")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		// The second client may have come after the first batch.
		if got, err := rest(file); err != nil || len(got) < len(want)/2 || !slices.Equal(got, want[len(want)-len(got):]) {
			t.Errorf("%s: a file of %d events, or others (%v)", name, len(got), err)
		}
	}
}

// free is a local address that nobody listens at.
func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// TestDVWaits: a sink without a client waits, until one comes or the cell is interrupted; it goes on when the last client
// has left and another comes.
func TestDVWaits(t *testing.T) {
	address := "dv://" + free(t)
	w, err := event.Create(address, event.Size(64, 48))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	restore := interrupt.Set(ctx)
	time.AfterFunc(20*time.Millisecond, cancel)
	err = w.Write([]event.Event{event.Of(1, 2, 3, 1)})
	restore()
	if !errors.Is(err, context.Canceled) {
		t.Errorf("an interrupted write: %v", err)
	}
	if err := w.Discard(); err != nil {
		t.Error(err)
	}
	if w, err = event.Create(address+"?linger=0s", event.Size(64, 48)); err != nil {
		t.Fatal(err)
	}
	opened := make(chan *event.Stream, 1)
	connect := func() {
		s, err := event.Open(address, event.Block())
		if err != nil {
			t.Error(err)
		}
		opened <- s
	}
	go connect()
	for i := range 2 {
		if i == 1 {
			connect()
			if err := errors.Join(w.Write([]event.Event{event.Of(1, 2, 3, 1)}), w.Close()); err != nil {
				t.Error(err)
			}
		} else if err := w.Write([]event.Event{event.Of(0, 2, 3, 1)}); err != nil { // waits
			t.Error(err)
		}
		s := <-opened
		if got, err := s.Next(); err != nil || len(got) != 1 || got[0].T != int64(i) {
			t.Errorf("client %d: %v, %v", i, got, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestDVRefused: servers that are none, and addresses that are wrong.
func TestDVRefused(t *testing.T) {
	for address, want := range map[string]string{
		"dv://localhost":             "the address has no port",
		"dv://" + free(t):            "refused",
		"dv://localhost:1?timeout=x": "timeout is",
		"dv://localhost:1?speed=1":   "no parameter is called speed",
		"dv://" + serve(t, send([]byte("HTTP/1.1 400 Bad Request\r\n"))): "a header of 1347703880 bytes is refused",
		"dv://" + serve(t, func(net.Conn) {}):                            "breaks off before the header",
		"zmq://localhost":                                                "the address has no port",
		"zmq://localhost:1?size=big":                                     "size is",
		"zmq://" + serve(t, send(bytes.Repeat([]byte("x"), 64))):         "does not speak ZMTP 3",
		"zmq://" + serve(t, func(net.Conn) {}):                           "did not greet",
	} {
		if _, err := event.Open(address); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", address, err, want)
		}
	}
	for address, want := range map[string]string{
		"dv://localhost":               "the address has no port",
		"dv://:0?compression=RAR":      "the compression RAR is unknown",
		"dv://127.0.0.1:0?clients=one": "no parameter is called clients",
		"dv://127.0.0.1:0?linger=long": "linger is",
	} {
		if _, err := event.Create(address, event.Size(2, 2)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", address, err, want)
		}
	}
	if _, err := event.Create("dv://127.0.0.1:0"); err == nil || !strings.Contains(err.Error(), "give Size") {
		t.Errorf("a sink without a size: %v", err)
	}
}

// TestSpeck reads what libzmq sends. Oracle: the formula of testdata/README.md.
func TestSpeck(t *testing.T) {
	data, err := os.ReadFile("testdata/speck.zmtp")
	if err != nil {
		t.Fatal(err)
	}
	var want []event.Event
	for n, t0 := range map[int]int64{3: 5, 40: 1<<32 - 100} {
		for i := range n {
			want = append(want, event.Of(t0+10*int64(i), uint16(3*i%128), uint16(i%128), uint8(i%2)))
		}
	}
	slices.SortFunc(want, func(a, b event.Event) int { return int(a.T - b.T) })
	for name, pieces := range map[string]int{"at once": len(data), "byte by byte": 1} {
		heard := make(chan string, 1)
		address := serve(t, func(conn net.Conn) {
			for left := data; len(left) > 0; left = left[pieces:] {
				if _, err := conn.Write(left[:pieces]); err != nil {
					heard <- err.Error()
					return
				}
			}
			b := make([]byte, 64+27+3)
			_, err := io.ReadFull(conn, b)
			heard <- fmt.Sprintf("%q %v", b[64:], err)
		})
		s, err := event.Open("zmq://"+address, event.Block())
		if err != nil {
			t.Fatal(err)
		}
		got, err := rest(s)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v (%v)", name, got, want, err)
		}
		if st := s.Stats(); st.Skipped != 2 || st.Errors != 0 || st.Bytes != int64(len(data)) {
			t.Errorf("%s: stats %v", name, st)
		}
		if said := <-heard; said != `"\x04\x19\x05READY\vSocket-Type\x00\x00\x00\x03SUB\x00\x01\x01" <nil>` {
			t.Errorf("%s: the subscriber said %s", name, said)
		}
	}
	// What breaks off or is no frame is an error with its place.
	for cut, want := range map[string]string{
		string(data[:len(data)-1]):                                 "breaks off inside a frame",
		string(data[:64+28]) + "\x40\x00":                          "offset 92: a frame of ZeroMQ with the flags 0x40",
		string(data[:92]) + "\x02\xff\xff\xff\xff\xff\xff\xff\xff": "is refused",
	} {
		s, err := event.Open("zmq://"+serve(t, func(conn net.Conn) {
			_, _ = conn.Write([]byte(cut))
			_, _ = io.ReadFull(conn, make([]byte, 64+27+3)) // what the subscriber says
		}), event.Block())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := rest(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// FuzzNetwork feeds the decoders of streams anything a server may send: no panic, no endless loop, and the same however
// the bytes arrive.
func FuzzNetwork(f *testing.F) {
	speck, err := os.ReadFile("testdata/speck.zmtp")
	if err != nil {
		f.Fatal(err)
	}
	dv, err := os.ReadFile(synthetic + "aedat4_lz4_notable.aedat4")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(true, speck)
	f.Add(false, dv[14:fuzzSeed])
	f.Fuzz(func(t *testing.T, zmq bool, data []byte) {
		read := func(r io.Reader) (string, int64) {
			src, err := event.SourceOn(r, zmq)
			if err != nil {
				return "", 0
			}
			var b []byte
			for {
				events, err := src.Next()
				if err != nil {
					break
				}
				for _, e := range events {
					b = binary.LittleEndian.AppendUint64(b, uint64(e.T))
					b = binary.LittleEndian.AppendUint32(b, uint32(e.X)<<16|uint32(e.Y))
					b = append(b, e.On)
				}
			}
			return string(b), src.(interface{ Stats() event.Stats }).Stats().Bytes
		}
		once, n := read(bytes.NewReader(data))
		slow, _ := read(iotest.OneByteReader(bytes.NewReader(data)))
		if once != slow || n > int64(len(data)) {
			t.Errorf("%d bytes of events at once, %d byte by byte; %d of %d bytes read", len(once), len(slow), n, len(data))
		}
	})
}
