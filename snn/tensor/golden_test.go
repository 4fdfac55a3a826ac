package tensor_test

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

// readGolden decodes a file of testdata, whose origin testdata/README.md tells.
func readGolden(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// array is a tensor as the golden files hold it: little-endian float32 in base64.
type array struct {
	Shape []int
	Data  string
}

func (a array) tensor(t *testing.T) *tensor.Tensor {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(a.Data)
	if err != nil {
		t.Fatal(err)
	}
	out := tensor.Zeros(a.Shape...)
	if len(raw) != 4*out.Numel() {
		t.Fatalf("%d bytes for shape %v", len(raw), a.Shape)
	}
	for i := range out.Data() {
		out.Data()[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
	}
	return out
}
