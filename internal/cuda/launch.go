package cuda

import (
	"fmt"
	"math"
)

// Grid is how many threads run a kernel: blocks along three axes, threads of a block along three, and the bytes of
// shared memory that a block gets beside what the kernel declares. An axis of 0 counts as 1.
type Grid struct {
	X, Y, Z                int
	BlockX, BlockY, BlockZ int
	Shared                 int
}

// Block is the length of the blocks of Over.
const Block = 256

// Over is a grid for n independent elements. Kernels loop over what the grid does not cover.
func Over(n int) Grid {
	return Grid{X: min(max((n+Block-1)/Block, 1), 1<<16), BlockX: Block}
}

// Filled is g with each axis of 0 made 1.
func (g Grid) Filled() Grid {
	for _, axis := range []*int{&g.X, &g.Y, &g.Z, &g.BlockX, &g.BlockY, &g.BlockZ} {
		if *axis == 0 {
			*axis = 1
		}
	}
	return g
}

// Shared memory in bytes that a block may have without asking the driver for more.
const maxShared = 48 << 10

// check holds a filled grid against the limits that all devices of compute capability 7.0 and later share.
func (g Grid) check(kernel string) error {
	for _, limit := range []struct {
		what    string
		is, max int
	}{
		{"x", g.X, math.MaxInt32},
		{"y", g.Y, 65535},
		{"z", g.Z, 65535},
		{"block x", g.BlockX, 1024},
		{"block y", g.BlockY, 1024},
		{"block z", g.BlockZ, 64},
	} {
		if limit.is < 1 || limit.is > limit.max {
			return fmt.Errorf("cuda: %s: grid has %s = %d; it goes from 1 to %d", kernel, limit.what, limit.is, limit.max)
		}
	}
	if threads := g.BlockX * g.BlockY * g.BlockZ; threads > 1024 {
		return fmt.Errorf("cuda: %s: a block has %d threads; 1024 is the most", kernel, threads)
	}
	if g.Shared < 0 || g.Shared > maxShared {
		return fmt.Errorf("cuda: %s: %d bytes of shared memory; %d is the most", kernel, g.Shared, maxShared)
	}
	return nil
}

// Arg is one argument of a kernel: a cell of 8 bytes, of which Size count.
type Arg struct {
	Bits   uint64
	Size   int
	Buffer Buffer // what Bits points to, nil for a number
}

// I32 passes an int, which must fit into 32 bits.
func I32(v int) Arg {
	if v != int(int32(v)) {
		panic(fmt.Sprintf("cuda: argument %d does not fit into 32 bits", v))
	}
	return Arg{Bits: uint64(uint32(int32(v))), Size: 4}
}

// I64 passes an int as 64 bits.
func I64(v int) Arg { return Arg{Bits: uint64(v), Size: 8} }

// F32 passes a float32.
func F32(v float32) Arg { return Arg{Bits: uint64(math.Float32bits(v)), Size: 4} }

// Pointer passes a buffer; nil is a null pointer.
func Pointer(b Buffer) Arg {
	if b == nil {
		return Arg{Size: 8}
	}
	return Arg{Bits: b.Address(), Size: 8, Buffer: b}
}

// CheckLaunch is what every driver asks before a launch on d: the grid within the limits, the arguments as many and as
// large as the kernel's parameters, and every buffer alive and on d.
func CheckLaunch(d Device, k Kernel, g Grid, args []Arg) error {
	if err := g.Filled().check(k.Name()); err != nil {
		return err
	}
	params := k.Params()
	if len(args) != len(params) {
		return fmt.Errorf("cuda: %s has %d parameters, not %d", k.Name(), len(params), len(args))
	}
	for i, a := range args {
		if a.Size != params[i] {
			return fmt.Errorf("cuda: %s: argument %d has %d bytes, the parameter %d", k.Name(), i, a.Size, params[i])
		}
		if a.Buffer == nil {
			continue
		}
		if err := CheckBuffer(d, a.Buffer); err != nil {
			return fmt.Errorf("%s: argument %d: %w", k.Name(), i, err)
		}
	}
	return nil
}

// CheckBuffer reports a buffer that was freed or is on another device than d.
func CheckBuffer(d Device, b Buffer) error {
	if b.Device() != d {
		return fmt.Errorf("cuda: a buffer of cuda:%d used on cuda:%d", b.Device().Info().Index, d.Info().Index)
	}
	return b.Live()
}
