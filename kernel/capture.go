package kernel

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/livespike/livespike/kernel/wire"
)

// flushLimit is how long a flush waits for a reader that the front end holds up.
const flushLimit = time.Second

// capture collects what cells write to standard output and error. The interpreter gets the write ends of two pipes, as
// files, because a script may pass os.Stdout on as one; a goroutine for each hands what it reads to the output of the
// cell that runs, or ran last.
type capture struct {
	stdout, stderr *os.File // the write ends
	readers        sync.WaitGroup
	hurry          [2]chan struct{} // of size one: the reader shall not let text gather
	restore        func()           // gives the process its own output back; nil: it has it

	mu     sync.Mutex
	out    wire.Output
	marker []byte // begins a flush mark; random, so that no script writes it
	next   uint64
	seen   map[uint64]chan struct{}
}

func newCapture() (*capture, error) {
	outRead, outWrite, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	errRead, errWrite, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	secret := make([]byte, 12)
	rand.Read(secret)
	c := &capture{
		stdout: outWrite, stderr: errWrite, hurry: [2]chan struct{}{make(chan struct{}, 1), make(chan struct{}, 1)},
		marker: []byte("\x00flush" + hex.EncodeToString(secret)),
		seen:   map[uint64]chan struct{}{},
	}
	c.readers.Go(func() { c.read("stdout", outRead, c.hurry[0]) })
	c.readers.Go(func() { c.read("stderr", errRead, c.hurry[1]) })
	return c, nil
}

// attach makes out the receiver of everything from now on.
func (c *capture) attach(out wire.Output) {
	c.mu.Lock()
	c.out = out
	c.mu.Unlock()
}

// gather is how long text that comes line by line gathers in the pipe after some of it was read. What is read first does not
// wait, and a flush ends the wait.
const gather = time.Millisecond

// read hands on what one pipe delivers until it is closed.
func (c *capture) read(stream string, pipe *os.File, hurry <-chan struct{}) {
	defer pipe.Close()
	chunk := make([]byte, 64<<10)
	var held []byte
	pause := time.NewTimer(gather)
	defer pause.Stop()
	for {
		began := time.Now()
		n, err := pipe.Read(chunk)
		held = c.deliver(stream, append(held, chunk[:n]...))
		if err != nil {
			c.stream(stream, held)
			return
		}
		if n > len(chunk)/2 || time.Since(began) > gather/10 {
			continue // slow text does not gather: the other stream's would overtake it
		}
		pause.Reset(gather)
		select {
		case <-pause.C:
		case <-hurry:
		}
	}
}

// markLength is the length of a whole mark: the marker and a number in hexadecimal.
func (c *capture) markLength() int { return len(c.marker) + 16 }

// deliver passes data on, acts on the marks in it, and returns the end that may be the beginning of a mark.
func (c *capture) deliver(stream string, data []byte) (held []byte) {
	for {
		at := bytes.Index(data, c.marker)
		if at < 0 {
			keep := partial(data, c.marker)
			c.stream(stream, data[:len(data)-keep])
			return bytes.Clone(data[len(data)-keep:])
		}
		if len(data)-at < c.markLength() {
			c.stream(stream, data[:at])
			return bytes.Clone(data[at:])
		}
		c.stream(stream, data[:at])
		var number uint64
		if _, err := fmt.Sscanf(string(data[at+len(c.marker):at+c.markLength()]), "%016x", &number); err == nil {
			c.passed(number)
		}
		data = data[at+c.markLength():]
	}
}

// partial is the length of the longest end of data that begins the marker.
func partial(data, marker []byte) int {
	for n := min(len(data), len(marker)-1); n > 0; n-- {
		if bytes.HasPrefix(marker, data[len(data)-n:]) {
			return n
		}
	}
	return 0
}

func (c *capture) stream(name string, data []byte) {
	if len(data) == 0 {
		return
	}
	c.mu.Lock()
	out := c.out
	c.mu.Unlock()
	if out != nil {
		out.Stream(name, data)
	}
}

func (c *capture) passed(number uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if done, ok := c.seen[number]; ok {
		close(done)
		delete(c.seen, number)
	}
}

// flush waits until everything written so far has reached the output.
func (c *capture) flush() {
	var waits []chan struct{}
	for i, pipe := range []*os.File{c.stdout, c.stderr} {
		done := make(chan struct{})
		c.mu.Lock()
		c.next++
		number := c.next
		c.seen[number] = done
		c.mu.Unlock()
		if _, err := fmt.Fprintf(pipe, "%s%016x", c.marker, number); err != nil {
			c.passed(number) // the pipe is closed: nothing to wait for
		}
		select {
		case c.hurry[i] <- struct{}{}:
		default: // it knows
		}
		waits = append(waits, done)
	}
	limit := time.NewTimer(flushLimit)
	defer limit.Stop()
	for _, done := range waits {
		select {
		case <-done:
		case <-limit.C:
			return
		}
	}
}

// close ends the readers after what is still in the pipes.
func (c *capture) close() {
	c.flush()
	if c.restore != nil {
		c.restore() // else the pipes stay open
	}
	c.stdout.Close()
	c.stderr.Close()
	c.readers.Wait()
}
