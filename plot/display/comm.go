package display

import "errors"

// ErrNoComm is returned where the front end has no comms: in the terminal, in GoNB, in a program of its own.
var ErrNoComm = errors.New("display: this front end has no comms")

// CommMessage is what travels over a comm. Data and Metadata become JSON objects; Buffers are bytes as they are.
type CommMessage struct {
	Data, Metadata map[string]any
	Buffers        [][]byte
}

// Comm is a channel to an object in the front end, such as a widget's model.
type Comm interface {
	ID() string
	Send(m CommMessage) error
	Close() error
}

// CommSink is a Sink whose front ends have comms.
type CommSink interface {
	Sink
	OpenComm(target string, m CommMessage, handle func(CommMessage)) (Comm, error)
}

// OpenComm opens a comm to the front ends' target with a first message. handle gets what they send, one message at a
// time, also while a cell runs. The error is ErrNoComm where there are none.
func OpenComm(target string, m CommMessage, handle func(CommMessage)) (Comm, error) {
	if s, ok := current().(CommSink); ok {
		return s.OpenComm(target, m, handle)
	}
	return nil, ErrNoComm
}
