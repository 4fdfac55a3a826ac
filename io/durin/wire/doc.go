// Package wire is the Durin robot's protocol without sockets: frames, and the messages in them.
//
//	var enc wire.Encoder
//	frame := enc.AppendFrame(nil, &wire.SetRobotVelocity{Y: 200}, 0)
//
//	payload, _, err := wire.ParseDatagram(datagram)
//	message, err := decoder.Decode(payload)
//	if tof, ok := message.(*wire.TofObservations); ok { … }
//
// A frame is '*', a little-endian u16 with the payload's length in its low 12 bits, the payload, and the XOR of all
// bytes before. The payload is one packed Cap'n Proto message: the union DurinBase with 36 members. The codec knows
// the subset of Cap'n Proto that the schema uses and depends on nothing.
//
// Limits: one segment, 8 KiB unpacked. Every pointer is checked; decoding never panics and, in steady state, never
// allocates (texts aside).
//
// Sources: schema.capnp of ncskth/durin 07f5c9f (the same file as the firmware's, ncskth/durin-firmware bc746ba);
// capnproto.org/encoding.html. Checked against both sides' bytes in testdata.
package wire
