package interp

import (
	"context"
	"errors"
	"go/types"
	"io"
	"log"
	"maps"
	"runtime/debug"
	"runtime/metrics"
	"time"

	yaegi "github.com/traefik/yaegi/interp"

	"github.com/livespike/livespike/internal/interrupt"
	"github.com/livespike/livespike/stdlib"
)

// run is one cell's execution, as the host sees it.
type run struct {
	in       *Interp
	echoes   []types.Type
	names    names // after the cell
	ctx      context.Context
	cancel   context.CancelCauseFunc
	defers   *defers // of the cell's own statements
	values   []Value
	done     int // the last step that finished
	panicked bool
	value    any // what the panic carried
	stack    []byte
	complete bool          // the cell's last statement was reached
	began    chan struct{} // closed when the script's goroutine has reached the cell
	ended    chan struct{} // closed when it has left the cell
}

func (in *Interp) hostRun(cell func()) {
	r := in.running
	defer close(r.ended)
	close(r.began)
	if r.ctx.Err() != nil {
		return
	}
	defer func() {
		if r.complete {
			return
		}
		if v := recover(); v != nil {
			r.panicked, r.value, r.stack = true, panicValue(v), debug.Stack()
		}
	}()
	r.defers.Do(cell)
	r.complete = true
}

func (in *Interp) hostDone(step int) { in.running.done = step }

func (in *Interp) hostEcho(slot int, v any) {
	r := in.running
	t := r.echoes[slot]
	held := plain(v)
	if !types.IsInterface(t) && mentionsScript(t) {
		held = in.types.box(in.types.of(t).ID, v)
	}
	r.values = append(r.values, Value{V: in.types.shown(v, in.types.of(t)), Any: held, Type: typeText(t), Text: in.types.textOf(v, t)})
}

// hostEchoError is hostEcho for the one result of a call, an error: that all went well says nothing.
func (in *Interp) hostEchoError(slot int, err any) {
	if err != nil {
		in.hostEcho(slot, err)
	}
}

// The causes of a cancellation by the watchdog.
var (
	errStack  = errors.New("stack overflow: the functions call each other without end")
	errMemory = errors.New("out of memory")
)

// execute compiles and runs a plan, and commits what finished.
func (in *Interp) execute(ctx context.Context, p *plan, res *Result) *CellError {
	if len(p.out.body) == 0 && len(p.out.decls) == 0 && len(p.out.defines) == 0 {
		in.commit(p, 0, true)
		return nil
	}
	program, err := in.compile(p)
	if err != nil {
		in.world.stale = true
		return err
	}
	r := &run{in: in, echoes: p.out.echoes, names: p.names, defers: in.hostNewDefers(), began: make(chan struct{}), ended: make(chan struct{})}
	in.running = r
	in.trace.take()
	*in.line, *in.cellLine = 0, 0
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r.ctx, r.cancel = ctx, cancel
	stop := in.watch(cancel)
	restore := interrupt.Set(ctx)
	runErr := in.start(r, program)
	stop()
	if ctx.Err() != nil {
		in.await(r)
		restore()
		return in.interrupted(ctx, p, r)
	}
	restore()
	res.Values = r.values
	switch {
	case r.panicked:
		in.commit(p, r.done, false)
		return in.panicError(r, p.cell)
	case runErr != nil:
		in.commit(p, r.done, false)
		return in.engineError(p.cell, runErr)
	}
	in.commit(p, r.done, r.done == len(p.out.steps))
	return nil
}

// start has the engine execute a program. An engine that is stopped before the cell has begun may never begin it, or never stop:
// the cell's context reaches it only then.
func (in *Interp) start(r *run, program *yaegi.Program) error {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	left := make(chan struct{})
	defer close(left)
	defer context.AfterFunc(r.ctx, func() {
		select {
		case <-r.began:
			stop()
		case <-left:
		}
	})()
	_, err := in.engine.ExecuteWithContext(ctx, program)
	return err
}

