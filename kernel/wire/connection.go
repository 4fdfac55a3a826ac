package wire

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
)

// Connection is what a connection file holds: where the five sockets are and how messages are signed.
type Connection struct {
	Transport       string `json:"transport"` // "tcp" or "ipc"
	IP              string `json:"ip"`        // an address, or for ipc the path before "-<port>"
	ShellPort       int    `json:"shell_port"`
	IOPubPort       int    `json:"iopub_port"`
	StdinPort       int    `json:"stdin_port"`
	ControlPort     int    `json:"control_port"`
	HBPort          int    `json:"hb_port"`
	Key             string `json:"key"`
	SignatureScheme string `json:"signature_scheme"`
	KernelName      string `json:"kernel_name,omitempty"`
}

// NewConnection is a connection on loopback with a random key and ports that the system chooses.
func NewConnection(kernelName string) Connection {
	var key [32]byte
	_, _ = rand.Read(key[:]) // never fails, by its documentation
	return Connection{
		Transport: "tcp", IP: "127.0.0.1", Key: hex.EncodeToString(key[:]),
		SignatureScheme: "hmac-sha256", KernelName: kernelName,
	}
}

// ReadConnection reads and checks a connection file.
func ReadConnection(path string) (Connection, error) {
	c := Connection{Transport: "tcp", IP: "127.0.0.1", SignatureScheme: "hmac-sha256"}
	text, err := os.ReadFile(path)
	if err != nil {
		return c, fmt.Errorf("wire: connection file: %w", err)
	}
	var beyond struct {
		Curve        string `json:"curve_publickey"`
		Registration int    `json:"registration_port"`
	}
	if err := json.Unmarshal(text, &c); err != nil {
		return c, fmt.Errorf("wire: connection file %s: %w", path, err)
	}
	if err := json.Unmarshal(text, &beyond); err != nil {
		return c, fmt.Errorf("wire: connection file %s: %w", path, err)
	}
	switch {
	case beyond.Curve != "":
		err = fmt.Errorf("encrypted transport (curve_publickey) is not offered")
	case beyond.Registration != 0:
		err = fmt.Errorf("the handshake of protocol 5.6 (registration_port) is not offered")
	default:
		err = c.check()
	}
	if err != nil {
		return c, fmt.Errorf("wire: connection file %s: %w", path, err)
	}
	return c, nil
}

func (c Connection) check() error {
	if c.SignatureScheme != "hmac-sha256" {
		return fmt.Errorf("signature scheme %q, need hmac-sha256", c.SignatureScheme)
	}
	if c.Transport != "tcp" && c.Transport != "ipc" {
		return fmt.Errorf("transport %q, need tcp or ipc", c.Transport)
	}
	if c.Transport == "tcp" && c.Key == "" && !loopback(c.IP) {
		return fmt.Errorf("address %s without a key: anybody could run code", c.IP)
	}
	for name, port := range map[string]int{
		"shell": c.ShellPort, "iopub": c.IOPubPort, "stdin": c.StdinPort, "control": c.ControlPort, "hb": c.HBPort,
	} {
		if port < 0 || port > 65535 {
			return fmt.Errorf("%s_port %d", name, port)
		}
	}
	return nil
}

func loopback(ip string) bool {
	if ip == "localhost" {
		return true
	}
	parsed := net.ParseIP(ip)
	return parsed != nil && parsed.IsLoopback()
}

// Write stores the connection at path, readable by its owner alone: complete or not at all.
func (c Connection) Write(path string) error {
	text, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return fmt.Errorf("wire: connection file: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".connection-*")
	if err != nil {
		return fmt.Errorf("wire: connection file: %w", err)
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone already after the rename
	_, err = f.Write(append(text, '\n'))
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("wire: connection file: %w", err)
	}
	return nil
}

// listen opens one of the five sockets and puts the port it got into *port.
func (c *Connection) listen(port *int) (net.Listener, error) {
	if c.Transport == "ipc" {
		return c.listenUnix(port)
	}
	l, err := net.Listen("tcp", net.JoinHostPort(c.IP, strconv.Itoa(*port)))
	if err != nil {
		return nil, fmt.Errorf("wire: %w", err)
	}
	*port = l.Addr().(*net.TCPAddr).Port
	return l, nil
}

func (c *Connection) listenUnix(port *int) (net.Listener, error) {
	for n := max(*port, 1); ; n++ {
		path := c.IP + "-" + strconv.Itoa(n)
		if conn, err := net.Dial("unix", path); err == nil {
			_ = conn.Close()
			if *port == 0 {
				continue // somebody lives there: take the next name
			}
			return nil, fmt.Errorf("wire: %s is in use", path)
		}
		if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
			return nil, fmt.Errorf("wire: stale socket: %w", err)
		}
		l, err := net.Listen("unix", path)
		if err != nil {
			return nil, fmt.Errorf("wire: %w", err)
		}
		*port = n
		return l, nil
	}
}
