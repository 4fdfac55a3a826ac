package zmtp

import "net"

// Rep is a REP socket that returns every message as it came, envelope included: Jupyter's heartbeat.
type Rep struct{ socket }

// NewRep serves a listener; log is as for [NewRouter].
func NewRep(l net.Listener, log func(string)) *Rep {
	r := &Rep{}
	r.socket = socket{
		kind: "REP", peerTypes: []string{"REQ", "DEALER"}, listener: l, log: log,
		receive: func(p *Peer, frames [][]byte) {
			if err := p.Send(frames); err != nil {
				r.log("zmtp: REP: " + err.Error())
			}
		},
	}
	r.start()
	return r
}
