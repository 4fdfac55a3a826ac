package durin

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// A reply as RFC 1035 (section 4) and RFC 6762 write it: the question repeated, an AAAA record, then the address, both
// with names that point back to the question's, and the cache-flush bit in the class.
const mdnsReply = "\x00\x00\x84\x00\x00\x01\x00\x02\x00\x00\x00\x00" +
	"\x06durin5\x05local\x00\x00\x01\x00\x01" +
	"\xc0\x0c\x00\x1c\x80\x01\x00\x00\x00\x78\x00\x10\xfe\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01" +
	"\xc0\x0c\x00\x01\x80\x01\x00\x00\x00\x78\x00\x04\x0a\x00\x00\x05"

func TestMDNSAnswer(t *testing.T) {
	want := netip.MustParseAddr("10.0.0.5")
	for _, host := range []string{"durin5.local", "Durin5.local."} {
		if at, ok := mdnsAnswer([]byte(mdnsReply), host); !ok || at != want {
			t.Errorf("%s is %v, %t", host, at, ok)
		}
	}
	if at, ok := mdnsAnswer([]byte(mdnsReply), "durin6.local"); ok {
		t.Errorf("somebody else's address is taken: %v", at)
	}
	for n := range len(mdnsReply) {
		if at, ok := mdnsAnswer([]byte(mdnsReply[:n]), "durin5.local"); ok {
			t.Errorf("cut off at %d it says %v", n, at)
		}
	}
	loop := strings.Replace(mdnsReply, "\x06durin5\x05local\x00", "\xc0\x0c", 1)
	if _, ok := mdnsAnswer([]byte(loop), "durin5.local"); ok {
		t.Error("a name that points to itself is read")
	}
}

// TestAskLocal asks a responder on this machine, which answers the second time.
func TestAskLocal(t *testing.T) {
	responder, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		buffer := make([]byte, 1500)
		for asked := 0; ; asked++ {
			n, from, err := responder.ReadFromUDP(buffer)
			if err != nil {
				return
			}
			const want = "\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x06durin5\x05local\x00\x00\x01\x80\x01"
			if string(buffer[:n]) != want {
				t.Errorf("asked %q, want %q", buffer[:n], want)
			}
			if asked > 0 {
				_, _ = responder.WriteToUDP([]byte("noise"), from)
				_, _ = responder.WriteToUDP([]byte(mdnsReply), from)
			}
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	at, err := askLocal(ctx, responder.LocalAddr().(*net.UDPAddr), "durin5.local")
	if err != nil || at != netip.MustParseAddr("10.0.0.5") {
		t.Errorf("%v, %v", at, err)
	}
	_ = responder.Close()
	<-ended
	cancel()
	if _, err := askLocal(ctx, mdnsGroup, "durin5.local"); err == nil {
		t.Error("an ended context finds a robot")
	}
	if _, err := mdnsQuestion("durin5..local"); err == nil {
		t.Error("an empty label is a host name")
	}
}

func FuzzMDNSAnswer(f *testing.F) {
	f.Add([]byte(mdnsReply))
	f.Fuzz(func(t *testing.T, b []byte) {
		if at, ok := mdnsAnswer(b, "durin5.local"); ok && !at.Is4() {
			t.Errorf("%v", at)
		}
	})
}
