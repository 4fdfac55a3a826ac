package durin

import (
	"bytes"
	"context"
	"net"
	"testing"
	"time"

	"github.com/livespike/livespike/io/durin/wire"
	"github.com/livespike/livespike/io/rt"
)

// BenchmarkLatency is the time from a time-of-flight frame's last datagram leaving the robot to the wheel command
// arriving there, over the loopback: receive, decode, two neurons, encode, send. The frames come 5 ms apart.
func BenchmarkLatency(b *testing.B) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer listener.Close()
	type session struct {
		conn   net.Conn
		target *net.UDPAddr
	}
	ready := make(chan session, 1)
	arrived := make(chan time.Time, 1)
	go func() {
		conn, err := listener.Accept()
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
					continue
				}
				switch m := m.(type) {
				case *wire.EnableStreaming:
					ready <- session{conn, &net.UDPAddr{IP: bytes.Clone(m.IP), Port: int(m.Port)}}
				case *wire.SetWheelVelocity:
					if m.FrontLeft != 0 {
						arrived <- at
					}
				}
				if _, err := conn.Write(ack); err != nil {
					return
				}
			}
		}
	}()
	r, err := Dial(listener.Addr().String(), Blind(), NoSignals())
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	robot := <-ready
	udp, err := net.DialUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)}, robot.target)
	if err != nil {
		b.Fatal(err)
	}
	defer udp.Close()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		var mind brain
		for {
			obs, err := r.NextContext(ctx)
			if err != nil {
				return
			}
			m := mind.step(obs.ToF[1][3][3], obs.ToF[6][3][3])
			m.NW += 100
			r.Send(m)
		}
	}()
	datagrams := frame()
	var h rt.Histogram
	for b.Loop() {
		time.Sleep(5 * time.Millisecond)
		for _, d := range datagrams {
			if _, err := udp.Write(d); err != nil {
				b.Fatal(err)
			}
		}
		sent := time.Now()
		h.Record((<-arrived).Sub(sent))
	}
	cancel()
	<-ended
	b.ReportMetric(float64(h.Quantile(0.5))/1000, "p50-µs")
	b.ReportMetric(float64(h.Quantile(0.99))/1000, "p99-µs")
}
