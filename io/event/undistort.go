package event

import (
	"fmt"
	"math"

	"github.com/livespike/livespike/snn/tensor"
)

// Undistort moves each pixel's events to where a lens without distortion would show them, as Remap does. fx, fy, cx and cy
// are the focal lengths and the principal point of the calibrated camera in pixels, k what it distorts, as OpenCV's
// calibration orders them: k1, k2, p1, p2, k3, k4, k5, k6; those left out are 0.
//
// Source: D. C. Brown, "Close-Range Camera Calibration", 1971, with the rational model of OpenCV's calib3d.
func (s *Stream) Undistort(fx, fy, cx, cy float64, k ...float64) *Stream {
	w, h := s.mustSize("Undistort")
	if !(fx > 0 && fy > 0) || len(k) > 8 {
		panic(fmt.Sprintf("event.Stream.Undistort: focal lengths %v and %v with %d coefficients, want more than 0, and at most 8", fx, fy, len(k)))
	}
	l := lens{fx: fx, fy: fy, cx: cx, cy: cy}
	copy(l.k[:], k)
	to := tensor.Zeros(h, w, 2)
	for i, v := 0, to.Data(); i < w*h; i++ {
		x, y := l.straight(float64(i%w), float64(i/w))
		v[2*i], v[2*i+1] = float32(x), float32(y)
	}
	return s.Remap(to)
}

// lens is a camera's model.
type lens struct {
	fx, fy, cx, cy float64
	k              [8]float64
}

// bent is where the model shows what is at x, y, in focal lengths from the principal point.
func (l *lens) bent(x, y float64) (float64, float64) {
	radial, dx, dy := l.terms(x, y)
	return x*radial + dx, y*radial + dy
}

// terms are the radial factor and the tangential offset of the model.
func (l *lens) terms(x, y float64) (radial, dx, dy float64) {
	k, r := &l.k, x*x+y*y
	radial = (1 + r*(k[0]+r*(k[1]+r*k[4]))) / (1 + r*(k[5]+r*(k[6]+r*k[7])))
	return radial, 2*k[2]*x*y + k[3]*(r+2*x*x), k[2]*(r+2*y*y) + 2*k[3]*x*y
}

// straight is where the pixel u, v belongs. The model has no inverse in closed form; its steps come closer where the
// model means anything, and elsewhere the pixel belongs nowhere, which is NaN.
func (l *lens) straight(u, v float64) (float64, float64) {
	x0, y0 := (u-l.cx)/l.fx, (v-l.cy)/l.fy
	x, y := x0, y0
	for range 100 {
		radial, dx, dy := l.terms(x, y)
		fromX, fromY := x, y
		if x, y = (x0-dx)/radial, (y0-dy)/radial; math.Abs(x-fromX)+math.Abs(y-fromY) < 1e-12 {
			break
		}
	}
	bx, by := l.bent(x, y)
	if !(math.Abs(bx-x0)*l.fx < 0.1 && math.Abs(by-y0)*l.fy < 0.1) {
		return math.NaN(), math.NaN()
	}
	return x*l.fx + l.cx, y*l.fy + l.cy
}
