package term

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"math"

	xdraw "golang.org/x/image/draw"
)

// ErrNone is what Write returns for None.
var ErrNone = errors.New("term: not a terminal that can draw")

// Write draws an image into a terminal of so many columns (80 if cols is less than 1) and ends with a line break. Wider
// images are made smaller; none is enlarged, nor higher than the terminal is wide. Transparent parts are white. If the
// writer has a file descriptor, as an os.File has, its terminal is asked for the size of its characters. It returns
// ErrNone for None and the writer's errors.
func Write(w io.Writer, img image.Image, p Protocol, cols int) error {
	if img.Bounds().Empty() {
		return nil
	}
	pl := plan(w, img, p, cols)
	b := bufio.NewWriterSize(w, 1<<16)
	var err error
	switch p {
	case Sixel:
		writeSixel(b, resize(img, pl.w, pl.h))
	case Kitty:
		err = writeKitty(b, img, pl)
	case ITerm2:
		err = writeITerm2(b, img, pl)
	case Blocks, Blocks256:
		writeBlocks(b, reduce(img, pl.w, pl.h), p == Blocks)
	case ASCII:
		writeASCII(b, reduce(img, pl.w, pl.h))
	default:
		return ErrNone
	}
	if err == nil {
		err = b.Flush()
	}
	if err != nil {
		return fmt.Errorf("term: %w", err)
	}
	return nil
}

// Rows is the number of lines that Write uses, or 0 if that is not known: with graphics on a terminal that does not
// tell the size of its characters.
func Rows(w io.Writer, img image.Image, p Protocol, cols int) int {
	if img.Bounds().Empty() {
		return 0
	}
	return plan(w, img, p, cols).rows
}

// placed is where an image goes: its size in pixels, and in characters if known.
type placed struct{ w, h, cols, rows int }

// plan fits an image into a terminal.
func plan(w io.Writer, img image.Image, p Protocol, cols int) placed {
	if cols < 1 {
		cols = 80
	}
	size := img.Bounds().Size()
	switch p {
	case Blocks, Blocks256:
		fw, fh := fit(size, cols, 2*cols)
		return placed{fw, fh, fw, (fh + 1) / 2}
	case ASCII:
		// A character is about twice as high as wide.
		fw, fh := fit(size, cols, 2*cols)
		return placed{fw, (fh + 1) / 2, fw, (fh + 1) / 2}
	}
	cellW, cellH := 0, 0
	if out, ok := w.(interface{ Fd() uintptr }); ok {
		cellW, cellH = CellSize(out.Fd())
	}
	if cellW == 0 || cellH == 0 {
		const usual = 10
		fw, fh := fit(size, cols*usual, cols*usual)
		return placed{w: fw, h: fh}
	}
	fw, fh := fit(size, cols*cellW, cols*cellW)
	return placed{fw, fh, (fw + cellW - 1) / cellW, (fh + cellH - 1) / cellH}
}

// fit shrinks a size to limits.
func fit(size image.Point, w, h int) (int, int) {
	f := min(1, float64(w)/float64(size.X), float64(h)/float64(size.Y))
	scaled := func(n int) int { return max(1, int(math.Round(f*float64(n)))) }
	return scaled(size.X), scaled(size.Y)
}

// resize is an image on white in another size, by averages.
func resize(img image.Image, w, h int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	xdraw.Draw(out, out.Rect, image.White, image.Point{}, xdraw.Src)
	if size := img.Bounds().Size(); size.X == w && size.Y == h {
		xdraw.Draw(out, out.Rect, img, img.Bounds().Min, xdraw.Over)
		return out
	}
	xdraw.BiLinear.Scale(out, out.Rect, img, img.Bounds(), xdraw.Over, nil)
	return out
}

// encode is a PNG file for a terminal that scales pictures to characters; else it has the size in pixels. It is fast
// rather than small: the way is short.
func encode(img image.Image, pl placed) ([]byte, error) {
	if size := img.Bounds().Size(); pl.cols > 0 {
		pl.w, pl.h = size.X, size.Y
	}
	if o, ok := img.(interface{ Opaque() bool }); !ok || !o.Opaque() || img.Bounds().Size() != image.Pt(pl.w, pl.h) {
		img = resize(img, pl.w, pl.h)
	}
	var b bytes.Buffer
	err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, img)
	return b.Bytes(), err
}

// writeKitty sends a PNG file in pieces of 4096 bytes, as the protocol asks, and no answers are wanted (q=2).
// Source: https://sw.kovidgoyal.net/kitty/graphics-protocol/.
func writeKitty(w *bufio.Writer, img image.Image, pl placed) error {
	file, err := encode(img, pl)
	if err != nil {
		return err
	}
	keys := "a=T,f=100,q=2,"
	if pl.cols > 0 {
		keys += fmt.Sprintf("c=%d,r=%d,", pl.cols, pl.rows)
	}
	const piece = 4096
	for text := base64.StdEncoding.EncodeToString(file); ; keys = "" {
		n, more := min(piece, len(text)), 0
		if n < len(text) {
			more = 1
		}
		fmt.Fprintf(w, "\x1b_G%sm=%d;%s\x1b\\", keys, more, text[:n])
		if text = text[n:]; more == 0 {
			break
		}
	}
	w.WriteByte('\n')
	return nil
}

// writeITerm2 sends a PNG file inline. Source: https://iterm2.com/documentation-images.html.
func writeITerm2(w *bufio.Writer, img image.Image, pl placed) error {
	file, err := encode(img, pl)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\x1b]1337;File=inline=1;size=%d", len(file))
	if pl.cols > 0 {
		fmt.Fprintf(w, ";width=%d;height=%d", pl.cols, pl.rows)
	}
	fmt.Fprintf(w, ":%s\a\n", base64.StdEncoding.EncodeToString(file))
	return nil
}
