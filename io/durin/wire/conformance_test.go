package wire

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/livespike/livespike/internal/fixture"
)

// The oracle of these tests is the Python package 0.0.85 with pycapnp 1.3.0 and the firmware's own C library, as
// testdata/README.md says. LIVESPIKE_GOLDEN_DURIN names another folder of the same files.

type commandsFile struct {
	First    []string `json:"first_frames_on_connect"`
	Commands []struct {
		Name    string
		Args    []any
		Tag     Tag     `json:"union_tag"`
		Payload string  `json:"payload_hex"`
		Frame   string  `json:"frame_hex"`
		Decoded []int   `json:"firmware_c_decode"`
		Reply   *string `json:"firmware_reply_frame_hex"`
		Seen    *string `json:"reply_as_seen_by_durin_py"`
	}
}

type sensorsFile struct {
	Sensors []struct {
		Name     string
		Decoded  json.RawMessage
		Firmware string `json:"frame_hex"`
		Pycapnp  string `json:"pycapnp_layout_frame_hex"`
	}
}

type messagesFile struct {
	Messages []struct {
		Which    string
		Tag      Tag `json:"union_tag"`
		Fields   json.RawMessage
		Unpacked string `json:"unpacked_hex"`
		Payload  string `json:"payload_hex"`
		Frame    string `json:"frame_hex"`
	}
}

type malformedFile struct {
	Cases []struct {
		Name  string
		Frame string `json:"frame_hex"`
		UDP   string `json:"udp_durin_py"`
		Body  string `json:"body_read"`
	}
}

func TestConformance(t *testing.T) {
	dir := fixture.Path("LIVESPIKE_GOLDEN_DURIN")
	if dir == "" {
		dir = "testdata"
	}
	cases, failed := 0, 0
	check := func(name string, run func(t *testing.T) error) {
		cases++
		ok := t.Run(name, func(t *testing.T) {
			defer func() { // a case that cannot be read is a failure like others
				if p := recover(); p != nil {
					t.Errorf("panic: %v", p)
				}
			}()
			if err := run(t); err != nil {
				t.Error(err)
			}
		})
		if !ok {
			failed++
		}
	}
	commandCases(t, dir, check)
	sensorCases(t, dir, check)
	messageCases(t, dir, check)
	malformedCases(t, dir, check)
	legacyCases(t, dir, check)
	t.Logf("conformance durin: %d cases, %d failed, 0 skipped", cases, failed)
}

func commandCases(t *testing.T, dir string, check func(string, func(*testing.T) error)) {
	var file commandsFile
	load(t, dir, "commands.json", &file)
	for i, frame := range file.First {
		check(fmt.Sprintf("commands/first frame %d", i), func(t *testing.T) error {
			m, err := decodeFrame(unhex(t, frame), &Decoder{})
			if err != nil {
				return err
			}
			return sameBytes(new(Encoder).AppendFrame(nil, m, 0), frame)
		})
	}
	for i, c := range file.Commands {
		check(fmt.Sprintf("commands/%d %s%v", i, c.Name, c.Args), func(t *testing.T) error {
			m, err := commandOf(c.Name, c.Args)
			if err != nil {
				return err
			}
			if err := sameBytes(new(Encoder).AppendFrame(nil, m, 0), c.Frame); err != nil {
				return err
			}
			got, err := decodeFrame(unhex(t, c.Frame), &Decoder{})
			if err != nil || !same(got, m) {
				return fmt.Errorf("decodes as %v, %v; want %v", got, err, m)
			}
			if c.Decoded != nil && !reflect.DeepEqual(firmwareView(m), c.Decoded) {
				return fmt.Errorf("fields %v, the firmware read %v", firmwareView(m), c.Decoded)
			}
			if c.Reply == nil {
				return nil
			}
			reply, err := decodeFrame(unhex(t, *c.Reply), &Decoder{})
			if err != nil || c.Seen != nil && reply.Tag().String() != *c.Seen {
				return fmt.Errorf("reply decodes as %v, %v", reply, err)
			}
			return nil
		})
	}
}

