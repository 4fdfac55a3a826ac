package ptx

import (
	"errors"
	"fmt"
	"math"
)

// Grid is the size of a launch; an axis of 0 counts as 1.
type Grid struct{ X, Y, Z, BlockX, BlockY, BlockZ int }

func (g Grid) check() (Grid, error) {
	for _, axis := range []struct {
		n   *int
		max int
	}{{&g.X, math.MaxInt32}, {&g.Y, 65535}, {&g.Z, 65535}, {&g.BlockX, 1024}, {&g.BlockY, 1024}, {&g.BlockZ, 64}} {
		if *axis.n == 0 {
			*axis.n = 1
		}
		if *axis.n < 1 || *axis.n > axis.max {
			return g, fmt.Errorf("ptx: an axis of the grid is %d; it goes from 1 to %d", *axis.n, axis.max)
		}
	}
	if n := g.BlockX * g.BlockY * g.BlockZ; n > 1024 {
		return g, fmt.Errorf("ptx: a block of %d threads; 1024 is the most", n)
	}
	return g, nil
}

// Arg is an argument: its bits and its size in bytes.
type Arg struct {
	Bits uint64
	Size int
}

// Ptr passes a buffer's address, nil as a null pointer.
func Ptr(b *Buffer) Arg {
	if b == nil {
		return Arg{0, 8}
	}
	return Arg{b.base, 8}
}

// I32 passes a number of 32 bits.
func I32(v int) Arg { return Arg{uint64(uint32(v)), 4} }

// F32 passes a float32.
func F32(v float32) Arg { return Arg{uint64(math.Float32bits(v)), 4} }

// Fault is what went wrong in a kernel, and where.
type Fault struct {
	Kernel        string
	Line          int    // of the text
	Instruction   string // there
	Block, Thread [3]int
	What          string
}

func (f *Fault) Error() string {
	return fmt.Sprintf("ptx: %s: line %d: %s: block %v thread %v: %s", f.Kernel, f.Line, f.Instruction, f.Block, f.Thread, f.What)
}

// maxSteps is how many instructions a thread may execute.
const maxSteps = 1 << 22

// launch is one Run.
type launch struct {
	entry   *Entry
	mem     *Memory
	grid    Grid
	args    []Arg
	touched []*Buffer
}

// block is the threads that run together.
type block struct {
	run      *launch
	number   int32
	size     int32
	at       [3]int
	barriers int32 // how many it has passed
	shared   *Buffer
	threads  []thread
}

type status byte

const (
	running status = iota
	atBarrier
	voting
	done
)

// thread is one thread. Its registers are the entry's slots.
type thread struct {
	r      []uint64
	pc     int
	steps  int
	id     int32 // from 1
	at     [3]int
	status status
	block  *block
}

// fail ends the launch.
func (t *thread) fail(format string, args ...any) {
	f := &Fault{Kernel: t.block.run.entry.Name, Block: t.block.at, Thread: t.at, What: fmt.Sprintf(format, args...)}
	if s := t.block.run.entry.code; t.pc > 0 && t.pc <= len(s) {
		f.Line, f.Instruction = s[t.pc-1].line, s[t.pc-1].String()
	}
	panic(f)
}

// Run executes the kernel over a grid. The error is a *Fault if a thread did what it must not; the memory then holds what
// was written until there.
func (e *Entry) Run(mem *Memory, g Grid, args ...Arg) (err error) {
	if g, err = g.check(); err != nil {
		return err
	}
	if len(args) != len(e.Params) {
		return fmt.Errorf("ptx: %s has %d parameters, not %d", e.Name, len(e.Params), len(args))
	}
	for k, a := range args {
		if a.Size != e.Params[k] {
			return fmt.Errorf("ptx: %s: argument %d has %d bytes, the parameter %d", e.Name, k, a.Size, e.Params[k])
		}
	}
	l := &launch{entry: e, mem: mem, grid: g, args: args}
	defer func() {
		for _, b := range l.touched {
			b.marks = nil
		}
		if r := recover(); r != nil {
			f, ok := r.(*Fault)
			if !ok {
				panic(r)
			}
			err = f
		}
	}()
	size := g.BlockX * g.BlockY * g.BlockZ
	if e.most > 0 && size > e.most {
		return fmt.Errorf("ptx: %s: a block of %d threads; it is made for %d", e.Name, size, e.most)
	}
	if total := float64(size) * float64(g.X) * float64(g.Y) * float64(g.Z); total > math.MaxInt32/2 {
		return errors.New("ptx: more than 2³⁰ threads")
	}
	b := &block{run: l, size: int32(size), threads: make([]thread, size)}
	regs := make([]uint64, e.slots*size)
	for z := range g.Z {
		for y := range g.Y {
			for x := range g.X {
				b.at = [3]int{x, y, z}
				b.start(regs)
				b.execute()
				b.number++
			}
		}
	}
	return nil
}

