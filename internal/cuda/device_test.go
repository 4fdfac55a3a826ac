package cuda_test

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/livespike/livespike/internal/cuda"
	"github.com/livespike/livespike/internal/cuda/ptx"
)

// device is the one that LIVESPIKE_DEVICE names, cuda:0 for the first, or nil. All comparisons with the CPU then run on it
// and not in the interpreter:
//
//	LIVESPIKE_DEVICE=cuda:0 go test -tags cuda ./internal/cuda
var device = sync.OnceValues(func() (cuda.Device, error) {
	number, ok := strings.CutPrefix(os.Getenv("LIVESPIKE_DEVICE"), "cuda:")
	if !ok {
		return nil, nil
	}
	i, err := strconv.Atoi(number)
	if err != nil {
		return nil, err
	}
	return cuda.Open(i)
})

// runOnDevice copies the buffers among the arguments to the device, launches the kernel there and copies them back.
func runOnDevice(d cuda.Device, name string, mem *ptx.Memory, g ptx.Grid, args []ptx.Arg) (err error) {
	k, err := d.Kernel(name)
	if err != nil {
		return err
	}
	s, err := d.Stream()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	there := map[*ptx.Buffer]cuda.Buffer{}
	list := make([]cuda.Arg, len(args))
	for i, a := range args {
		list[i] = cuda.Arg{Bits: a.Bits, Size: a.Size}
		b := mem.At(a.Bits)
		if a.Size != 8 || b == nil {
			continue
		}
		if there[b] == nil {
			buffer, err := d.Alloc(max(b.Len(), 16))
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, buffer.Free()) }()
			there[b] = buffer
			if err := s.Upload(buffer.Slice(0, b.Len()), b.Content()); err != nil {
				return err
			}
		}
		list[i] = cuda.Pointer(there[b])
	}
	if err := s.Launch(k, cuda.Grid{X: g.X, Y: g.Y, Z: g.Z, BlockX: g.BlockX, BlockY: g.BlockY, BlockZ: g.BlockZ}, list...); err != nil {
		return err
	}
	if err := s.Sync(); err != nil {
		return err
	}
	for b, buffer := range there {
		if err := s.Download(b.Content(), buffer.Slice(0, b.Len())); err != nil {
			return err
		}
		b.Filled(0, b.Len())
	}
	return nil
}

// TestDevice says where the comparisons of this run take place.
func TestDevice(t *testing.T) {
	d, err := device()
	switch {
	case err != nil:
		t.Fatal(err)
	case d == nil:
		t.Log("kernels run in the PTX interpreter; LIVESPIKE_DEVICE=cuda:0 and the build tag cuda run them on a GPU")
	default:
		t.Logf("kernels run on %v, driver %s", d.Info(), d.Info().Driver)
	}
}
