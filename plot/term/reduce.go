package term

import (
	"image"
	"image/color"
)

// reduce is an image on white made smaller for characters, of which there are few: each pixel is the average of those it
// stands for, but where most of them have one colour, as the paper around a thin line, the others count for more, so
// that lines and marks stay visible.
func reduce(img image.Image, w, h int) *image.RGBA {
	size := img.Bounds().Size()
	from := resize(img, size.X, size.Y)
	if size.X <= w && size.Y <= h {
		return resize(from, w, h)
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			box := image.Rect(x*size.X/w, y*size.Y/h, (x+1)*size.X/w, (y+1)*size.Y/h)
			box.Max.X, box.Max.Y = max(box.Max.X, box.Min.X+1), max(box.Max.Y, box.Min.Y+1)
			out.SetRGBA(x, y, essence(from, box))
		}
	}
	return out
}

// gain is how much more a thin thing counts than its area.
const gain = 4

// essence is the colour that stands for a box.
func essence(img *image.RGBA, box image.Rectangle) color.RGBA {
	paper, common := majority(img, box)
	var sum [3]int
	n := 0
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			if c := img.RGBAAt(x, y); c != paper {
				sum[0], sum[1], sum[2] = sum[0]+int(c.R), sum[1]+int(c.G), sum[2]+int(c.B)
				n++
			}
		}
	}
	if n == 0 {
		return paper
	}
	total := box.Dx() * box.Dy()
	share := float64(n) / float64(total)
	if 2*common > total { // there is a paper
		share = min(gain*share, max(share, 0.8))
	}
	mix := func(paper uint8, sum int) uint8 {
		return uint8(float64(paper)*(1-share) + float64(sum)/float64(n)*share + 0.5)
	}
	return color.RGBA{mix(paper.R, sum[0]), mix(paper.G, sum[1]), mix(paper.B, sum[2]), 255}
}

// majority is the colour of more than half of a box's pixels, if there is one, and how many have it (Boyer and Moore).
func majority(img *image.RGBA, box image.Rectangle) (c color.RGBA, n int) {
	votes := 0
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			switch at := img.RGBAAt(x, y); {
			case votes == 0:
				c, votes = at, 1
			case at == c:
				votes++
			default:
				votes--
			}
		}
	}
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			if img.RGBAAt(x, y) == c {
				n++
			}
		}
	}
	return c, n
}