// start makes the threads fresh.
func (b *block) start(regs []uint64) {
	e, g := b.run.entry, b.run.grid
	clear(regs)
	b.barriers = 0
	b.shared = nil
	if e.Shared > 0 {
		b.shared = &Buffer{name: "shared memory", data: make([]byte, e.Shared), written: make([]bool, e.Shared)}
	}
	for k := range b.threads {
		t := &b.threads[k]
		*t = thread{
			r: regs[k*e.slots:][:e.slots], id: b.number*b.size + int32(k) + 1, block: b,
			at: [3]int{k % g.BlockX, k / g.BlockX % g.BlockY, k / g.BlockX / g.BlockY},
		}
		copy(t.r[e.slots-len(e.consts):], e.consts)
		for name, slot := range e.special {
			t.r[slot] = uint64(b.value(name, t))
		}
	}
}

// value is a special register's.
func (b *block) value(name string, t *thread) int {
	g := b.run.grid
	switch name {
	case "%tid.x":
		return t.at[0]
	case "%tid.y":
		return t.at[1]
	case "%tid.z":
		return t.at[2]
	case "%ntid.x":
		return g.BlockX
	case "%ntid.y":
		return g.BlockY
	case "%ntid.z":
		return g.BlockZ
	case "%ctaid.x":
		return b.at[0]
	case "%ctaid.y":
		return b.at[1]
	case "%ctaid.z":
		return b.at[2]
	case "%nctaid.x":
		return g.X
	case "%nctaid.y":
		return g.Y
	case "%nctaid.z":
		return g.Z
	case "%laneid":
		return int(t.id-1) % int(b.size) % 32
	}
	return -1
}

// specials are the names that value knows.
var specials = map[string]bool{
	"%tid.x": true, "%tid.y": true, "%tid.z": true, "%ntid.x": true, "%ntid.y": true, "%ntid.z": true,
	"%ctaid.x": true, "%ctaid.y": true, "%ctaid.z": true, "%nctaid.x": true, "%nctaid.y": true, "%nctaid.z": true,
	"%laneid": true,
}

const warp = 32

// execute runs the threads to the end: each until it has to wait, warp after warp, and then all on over the barrier.
func (b *block) execute() {
	for {
		waiting := 0
		for from := 0; from < len(b.threads); from += warp {
			waiting += b.runWarp(b.threads[from:min(from+warp, len(b.threads))])
		}
		if waiting == 0 {
			return
		}
		b.passBarrier(waiting)
	}
}

// runWarp runs the threads of a warp until they are done or at a barrier, and says how many are there.
func (b *block) runWarp(threads []thread) int {
	for {
		voters, waiting := 0, 0
		for k := range threads {
			t := &threads[k]
			if t.status == running {
				t.run()
			}
			switch t.status {
			case voting:
				voters++
			case atBarrier:
				waiting++
			}
		}
		if voters == 0 {
			return waiting
		}
		vote(threads, voters)
	}
}

// run goes on until the thread has to wait or ends.
func (t *thread) run() {
	ops := t.block.run.entry.ops
	for t.status == running {
		if t.pc >= len(ops) {
			t.fail("ran behind the last instruction")
		}
		if t.steps++; t.steps > maxSteps {
			t.fail("more than %d steps", maxSteps)
		}
		t.pc++
		ops[t.pc-1](t)
	}
}

// passBarrier lets the block on if all its threads wait at one barrier.
func (b *block) passBarrier(waiting int) {
	var first *thread
	for k := range b.threads {
		t := &b.threads[k]
		if t.status != atBarrier {
			continue
		}
		if first == nil {
			first = t
		}
		if waiting != len(b.threads) {
			t.fail("divergence: %d of %d threads are at the barrier, the others ended", waiting, len(b.threads))
		}
		if t.pc != first.pc {
			t.fail("divergence: another thread waits at another barrier")
		}
		t.status = running
	}
	b.barriers++
}

// vote gives each thread of a warp the word of all their bits.
func vote(threads []thread, voters int) {
	first := -1
	var word uint64
	for k := range threads {
		t := &threads[k]
		if t.status != voting {
			continue
		}
		if first < 0 {
			first = k
		}
		v := t.block.run.entry.votes[t.pc-1]
		switch {
		case len(threads) != warp:
			t.fail("a vote in a warp of %d lanes; the length of a block must be a multiple of 32", len(threads))
		case voters != len(threads):
			t.fail("divergence: %d of %d threads take part in the vote", voters, len(threads))
		case t.pc != threads[first].pc:
			t.fail("divergence: another thread takes part in another vote")
		case t.r[v.mask] != math.MaxUint32:
			t.fail("a vote among the lanes %#x; all 32 must be asked", t.r[v.mask])
		}
		if (t.r[v.pred] != 0) != v.not {
			word |= 1 << k
		}
	}
	for k := range threads {
		t := &threads[k]
		t.r[t.block.run.entry.votes[t.pc-1].to] = word
		t.status = running
	}
}