// await gives an interrupted cell time to leave compiled code.
func (in *Interp) await(r *run) {
	select {
	case <-r.ended:
	case <-time.After(time.Second):
	}
}

func (in *Interp) interrupted(ctx context.Context, p *plan, r *run) *CellError {
	steps := 0
	select {
	case <-r.ended:
		steps = r.done
	default: // it may still write: commit nothing
	}
	in.commit(p, steps, false)
	err := &CellError{Stage: Interrupt, Msg: "interrupted", Pos: in.reached()}
	var exit stdlib.Exit
	if cause := context.Cause(ctx); errors.Is(cause, errStack) || errors.Is(cause, errMemory) || errors.As(cause, &exit) {
		err.Stage, err.Msg = Run, cause.Error()
	}
	if !err.Pos.IsValid() {
		err.Pos = Position{Cell: p.cell.N, Line: 1}
	}
	return err
}

// compile hands the program to the engine, whose complaints are our mistakes: the checker has accepted the cell.
func (in *Interp) compile(p *plan) (program *yaegi.Program, cellErr *CellError) {
	before := log.Writer()
	log.SetOutput(io.Discard) // the engine prints before it panics
	defer log.SetOutput(before)
	defer func() {
		if v := recover(); v != nil {
			cellErr = &CellError{Stage: Compile, Pos: Position{p.cell.N, 1, 1}, Value: v, Stack: debug.Stack(), Msg: clean("the interpreter cannot run this cell: " + panicText(v))}
		}
	}()
	if specs := p.out.recursiveTypes(); len(specs) > 0 {
		if err := in.declareRecursive(specs, p.out.pos); err != nil {
			return nil, in.engineError(p.cell, err)
		}
	}
	program, err := in.engine.CompileAST(p.out.file())
	forget(in.engine)
	if err != nil {
		return nil, in.engineError(p.cell, err)
	}
	maps.Copy(in.hooks, p.hooks)
	maps.Copy(in.current, p.current)
	maps.Copy(in.instances, p.instances)
	maps.Copy(in.helpers, p.out.helpers)
	return program, nil
}

// engineError is a complaint of the engine itself.
func (in *Interp) engineError(cell Cell, err error) *CellError {
	var panicked yaegi.Panic
	e := &CellError{Stage: Compile, Pos: Position{Cell: cell.N, Line: 1, Col: 1}, Msg: "the interpreter cannot run this cell: " + clean(err.Error())}
	if errors.As(err, &panicked) {
		e.Stack, e.Value = panicked.Stack, panicked.Value
	}
	return e
}

// stackLimit is how much stack a cell may need in all: a depth of about 250 000 calls.
const stackLimit = 256 << 20

// limitStack lets the watchdog see a runaway recursion before the runtime ends the process.
func limitStack() { debug.SetMaxStack(2e9) }

// watch cancels the cell when its recursion has no end, or when all cells together hold more memory than they may.
func (in *Interp) watch(cancel context.CancelCauseFunc) (stop func()) {
	quit := make(chan struct{})
	go func() {
		samples := []metrics.Sample{{Name: "/memory/classes/heap/stacks:bytes"}, {Name: "/memory/classes/heap/objects:bytes"}}
		metrics.Read(samples)
		stacks := stackLimit + samples[0].Value.Uint64() // a cell before may not have given its own back yet
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-quit:
				return
			case <-tick.C:
			}
			metrics.Read(samples)
			switch {
			case samples[0].Value.Uint64() > stacks:
				cancel(errStack)
				return
			case in.opts.MemoryLimit > 0 && samples[1].Value.Uint64() > in.opts.MemoryLimit:
				cancel(in.full())
				return
			}
		}
	}()
	return func() { close(quit) }
}

// hostSleep is time.Sleep that an interrupt ends.
func hostSleep(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-interrupt.Context().Done():
	}
}
