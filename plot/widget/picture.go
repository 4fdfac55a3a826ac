package widget

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
)

// Picture is an image that can be replaced. Its bytes travel as they are, without base64.
type Picture struct {
	*model
	size image.Point
}

// NewPicture shows an image.
func NewPicture(img image.Image) *Picture {
	return &Picture{control("Image", "", map[string]any{"format": "png", "width": "", "height": ""},
		map[string][]byte{"value": encode(img)}, nil), img.Bounds().Size()}
}

// Set replaces the image.
func (p *Picture) Set(img image.Image) {
	p.mu.Lock()
	p.buffers["value"], p.size = encode(img), img.Bounds().Size()
	p.mu.Unlock()
	_ = p.send("update", "value") // what was closed shows nothing any more
}

// String is the size.
func (p *Picture) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return fmt.Sprintf("picture %d×%d", p.size.X, p.size.Y)
}

// encode panics for what PNG cannot hold: an image without pixels, or one above 2³² on a side.
func encode(img image.Image) []byte {
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, img); err != nil {
		panic(fmt.Sprintf("widget: %v", err))
	}
	return b.Bytes()
}
