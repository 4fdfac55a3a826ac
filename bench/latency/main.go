// Command latency measures how long a client of a Durin takes from a time-of-flight frame to its wheel command.
//
//	latency [-n 1000] [-every 5ms] CLIENT [ARG…]    a robot on 127.0.0.1:1337 that starts the client and measures it
//	latency -client [HOST]                          the client of this project, to be measured
//
// The robot sends a frame as four datagrams; each has another distance d at sensor 6, in the last datagram. The client's
// answer is the first wheel command of d mm/s. The time is from before the last datagram is written to after the
// command has been read. It prints one line of JSON. Clients leave when the connection ends.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math"
	"net"
	"os"
	"os/exec"
	"time"

	"github.com/livespike/livespike/io/durin"
	"github.com/livespike/livespike/io/durin/wire"
	"github.com/livespike/livespike/io/rt"
)

func main() {
	client := flag.Bool("client", false, "be the client")
	n := flag.Int("n", 1000, "`N` frames")
	every := flag.Duration("every", 5*time.Millisecond, "`DURATION` between frames")
	flag.Parse()
	err := errors.New("which client?")
	switch {
	case *client:
		host := "127.0.0.1:1337"
		if flag.NArg() > 0 {
			host = flag.Arg(0)
		}
		err = drive(host)
	case flag.NArg() > 0:
		err = measure(*n, *every, flag.Args())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "latency:", err)
		os.Exit(1)
	}
}

// drive is the talk's loop: two leaky integrators. What it sends is the distance at sensor 6, so that the robot knows
// which frame it answers; the neurons' output only adds to it what rounds to nothing.
func drive(host string) error {
	robot, err := durin.Dial(host, durin.Timeout(5*time.Second))
	if err != nil {
		return err
	}
	defer robot.Close()
	var v, i [2]float32
	for robot.Err() == nil {
		obs := robot.Next()
		for k, mm := range [2]float32{obs.ToF[1][3][3], obs.ToF[6][3][3]} {
			v[k] += 0.1 * (i[k] - v[k])
			i[k] = 0.8*i[k] + float32(1-math.Tanh(float64(mm)/1000))
		}
		w := obs.ToF[6][3][3] + 1e-3*(v[0]+v[1])
		robot.Send(durin.MoveWheels{NE: w, NW: w, SW: w, SE: w})
	}
	return nil
}

// robot is what the client drives.
type robot struct {
	target  chan *net.UDPAddr
	arrived chan arrival
	unread  int
}

type arrival struct {
	wheel int16
	at    time.Time
}

func (r *robot) serve(l net.Listener) {
	conn, err := l.Accept()
	if err != nil {
		return
	}
	defer conn.Close()
	var framer wire.Framer
	var decoder wire.Decoder
	ack := new(wire.Encoder).AppendFrame(nil, &wire.Empty{Which: wire.TagAcknowledge}, 0)
	buffer := make([]byte, 4096)
	for {
		n, err := conn.Read(buffer)
		at := time.Now()
		if err != nil {
			return
		}
		framer.Feed(buffer[:n])
		for payload, ok := framer.Next(); ok; payload, ok = framer.Next() {
			m, err := decoder.Decode(payload)
			if err != nil {
				r.unread++
				continue
			}
			switch m := m.(type) {
			case *wire.EnableStreaming:
				r.target <- &net.UDPAddr{IP: bytes.Clone(m.IP), Port: int(m.Port)}
			case *wire.SetWheelVelocity:
				r.arrived <- arrival{m.FrontLeft, at}
			}
			if _, err := conn.Write(ack); err != nil {
				return
			}
		}
	}
}

// frame is the four datagrams of a frame with all zones at a distance.
func frame(mm int) [4][]byte {
	var out [4][]byte
	ranges := make([]uint16, 64)
	for i := range ranges {
		ranges[i] = wire.PackRange(mm, wire.StatusValid)
	}
	encoder := wire.Encoder{Layout: wire.Pycapnp}
	for i := range out {
		m := wire.TofObservations{Observations: []wire.TofObservation{{ID: uint8(2 * i), Ranges: ranges}, {ID: uint8(2*i + 1), Ranges: ranges}}}
		out[i] = encoder.AppendFrame(nil, &m, wire.Telemetry)
	}
	return out
}

const patience = 500 * time.Millisecond

func measure(n int, every time.Duration, client []string) (err error) {
	l, err := net.Listen("tcp4", "127.0.0.1:1337")
	if err != nil {
		return err
	}
	defer l.Close()
	r := &robot{target: make(chan *net.UDPAddr, 4), arrived: make(chan arrival, 1<<16)}
	go r.serve(l)
	child := exec.Command(client[0], client[1:]...)
	child.Stderr = os.Stderr
	if err := child.Start(); err != nil {
		return err
	}
	defer func() {
		_ = child.Process.Signal(os.Interrupt)
		_ = child.Wait() // how a client ends is its own affair
	}()
	var to *net.UDPAddr
	select {
	case to = <-r.target:
	case <-time.After(20 * time.Second):
		return errors.New("the client did not ask for telemetry within 20 s")
	}
	udp, err := net.DialUDP("udp4", nil, to)
	if err != nil {
		return err
	}
	defer udp.Close()
	var h rt.Histogram
	lost := 0
	const warm = 100 // frames that are not measured
	for k := range n + warm {
		time.Sleep(every)
		mm := 100 + k%300
		datagrams := frame(mm)
		var sent time.Time
		for i, d := range datagrams {
			if i == len(datagrams)-1 {
				sent = time.Now()
			}
			if _, err := udp.Write(d); err != nil && k > warm {
				return err
			}
		}
		late := time.After(patience)
	answer:
		for {
			select {
			case a := <-r.arrived:
				if int(a.wheel) != mm {
					continue
				}
				if k >= warm {
					h.Record(a.at.Sub(sent))
				}
				break answer
			case <-late:
				if k >= warm {
					lost++
				}
				break answer
			}
		}
	}
	us := func(q float64) float64 { return float64(h.Quantile(q)) / 1000 }
	return json.NewEncoder(os.Stdout).Encode(map[string]any{
		"n": h.Count(), "unanswered": lost, "p50_us": us(0.5), "p90_us": us(0.9), "p99_us": us(0.99), "max_us": float64(h.Max()) / 1000,
	})
}
