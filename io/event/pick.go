package event

import "fmt"

// picker is the options Crop, FlipX and FlipY, applied in place.
type picker struct {
	active       bool
	crop         bool
	x, y, w, h   int
	flipX, flipY bool
	width        int
	height       int
	outside      int64 // events outside the sensor, which cannot be mirrored
}

func newPicker(o *options, info *Info) (picker, error) {
	p := picker{flipX: o.flipX, flipY: o.flipY, width: info.Width, height: info.Height}
	p.x, p.y, p.w, p.h = o.crop[0], o.crop[1], o.crop[2], o.crop[3]
	p.crop = p.w > 0
	p.active = p.crop || p.flipX || p.flipY
	if (p.flipX || p.flipY) && info.Width == 0 {
		return p, fmt.Errorf("event: the source does not say its size, which FlipX and FlipY need; add event.Size(width, height)")
	}
	if p.crop {
		if info.Width > 0 && (p.x+p.w > info.Width || p.y+p.h > info.Height) {
			return p, fmt.Errorf("event: Crop(%d, %d, %d, %d) is not inside %dx%d", p.x, p.y, p.w, p.h, info.Width, info.Height)
		}
		info.Width, info.Height = p.w, p.h
	}
	if p.flipY {
		info.LowerLeft = !info.LowerLeft
	}
	return p, nil
}

// apply mirrors the whole sensor, then crops.
func (p *picker) apply(events []Event) []Event {
	n := 0
	for _, e := range events {
		x, y := int(e.X), int(e.Y)
		if p.flipX || p.flipY {
			if x >= p.width || y >= p.height {
				p.outside++
				continue
			}
			if p.flipX {
				x = p.width - 1 - x
			}
			if p.flipY {
				y = p.height - 1 - y
			}
		}
		if p.crop {
			x, y = x-p.x, y-p.y
			if uint(x) >= uint(p.w) || uint(y) >= uint(p.h) {
				continue
			}
		}
		e.X, e.Y = uint16(x), uint16(y)
		events[n] = e
		n++
	}
	return events[:n]
}
