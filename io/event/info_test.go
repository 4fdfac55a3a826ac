package event

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

// The table is well-formed whatever the camera is called, and leaves out what is not known.
func TestInfoHTML(t *testing.T) {
	for _, c := range []struct {
		info Info
		want string
	}{
		{Info{Format: "evt3", Width: 4, Height: 3, Camera: "<b>&", Events: 2, First: 1, Last: 2_000_001}, "format|evt3|size|4 × 3|camera|<b>&|events|2|length|2s"},
		{Info{Format: "sim", Events: -1, Live: true}, "format|sim|live|yes"},
	} {
		page, err := c.info.HTML()
		if err != nil {
			t.Fatal(err)
		}
		var texts []string
		decoder := xml.NewDecoder(strings.NewReader(page))
		for {
			token, err := decoder.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%v in %s", err, page)
			}
			if text, ok := token.(xml.CharData); ok {
				texts = append(texts, string(text))
			}
		}
		if got := strings.Join(texts, "|"); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
