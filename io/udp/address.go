package udp

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// options are what follows the question mark of an address.
type options struct {
	layout        layout
	width, height int
	timeout       time.Duration
	packet        int
}

// packetBytes fills a datagram of Ethernet, whose frames hold 1500 bytes with their headers.
const packetBytes = 1400

// maxPacket is the most that a datagram holds.
const maxPacket = 65507

func parse(u *url.URL, known ...string) (o options, err error) {
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return o, err
	}
	for key := range query {
		if !slices.Contains(known, key) {
			return o, fmt.Errorf("no parameter is called %s; known are %v", key, known)
		}
	}
	if u.Port() == "" {
		return o, fmt.Errorf("the address has no port, as udp://:3333 has")
	}
	if o.layout, err = layoutNamed(query.Get("layout")); err != nil {
		return o, err
	}
	if size := query.Get("size"); size != "" {
		if n, err := fmt.Sscanf(size, "%dx%d\n", &o.width, &o.height); n != 2 || err != nil || o.width < 1 || o.height < 1 || o.width > 1<<16 || o.height > 1<<16 {
			return o, fmt.Errorf("size is %q, want WIDTHxHEIGHT in pixels", size)
		}
	}
	if timeout := query.Get("timeout"); timeout != "" {
		if o.timeout, err = time.ParseDuration(timeout); err != nil || o.timeout <= 0 {
			return o, fmt.Errorf("timeout is %q, want a time such as 500ms", timeout)
		}
	}
	o.packet = packetBytes
	if packet := query.Get("packet"); packet != "" {
		if o.packet, err = strconv.Atoi(packet); err != nil || o.packet < o.layout.maxBytes || o.packet > maxPacket {
			return o, fmt.Errorf("packet is %q, want %d to %d bytes", packet, o.layout.maxBytes, maxPacket)
		}
	}
	return o, nil
}
