package zmtp

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
)

// greeting is what a NULL server of ZMTP 3.0 sends first: signature, version, mechanism, as-server, filler.
var greeting = func() []byte {
	g := make([]byte, 64)
	g[0], g[8], g[9] = 0xff, 0x01, 0x7f
	g[10] = 3
	copy(g[12:], "NULL")
	return g
}()

// readGreeting accepts any version from 3.0 on with the NULL mechanism.
func readGreeting(r io.Reader) error {
	var g [64]byte
	if _, err := io.ReadFull(r, g[:]); err != nil {
		return unexpected(err)
	}
	mechanism := string(bytes.TrimRight(g[12:32], "\x00"))
	switch {
	case g[0] != 0xff || g[9] != 0x7f:
		return fmt.Errorf("%w: not a ZMTP greeting", errProtocol)
	case g[10] < 3:
		return fmt.Errorf("%w: version %d.%d, need 3.0", errProtocol, g[10], g[11])
	case mechanism != "NULL":
		return fmt.Errorf("%w: mechanism %q, only NULL is offered", errProtocol, mechanism)
	}
	return nil
}

// readyCommand is the body of a READY command with the properties that every socket sends.
func readyCommand(socketType string) []byte {
	body := append([]byte{5}, "READY"...)
	body = appendProperty(body, "Socket-Type", socketType)
	return appendProperty(body, "Identity", "")
}

func appendProperty(b []byte, name, value string) []byte {
	b = append(append(b, byte(len(name))), name...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(value)))
	return append(b, value...)
}

// parseReady reads a READY command; the names of its properties are returned in lower case.
func parseReady(body []byte) (map[string]string, error) {
	name, rest, ok := cutCommand(body)
	if !ok || name != "READY" {
		return nil, fmt.Errorf("%w: expected READY, got %.20q", errProtocol, body)
	}
	properties := map[string]string{}
	for len(rest) > 0 {
		n := int(rest[0])
		if len(rest) < 1+n+4 {
			return nil, fmt.Errorf("%w: READY cut short", errProtocol)
		}
		key := strings.ToLower(string(rest[1 : 1+n]))
		size := binary.BigEndian.Uint32(rest[1+n:])
		rest = rest[1+n+4:]
		if uint64(size) > uint64(len(rest)) {
			return nil, fmt.Errorf("%w: READY cut short", errProtocol)
		}
		properties[key] = string(rest[:size])
		rest = rest[size:]
	}
	return properties, nil
}

// cutCommand splits a command frame into its name and its data.
func cutCommand(body []byte) (name string, data []byte, ok bool) {
	if len(body) == 0 || len(body) < 1+int(body[0]) {
		return "", nil, false
	}
	n := int(body[0])
	return string(body[1 : 1+n]), body[1+n:], true
}

// handshake introduces both sides and returns the identity that the peer gave, which may be empty.
func handshake(conn net.Conn, r *bufio.Reader, socketType string, peerTypes []string) (string, error) {
	if _, err := conn.Write(greeting); err != nil {
		return "", err
	}
	if err := readGreeting(r); err != nil {
		return "", err
	}
	ready := readyCommand(socketType)
	if _, err := conn.Write(append(appendHeader(nil, len(ready), false, true), ready...)); err != nil {
		return "", err
	}
	f, err := readFrame(r, handshakeFrame)
	if err != nil {
		return "", err
	}
	if !f.command {
		return "", fmt.Errorf("%w: message before READY", errProtocol)
	}
	properties, err := parseReady(f.body)
	if err != nil {
		return "", err
	}
	for _, accepted := range peerTypes {
		if properties["socket-type"] == accepted {
			if len(properties["identity"]) > maxIdentity {
				return "", fmt.Errorf("%w: identity of %d bytes", errProtocol, len(properties["identity"]))
			}
			return properties["identity"], nil
		}
	}
	return "", fmt.Errorf("%w: %s does not speak to %q", errProtocol, socketType, properties["socket-type"])
}
