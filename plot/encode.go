package plot

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"math"
)

// encode is a picture as a PNG file of a resolution. Speed comes first: a figure is drawn while somebody waits.
func encode(img *image.RGBA, dpi float64) ([]byte, error) {
	var b bytes.Buffer
	var from image.Image = img
	if p := paletted(img); p != nil {
		from = p
	}
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, from); err != nil {
		return nil, err
	}
	return withResolution(b.Bytes(), dpi), nil
}

// paletted is an opaque picture of at most 256 colours with a palette, which is a third of the bytes and needs no
// filters; nil if it has more colours.
func paletted(img *image.RGBA) *image.Paletted {
	out := image.NewPaletted(img.Rect, nil)
	number := map[uint32]uint8{}
	var last uint32 // a pixel of alpha 0: none
	var index uint8
	for i := range out.Pix {
		c := binary.BigEndian.Uint32(img.Pix[4*i:])
		if c != last {
			n, known := number[c]
			if !known {
				if len(number) == 256 || c&0xff != 0xff {
					return nil
				}
				n = uint8(len(number))
				number[c] = n
				out.Palette = append(out.Palette, color.RGBA{uint8(c >> 24), uint8(c >> 16), uint8(c >> 8), 0xff})
			}
			last, index = c, n
		}
		out.Pix[i] = index
	}
	return out
}

// withResolution puts a pHYs chunk behind the header of a PNG file (PNG specification, 11.3.4.3).
func withResolution(file []byte, dpi float64) []byte {
	const header = 8 + 12 + 13 // signature and IHDR
	perMetre := uint32(math.Round(dpi / 0.0254))
	chunk := append([]byte{0, 0, 0, 9}, "pHYs"...)
	chunk = binary.BigEndian.AppendUint32(chunk, perMetre)
	chunk = binary.BigEndian.AppendUint32(chunk, perMetre)
	chunk = append(chunk, 1)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	out := make([]byte, 0, len(file)+len(chunk))
	out = append(out, file[:header]...)
	out = append(out, chunk...)
	return append(out, file[header:]...)
}
