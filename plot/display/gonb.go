package display

import (
	"fmt"
	"sync"
	"time"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// gonb is the sink of programs that GoNB runs: one program per cell.
type gonb struct {
	lines  *lines
	failed sync.Once
}

func (g *gonb) Display(b Bundle, id string) error {
	g.send(b, id)
	return g.sync()
}

// Update is the same message: the notebook shows the first of an id and replaces it with later ones.
func (g *gonb) Update(b Bundle, id string) error {
	g.send(b, id)
	return g.err()
}

func (g *gonb) send(b Bundle, id string) {
	gonbui.SendData(&protocol.DisplayData{Data: gonbData(b), Metadata: gonbMetadata(b), DisplayID: id})
}

// gonbData leaves out what is neither string nor bytes, JSON that is: GoNB's pipe breaks for good on types that its
// library did not register. An SVG that is the only picture goes into HTML, as exports lose it otherwise.
func gonbData(b Bundle) map[protocol.MIMEType]any {
	data := make(map[protocol.MIMEType]any, len(b.Data))
	for mime, content := range b.Data {
		switch content.(type) {
		case string, []byte:
			data[protocol.MIMEType(mime)] = content
		}
	}
	svg, ok := data[protocol.MIMEImageSVG].(string)
	if !ok {
		return data
	}
	delete(data, protocol.MIMEImageSVG)
	if data[protocol.MIMETextHTML] == nil && data[protocol.MIMEImagePNG] == nil {
		data[protocol.MIMETextHTML] = fmt.Sprintf("<div>%s</div>", svg)
	}
	return data
}

// gonbMetadata keeps the sizes of pictures, of the types that the pipe can carry.
func gonbMetadata(b Bundle) map[string]any {
	var meta map[string]any
	for mime, about := range b.Metadata {
		if size, ok := about.(map[string]int); ok {
			if meta == nil {
				meta = map[string]any{}
			}
			meta[mime] = size
		}
	}
	return meta
}

// sync waits until the notebook has the display, as the program may be about to end; not for long, as gonbui waits for
// ever when its pipe is broken.
func (g *gonb) sync() error {
	done := make(chan struct{})
	go func() {
		gonbui.Sync()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(2 * time.Second):
	}
	return g.err()
}

// err is gonbui's error, once.
func (g *gonb) err() (err error) {
	if e := gonbui.Error(); e != nil {
		g.failed.Do(func() { err = fmt.Errorf("GoNB: %w", e) })
	}
	return err
}

// Clear does nothing: GoNB has no such message.
func (g *gonb) Clear(bool) error { return nil }

// Input opens the notebook's input field, whose text arrives on standard input.
func (g *gonb) Input(prompt string, secret bool) (string, error) {
	gonbui.RequestInput(prompt, secret)
	return g.lines.next()
}
