package wire

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// load reads a golden file: from testdata, or from the folder that LIVESPIKE_GOLDEN_DURIN names.
func load(t testing.TB, dir, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

func TestEveryTagIsRegistered(t *testing.T) {
	for tag := range tags {
		if makers[tag] == nil {
			t.Errorf("no message for tag %d, %v", uint16(tag), tag)
			continue
		}
		if got := New(tag).Tag(); got != tag {
			t.Errorf("New(%v) has tag %v", tag, got)
		}
	}
}

// samples are messages with fields that differ, two of each kind where a union or a length matters.
var samples = []Message{
	&SetRobotVelocity{1, -2, 3},
	&SetWheelVelocity{1, -2, 32767, -32768},
	&SetBuzzer{true},
	&SetLed{1, 2, 255},
	&EnableStreaming{To: UDPOnly, IP: []byte{127, 0, 0, 1}, Port: 1338},
	&EnableStreaming{To: UartAndUDP, IP: []byte{10, 0, 0, 1}, Port: 1},
	&SetStreamPeriod{TagSetUwbStreamPeriod, 50},
	&GetTofObservations{[]byte{1, 7}},
	&SetTofResolution{Resolution4x4},
	&TofObservations{[]TofObservation{{3, []uint16{1, 2, 3, 4, 5}}, {4, []uint16{65535}}}},
	&EnableTofStatus{true},
	&ImuMeasurement{[3]int16{1, 2, 3}, [3]int16{4, 5, -6}, [3]int16{-7, 8, 9}},
	&SystemStatus{7319, 80, 3},
	&SystemInfo{"aa:bb", "10.0.0.5", "durin5", 5, 123456},
	&TextLogging{"eight ch"},
	&Position{true, 1, -2, 3},
	&Position{},
	&UwbNodes{[]UwbNode{{ID: 1, Purpose: 6, DistanceMM: 9, Flags: 7, Position: Position{true, 1, 2, -3}}, {ID: 2}}},
	&SetWifiConfig{"net", "secret", 2},
	&SetNodeID{9},
	&EnableLogging{3},
	&OtaUpdate{[]byte{1, 2, 3, 4, 5, 6, 7, 8, 9}},
	&Empty{TagPing},
}

// TestRoundTrip checks both layouts against the message that went in.
func TestRoundTrip(t *testing.T) {
	for _, layout := range []Layout{Pycapnp, Firmware} {
		enc := Encoder{Layout: layout}
		for _, m := range samples {
			frame := enc.AppendFrame(nil, m, Telemetry)
			payload, meta, err := ParseDatagram(frame)
			if err != nil || meta != Telemetry {
				t.Errorf("%v %v: meta %#x, %v", layout, m, meta, err)
				continue
			}
			var d Decoder
			got, err := d.Decode(payload)
			if err != nil {
				t.Errorf("%v %v: %v", layout, m, err)
				continue
			}
			if !reflect.DeepEqual(got, m) {
				t.Errorf("%v: %v came back as %v", layout, m, got)
			}
		}
	}
}

// TestDecoderForgets decodes a short message after a long one of the same tag: nothing of the first may remain.
func TestDecoderForgets(t *testing.T) {
	var enc Encoder
	var d Decoder
	pairs := [][2]Message{
		{&EnableStreaming{To: UDPOnly, IP: []byte{1, 2, 3, 4}, Port: 9}, &EnableStreaming{To: UartOnly, IP: []byte{}}},
		{&Position{true, 1, 2, 3}, &Position{}},
		{&SystemInfo{"a", "b", "c", 1, 2}, &SystemInfo{}},
		{
			&TofObservations{[]TofObservation{{1, []uint16{1, 2, 3}}, {2, []uint16{4}}}},
			&TofObservations{[]TofObservation{{5, []uint16{6}}}},
		},
	}
	for _, pair := range pairs {
		for _, m := range pair {
			got, err := d.Decode(enc.AppendPayload(nil, m))
			if err != nil || !reflect.DeepEqual(got, m) {
				t.Errorf("%v came back as %v, %v", m, got, err)
			}
		}
	}
}

// TestShortStruct decodes a body whose sender knew fewer fields: the missing ones are 0.
func TestShortStruct(t *testing.T) {
	message := unhex(t, "0000000003000000"+"0000000001000100"+"0400000000000000"+"fcffffff00000000")
	got, err := new(Decoder).DecodeUnpacked(message)
	if want := (&SetWheelVelocity{}); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestFramerPieces(t *testing.T) {
	var enc Encoder
	var stream []byte
	for _, m := range samples {
		stream = enc.AppendFrame(stream, m, 0)
		stream = append(stream, 0, 1, '*', 0) // rubbish between frames, a false start among it
	}
	stream = append(stream, enc.AppendFrame(nil, samples[0], 0)...)
	for _, size := range []int{1, 2, 7, 64, len(stream)} {
		var f Framer
		var d Decoder
		n := 0
		for piece := range slices.Chunk(stream, size) {
			f.Feed(piece)
			for {
				payload, ok := f.Next()
				if !ok {
					break
				}
				got, err := d.Decode(payload)
				if want := samples[n%len(samples)]; err != nil || !reflect.DeepEqual(got, want) {
					t.Fatalf("pieces of %d, frame %d: %v, %v; want %v", size, n, got, err, want)
				}
				n++
			}
		}
		if n != len(samples)+1 {
			t.Errorf("pieces of %d: %d frames, want %d (%v)", size, n, len(samples)+1, &f)
		}
	}
}

func TestFramerResync(t *testing.T) {
	var enc Encoder
	var f Framer
	f.Feed([]byte{'*', 0x05, 0x05}) // claims 1285 bytes
	f.Feed(enc.AppendFrame(nil, samples[0], 0))
	if _, ok := f.Next(); ok {
		t.Fatal("a frame out of nothing")
	}
	f.Resync()
	if _, ok := f.Next(); !ok {
		t.Errorf("the frame after a cut one is lost: %v", &f)
	}
}

func TestNoAllocation(t *testing.T) {
	var d Decoder
	var enc Encoder
	tof := tofPacket(&enc)
	dst := make([]byte, 0, 1024)
	wheels := &SetWheelVelocity{500, 400, 300, 200}
	var f Framer
	check := func(name string, run func()) {
		run()
		if n := testing.AllocsPerRun(100, run); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
	check("decode", func() {
		payload, _, _ := ParseDatagram(tof)
		if _, err := d.Decode(payload); err != nil {
			t.Error(err)
		}
	})
	check("encode", func() { dst = enc.AppendFrame(dst[:0], wheels, 0) })
	check("framer", func() {
		f.Feed(tof)
		f.Next()
	})
}

// tofPacket is a datagram with two sensors, as the robot sends it.
func tofPacket(enc *Encoder) []byte {
	var m TofObservations
	for id := range 2 {
		o := TofObservation{ID: uint8(id)}
		for i := range 64 {
			o.Ranges = append(o.Ranges, PackRange(300+i*37%4000, i%4))
		}
		m.Observations = append(m.Observations, o)
	}
	return enc.AppendFrame(nil, &m, Telemetry)
}

func BenchmarkDecodeToF(b *testing.B) {
	var d Decoder
	tof := tofPacket(new(Encoder))
	b.ReportAllocs()
	for b.Loop() {
		payload, _, _ := ParseDatagram(tof)
		if _, err := d.Decode(payload); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodeMoveWheels(b *testing.B) {
	var enc Encoder
	wheels := &SetWheelVelocity{500, 400, 300, 200}
	dst := make([]byte, 0, 64)
	b.ReportAllocs()
	for b.Loop() {
		dst = enc.AppendFrame(dst[:0], wheels, 0)
	}
}
