// Package wire is Jupyter's messaging protocol, version 5.5, from the kernel's side: frames and signatures, the
// sockets' loops, and the order of what a front end sees. What a cell means is the [Executor]'s affair.
//
//	info, err := wire.ReadConnection("kernel-1.json")
//	err = wire.Serve(ctx, info, session, log)
//
// Nothing that a client sends ends the kernel: what is malformed, wrongly signed or sent twice is dropped, counted
// and logged in one line.
//
// Source: jupyter-client.readthedocs.io, "Messaging in Jupyter", 5.5.
package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// Version is the protocol that this package speaks.
const Version = "5.5"

// delimiter ends the routing prefix of a message.
const delimiter = "<IDS|MSG>"

// ErrMessage is wrapped by every error about a message that is dropped.
var ErrMessage = errors.New("message dropped")

// Header says what a message is. The fields are those of the protocol.
type Header struct {
	ID       string `json:"msg_id"`
	Session  string `json:"session"`
	Username string `json:"username"`
	Date     string `json:"date"`
	Type     string `json:"msg_type"`
	Version  string `json:"version"`
}

// Message is a Jupyter message. The JSON parts are kept as they came: a reply's parent is the request's header byte
// for byte, with fields this package does not know.
type Message struct {
	Idents                    [][]byte
	Header                    Header
	RawHeader                 json.RawMessage
	Parent, Metadata, Content json.RawMessage
	Buffers                   [][]byte
}

// decode splits frames into a message and checks everything but its signature, which it returns.
func decode(frames [][]byte) (*Message, []byte, error) {
	at := -1
	for i, f := range frames {
		if string(f) == delimiter {
			at = i
			break
		}
	}
	if at < 0 {
		return nil, nil, fmt.Errorf("%w: no delimiter in %d frames", ErrMessage, len(frames))
	}
	rest := frames[at+1:]
	if len(rest) < 5 {
		return nil, nil, fmt.Errorf("%w: %d frames after the delimiter, need 5", ErrMessage, len(rest))
	}
	m := &Message{
		Idents: frames[:at], RawHeader: rest[1],
		Parent: rest[2], Metadata: rest[3], Content: rest[4], Buffers: rest[5:],
	}
	for i, part := range []json.RawMessage{m.RawHeader, m.Parent, m.Metadata, m.Content} {
		if trimmed := bytes.TrimSpace(part); len(trimmed) == 0 || trimmed[0] != '{' || !json.Valid(part) {
			return nil, nil, fmt.Errorf("%w: %s is not a JSON object", ErrMessage, [...]string{"header", "parent header", "metadata", "content"}[i])
		}
	}
	if err := json.Unmarshal(m.RawHeader, &m.Header); err != nil {
		return nil, nil, fmt.Errorf("%w: header: %w", ErrMessage, err)
	}
	if m.Header.ID == "" || m.Header.Type == "" {
		return nil, nil, fmt.Errorf("%w: header without msg_id or msg_type", ErrMessage)
	}
	return m, rest[0], nil
}

// encode lays a message out as frames, signed.
func (m *Message) encode(s *signer) [][]byte {
	parts := [4][]byte{object(m.RawHeader), object(m.Parent), object(m.Metadata), object(m.Content)}
	frames := make([][]byte, 0, len(m.Idents)+6+len(m.Buffers))
	frames = append(frames, m.Idents...)
	frames = append(frames, []byte(delimiter), s.sign(parts))
	frames = append(frames, parts[:]...)
	return append(frames, m.Buffers...)
}

// object is the part itself, and an empty object where there is none.
func object(part json.RawMessage) []byte {
	if len(part) == 0 {
		return []byte("{}")
	}
	return part
}

// marshal is json.Marshal without HTML escaping, for values that this package makes and that cannot fail.
func marshal(v any) json.RawMessage {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return marshal(map[string]any{"status": "error", "ename": "EncodeError", "evalue": err.Error(), "traceback": []string{}})
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}
