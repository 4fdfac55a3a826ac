package event

import (
	"io"
	"net"
)

// SetPieceBytes changes how much one goroutine decodes at a time, until restore.
func SetPieceBytes(n int) (restore func()) {
	before := pieceBytes
	pieceBytes = n
	return func() { pieceBytes = before }
}

// SourceOn is the source of a connection that delivers what r has.
func SourceOn(r io.Reader, zmq bool) (Source, error) {
	conn := reading{r: r}
	in := newInput(conn, "fuzz")
	if zmq {
		if err := zmtpSubscribe(conn, in); err != nil {
			return nil, err
		}
		return &speck{conn: conn, in: in}, nil
	}
	f := &fileSource{in: in, info: Info{Live: true}}
	var err error
	if f.dec, err = openAEDAT4Header(in, &options{records: &records{}}, &f.info, &f.stats); err != nil {
		return nil, err
	}
	return &dvSource{conn: conn, file: f}, nil
}

// reading is a connection to nobody.
type reading struct {
	net.Conn
	r io.Reader
}

func (c reading) Read(b []byte) (int, error)  { return c.r.Read(b) }
func (c reading) Write(b []byte) (int, error) { return len(b), nil }
