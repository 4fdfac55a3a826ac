package plot

import (
	"bytes"
	"image/png"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/livespike/livespike/plot/display"
	"github.com/livespike/livespike/snn/tensor"
)

// A browser gets the page, and the stream that it names ends with the last image, which is the one on the screen.
func TestLiveServe(t *testing.T) {
	host := &screen{}
	defer display.SetSink(host)()
	view := Live().Rate(60)
	address, err := view.Serve("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	page, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(page.Body)
	page.Body.Close()
	if err != nil || !strings.Contains(string(text), `src="stream"`) {
		t.Errorf("the page is %q, %v", text, err)
	}
	if _, err := view.Serve("127.0.0.1:0"); err == nil {
		t.Error("a view was served twice")
	}
	view.Show(tensor.Eye(3)) // so that the response begins
	response, err := http.Get(address + "stream")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	kind, parameters, err := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/x-mixed-replace" {
		t.Fatalf("the stream is %s, %v", kind, err)
	}
	view.Show(tensor.Of(1, 0, 0, 2).Reshape(2, 2))
	go view.Stop()
	var last []byte
	for parts := multipart.NewReader(response.Body, parameters["boundary"]); ; {
		part, err := parts.NextPart()
		if err != nil {
			break
		}
		// The stream has no closing boundary: the last part ends with the connection.
		if data, _ := io.ReadAll(part); len(data) > 0 {
			last = data
		}
	}
	got, err := png.Decode(bytes.NewReader(last))
	if err != nil {
		t.Fatal(err)
	}
	want, err := png.Decode(bytes.NewReader(host.pictures[len(host.pictures)-1]))
	if err != nil {
		t.Fatal(err)
	}
	// The screen's picture is enlarged; the corners have the same colours.
	size, big := got.Bounds().Max, want.Bounds().Max
	if size.X == 0 || got.At(0, 0) == got.At(size.X-1, 0) || got.At(size.X-1, size.Y-1) != want.At(big.X-1, big.Y-1) {
		t.Errorf("the last picture is %v, on the screen it is %v", got.At(size.X-1, size.Y-1), want.At(big.X-1, big.Y-1))
	}
	<-view.done
}

func TestLiveServeBadAddress(t *testing.T) {
	defer display.SetSink(&screen{})()
	view := Live()
	defer view.Stop()
	if _, err := view.Serve("nowhere:x"); err == nil || !strings.HasPrefix(err.Error(), "plot: live view: ") {
		t.Errorf("%v", err)
	}
}
