package wire

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"
)

// replayWindow is how many accepted signatures are remembered.
const replayWindow = 65536

// signer makes and checks signatures: HMAC-SHA256 over the four JSON frames as they stand on the wire, in lower-case
// hex. An empty key means no signature, and nothing is checked.
type signer struct {
	key []byte

	mu    sync.Mutex
	seen  map[string]struct{}
	order []string // the signatures in seen, oldest at next
	next  int
}

func newSigner(key string) *signer {
	return &signer{key: []byte(key), seen: map[string]struct{}{}}
}

func (s *signer) sign(parts [4][]byte) []byte {
	if len(s.key) == 0 {
		return nil
	}
	mac := hmac.New(sha256.New, s.key)
	for _, p := range parts {
		mac.Write(p)
	}
	return hex.AppendEncode(nil, mac.Sum(nil))
}

// open decodes frames and checks their signature, which must be right and new.
func (s *signer) open(frames [][]byte) (*Message, error) {
	m, signature, err := decode(frames)
	if err != nil || len(s.key) == 0 {
		return m, err
	}
	want := s.sign([4][]byte{m.RawHeader, m.Parent, m.Metadata, m.Content})
	if !hmac.Equal(signature, want) {
		return nil, fmt.Errorf("%w: wrong signature on %s", ErrMessage, m.Header.Type)
	}
	if !s.remember(string(signature)) {
		return nil, fmt.Errorf("%w: %s %s was received before", ErrMessage, m.Header.Type, m.Header.ID)
	}
	return m, nil
}

// remember notes a signature and reports whether it is new.
func (s *signer) remember(signature string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.seen[signature]; ok {
		return false
	}
	if len(s.order) < replayWindow {
		s.order = append(s.order, signature)
	} else {
		delete(s.seen, s.order[s.next])
		s.order[s.next] = signature
		s.next = (s.next + 1) % replayWindow
	}
	s.seen[signature] = struct{}{}
	return true
}
