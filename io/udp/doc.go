// Package udp receives and sends events as datagrams: the SPIF of AEStream, spiffer and Durin's camera, with and without
// times, and faery's layouts. Importing it gives event.Open and event.Create the addresses of the scheme udp:
//
//	camera := event.MustOpen("udp://:3333", event.Size(640, 480))
//	sink := event.MustCreate("udp://localhost:3333")
//
// Behind a question mark an address takes layout (see Layouts; spif is the default), of a source size=640x480 and
// timeout=1s, after which a stream that has begun ends when nothing comes, and of a sink packet=1400, the most bytes in a
// datagram.
//
// SPIF has 32 bits of microseconds; a receiver sees them turn over every 71 minutes and goes on, but does not know how
// often they had before. A sink refuses a time that a receiver would therefore get wrong: give event.FromZero, or the
// layout with 64 bits. Events without a time get that of their arrival, counted from the opening.
package udp
