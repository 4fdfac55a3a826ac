// Package zmtp is the server side of ZMTP 3.0, the wire protocol of ZeroMQ, with the NULL mechanism: a [Router], an
// [XPub] and a [Rep] socket on any net.Listener. It is what a Jupyter kernel needs, and no more.
//
// What ZeroMQ's own library does silently, this package does not: a slow reader is waited for, never skipped, and a
// reader that makes no progress is closed and logged. Limits are listed at the constants.
//
// Source: rfc.zeromq.org/spec/23 (ZMTP 3.0), 28 (request-reply) and 29 (publish-subscribe).
package zmtp

import "time"

const (
	handshakeTimeout = 10 * time.Second // a peer that has not introduced itself by then is closed
	handshakeFrame   = 64 << 10         // largest frame before READY, in bytes
	maxMessage       = 256 << 20        // largest message, in bytes
	maxFrames        = 1024             // most frames of one message
	maxPeers         = 256              // most connections of one socket
	growth           = 1 << 20          // a stated length is believed in steps of this many bytes
	queueBytes       = 64 << 20         // outgoing bytes a peer may be behind
	stallTimeout     = 2 * time.Second  // a full queue that loses no byte for so long closes its peer
	maxIdentity      = 255              // bytes
)
