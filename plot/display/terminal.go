package display

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"sync"

	"golang.org/x/image/draw"
	xterm "golang.org/x/term"

	"github.com/livespike/livespike/plot/term"
)

// Terminal is a sink that draws pictures in a terminal, with their text as a caption below, and prints everything else
// as text. Updates replace what was displayed last, as long as nothing but this sink has written since; other displays
// are shown again below. It returns false if out is not a terminal that can draw.
func Terminal(out *os.File) (Sink, bool) {
	p := term.Detect(out)
	return &terminal{out: out, protocol: p, lines: newLines(os.Stdin)}, p != term.None
}

type terminal struct {
	out      *os.File
	protocol term.Protocol
	lines    *lines

	mu    sync.Mutex
	last  string // the id of what was displayed last
	rows  int    // that it takes, 0 if that is not known
	clear bool   // it goes when the next display comes
}

// Display draws the bundle below what is there.
func (t *terminal) Display(b Bundle, id string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.clear {
		t.rows = 0
	}
	return t.draw(b, id)
}

// Update draws the bundle in the place of the last, if it has the same id.
func (t *terminal) Update(b Bundle, id string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if id != t.last && !t.clear {
		t.rows = 0
	}
	return t.draw(b, id)
}

// draw writes picture and text over the last rows lines, all at once so that nothing flickers.
func (t *terminal) draw(b Bundle, id string) error {
	var text bytes.Buffer
	text.WriteString(t.erase())
	cols, height, err := xterm.GetSize(int(t.out.Fd()))
	if err != nil {
		cols, height = 80, 24
	}
	rows, known := 0, true
	if img := picture(b); img != nil {
		img = t.atScale(img, b)
		if err := term.Write(page{&text, t.out}, img, t.protocol, cols-1); err != nil {
			return err
		}
		rows = term.Rows(t.out, img, t.protocol, cols-1)
		known = rows > 0
	}
	if b.Text() != "" {
		text.WriteString(b.Text() + "\n")
		rows += lineCount(b.Text(), cols)
	}
	if !known || rows >= height {
		rows = 0
	}
	t.last, t.rows, t.clear = id, rows, false
	_, err = t.out.Write(text.Bytes())
	return err
}

// page collects what goes to a terminal.
type page struct {
	*bytes.Buffer
	terminal *os.File
}

// Fd lets package term ask for the size of characters.
func (p page) Fd() uintptr { return p.terminal.Fd() }

// atScale makes a picture that is meant for two pixels a CSS pixel smaller where the terminal has one: where its
// characters are small, or it does not say.
func (t *terminal) atScale(img image.Image, b Bundle) image.Image {
	size, ok := b.Metadata["image/png"].(map[string]int)
	wide, _ := term.CellSize(t.out.Fd())
	if !ok || !t.protocol.Graphics() || wide >= 14 || size["width"] >= img.Bounds().Dx() || size["width"] < 1 || size["height"] < 1 {
		return img
	}
	small := image.NewRGBA(image.Rect(0, 0, size["width"], size["height"]))
	draw.BiLinear.Scale(small, small.Rect, img, img.Bounds(), draw.Src, nil)
	return small
}

// erase moves to the first of the last rows and clears from there on.
func (t *terminal) erase() string {
	if t.rows == 0 {
		return ""
	}
	return fmt.Sprintf("\x1b[%dA\r\x1b[J", t.rows)
}

// Clear removes what was displayed last.
func (t *terminal) Clear(wait bool) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if wait {
		t.clear = t.rows > 0
		return nil
	}
	_, err := t.out.WriteString(t.erase())
	t.rows, t.clear = 0, false
	return err
}

// Input reads a line from standard input; a secret one is not echoed.
func (t *terminal) Input(prompt string, secret bool) (string, error) {
	t.mu.Lock()
	t.rows, t.clear = 0, false
	t.mu.Unlock()
	if _, err := t.out.WriteString(prompt); err != nil {
		return "", err
	}
	if in := int(os.Stdin.Fd()); secret && xterm.IsTerminal(in) {
		text, err := xterm.ReadPassword(in)
		t.out.WriteString("\n")
		return string(text), err
	}
	return t.lines.next()
}

// picture is the bundle's image, or nil.
func picture(b Bundle) image.Image {
	if b.PNG() == nil {
		return nil
	}
	img, err := png.Decode(bytes.NewReader(b.PNG()))
	if err != nil {
		report(fmt.Errorf("image/png: %w", err))
		return nil
	}
	return img
}

// lineCount is the number of lines that a text takes in a terminal of a width. Wide characters are not known here; a
// line that has them may be taken for shorter than it is.
func lineCount(text string, cols int) int {
	n := 0
	for line := range bytes.SplitSeq([]byte(text), []byte("\n")) {
		n += 1 + max(0, len(bytes.Runes(line))-1)/max(cols, 1)
	}
	return n
}