// firmwareView is what the firmware's C decoder printed: the fields in schema order, filled up to seven.
func firmwareView(m Message) []int {
	out := make([]int, 7)
	switch m := m.(type) {
	case *SetRobotVelocity:
		copy(out, []int{int(m.X), int(m.Y), int(m.Rot)})
	case *SetWheelVelocity:
		copy(out, []int{int(m.FrontLeft), int(m.FrontRight), int(m.BackLeft), int(m.BackRight)})
	case *EnableStreaming:
		ip := m.IP
		copy(out, []int{int(m.To), len(ip), int(ip[0]), int(ip[1]), int(ip[2]), int(ip[3]), int(m.Port)})
	}
	return out
}

// commandOf makes the message of a Python command: its numbers are cut to integers and wheels stop at +10000.
func commandOf(name string, args []any) (Message, error) {
	n := make([]int, 0, len(args))
	for _, a := range args {
		if f, ok := a.(float64); ok {
			n = append(n, int(f))
		}
	}
	switch name {
	case "Move":
		return &SetRobotVelocity{int16(n[0]), int16(n[1]), int16(n[2])}, nil
	case "MoveWheels":
		w := func(i int) int16 { return int16(min(n[i], 10000)) }
		return &SetWheelVelocity{w(0), w(1), w(2), w(3)}, nil
	case "SetLed":
		return &SetLed{uint8(n[0]), uint8(n[1]), uint8(n[2])}, nil
	case "StreamOn":
		var ip [4]byte
		if _, err := fmt.Sscanf(args[0].(string), "%d.%d.%d.%d", &ip[0], &ip[1], &ip[2], &ip[3]); err != nil {
			return nil, err
		}
		return &EnableStreaming{To: UDPOnly, IP: ip[:], Port: uint16(n[0])}, nil
	case "StreamOff":
		return &Empty{TagDisableStreaming}, nil
	case "GetSystemInfo":
		return &Empty{TagGetSystemInfo}, nil
	case "EnableTofStatus":
		return &EnableTofStatus{args[0].(bool)}, nil
	case "SetSensorPeriod":
		which := map[string]Tag{
			"Tof": TagSetTofStreamPeriod, "Imu": TagSetImuStreamPeriod, "SystemStatus": TagSetSystemStatusStreamPeriod,
			"Position": TagSetPositionStreamPeriod, "Uwb": TagSetUwbStreamPeriod,
		}
		tag, ok := which[args[0].(string)]
		if !ok {
			return nil, fmt.Errorf("unknown sensor %v", args[0])
		}
		return &SetStreamPeriod{tag, uint16(n[0])}, nil
	case "PowerOff":
		return &Empty{TagPowerOff}, nil
	}
	return nil, fmt.Errorf("unknown command %s", name)
}

func messageCases(t *testing.T, dir string, check func(string, func(*testing.T) error)) {
	var file messagesFile
	load(t, dir, "all_messages.json", &file)
	for i, c := range file.Messages {
		check(fmt.Sprintf("messages/%d %s", i, c.Which), func(t *testing.T) error {
			if c.Tag.String() != c.Which {
				return fmt.Errorf("tag %d is %v here", uint16(c.Tag), c.Tag)
			}
			want, err := messageOf(c.Tag, c.Fields)
			if err != nil {
				return err
			}
			var enc Encoder
			if err := sameBytes(enc.AppendUnpacked(nil, want), c.Unpacked); err != nil {
				return fmt.Errorf("unpacked: %w", err)
			}
			if err := sameBytes(enc.AppendPayload(nil, want), c.Payload); err != nil {
				return fmt.Errorf("payload: %w", err)
			}
			_, meta, err := ParseDatagram(unhex(t, c.Frame))
			if err != nil {
				return err
			}
			if err := sameBytes(enc.AppendFrame(nil, want, meta), c.Frame); err != nil {
				return fmt.Errorf("frame: %w", err)
			}
			for _, layout := range []Layout{Pycapnp, Firmware} {
				frame := (&Encoder{Layout: layout}).AppendFrame(nil, want, 0)
				got, err := decodeFrame(frame, &Decoder{})
				if err != nil || !same(want, got) {
					return fmt.Errorf("%v layout decodes as %v, %v; want %v", layout, got, err, want)
				}
			}
			return nil
		})
	}
}

