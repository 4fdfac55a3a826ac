package event

import "fmt"

// Voxels makes frames of shape (bins, height, width): each event adds +1 or -1, by its polarity, shared between the two
// bins whose times are next to its own; the first bin is the frame's beginning, the last one its end. Live frames take
// the times of their first and last event. It needs the sensor's size.
//
// Source: A. Z. Zhu et al., "Unsupervised event-based learning of optical flow, depth, and egomotion", CVPR 2019,
// equations 1 and 2.
func (s *Stream) Voxels(bins int) *Stream {
	s.mustSize("Voxels")
	if bins < 1 || bins > 1<<12 {
		panic(fmt.Sprintf("event.Stream.Voxels: %d, want 1 to 4096 bins", bins))
	}
	if s.o.twoChannel {
		panic("event.Stream.Voxels: voxels have signs instead of the channels of TwoChannel")
	}
	return s.show(&voxels{bins: bins})
}

type voxels struct {
	raster
	bins int
}

func (v *voxels) shape(frame []int) []int { return append([]int{v.bins}, frame...) }

func (v *voxels) reset(p raster) { v.raster = p }

func (v *voxels) add(img []float32, events []Event, from, to int64) {
	scale := float64(v.bins-1) / float64(max(1, to-from))
	plane := v.w * v.h
	for k := range events {
		e := &events[k]
		i, ok := v.at(e)
		if !ok {
			continue
		}
		sign := float32(2*int(e.On) - 1)
		t := max(0, float64(e.T-from)*scale) // late events count at the beginning
		bin := min(int(t), v.bins-1)
		right := float32(t - float64(bin))
		img[bin*plane+i] += sign * (1 - right)
		if right > 0 && bin+1 < v.bins {
			img[(bin+1)*plane+i] += sign * right
		}
	}
}

func (v *voxels) finish([]float32, int64) {}