// expected says which malformed cases are messages for us; the others are dropped. It is the list of the
// specification: stricter than Python about the magic byte and lists that leave the message, and without its
// 512-byte buffer.
var expected = map[string]bool{
	"valid": true, "valid_no_meta_bit": true, "valid_all_meta_bits": true, "trailing_garbage": true, "tof_4x4": true,
	"uwb_12_nodes": true, "tof_all_8_914B": true, "tof_id_9": true,
	"empty": false, "one_byte": false, "two_bytes": false, "header_only": false, "zero_len": false, "bit_flip": false,
	"bad_checksum": false, "truncated_tail": false, "wrong_magic_good_checksum": false, "len_too_long": false,
	"random_payload": false, "segment_count_2": false, "huge_segment_size": false, "unknown_union_tag_99": false,
	"root_pointer_out_of_bounds": false, "list_length_out_of_bounds": false, "self_referencing_pointer": false,
}

// pythonBuffer is the most bytes of a datagram that Python reads.
const pythonBuffer = 512

func decodable(frame []byte) bool {
	_, err := decodeFrame(frame, new(Decoder))
	return err == nil
}

func malformedCases(t *testing.T, dir string, check func(string, func(*testing.T) error)) {
	var file malformedFile
	load(t, dir, "malformed.json", &file)
	valid := new(Encoder).AppendFrame(nil, &ImuMeasurement{Acc: [3]int16{1, 2, 3}}, Telemetry)
	var d Decoder // one decoder for all: nothing that it reads may hurt what comes after
	var stream Framer
	for _, c := range file.Cases {
		check("malformed/"+c.Name, func(t *testing.T) error {
			want, known := expected[c.Name]
			if !known { // a case of another folder: Python's verdict where it read the whole body
				if len(c.Frame)/2 > pythonBuffer {
					want = decodable(unhex(t, c.Frame)) // Python cannot say: that it does no harm remains
				} else {
					want = strings.HasPrefix(c.UDP, "decoded:") && c.Body == "ok" && strings.HasPrefix(c.Frame, "2a")
				}
			}
			frame := unhex(t, c.Frame)
			m, err := decodeFrame(frame, &d)
			if (err == nil) != want {
				return fmt.Errorf("decodes as %v, %v; want decoded %t", m, err, want)
			}
			if m, err := decodeFrame(valid, &d); err != nil || m.(*ImuMeasurement).Acc[2] != 3 {
				return fmt.Errorf("the valid frame after it decodes as %v, %v", m, err)
			}
			stream.Feed(frame)
			for _, ok := stream.Next(); ok; _, ok = stream.Next() {
				continue
			}
			stream.Feed(valid)
			for range 2 * MaxPayload { // a long claim ends when the stream falls silent
				for payload, ok := stream.Next(); ok; payload, ok = stream.Next() {
					if bytes.Equal(payload, valid[3:len(valid)-1]) {
						return nil
					}
				}
				stream.Resync()
			}
			return fmt.Errorf("the valid frame after it is lost in a stream: %v", &stream)
		})
	}
}

func decodeFrame(frame []byte, d *Decoder) (Message, error) {
	payload, _, err := ParseDatagram(frame)
	if err != nil {
		return nil, err
	}
	return d.Decode(payload)
}

func sameBytes(got []byte, want string) error {
	if s := hex.EncodeToString(got); s != want {
		return fmt.Errorf("bytes\n%s, want\n%s", s, want)
	}
	return nil
}
