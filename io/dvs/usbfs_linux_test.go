//go:build amd64 || arm64 || riscv64 || loong64

package dvs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/livespike/livespike/io/event"
)

// TestList finds cameras in a tree such as /sys has, and says what to do when there is none.
func TestList(t *testing.T) {
	sys := t.TempDir()
	for name, files := range map[string]map[string]string{
		"1-1":     {"idVendor": "152a\n", "idProduct": "8419\n", "busnum": "1\n", "devnum": "7\n", "serial": "DXB00010\n", "product": "DVXplorer\n"},
		"1-1:1.0": {"bInterfaceNumber": "00\n"},
		"usb1":    {"idVendor": "1d6b\n", "idProduct": "0002\n", "busnum": "1\n", "devnum": "1\n"},
	} {
		for file, text := range files {
			if err := os.MkdirAll(filepath.Join(sys, name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(sys, name, file), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	got, err := listIn(sys, "/dev/bus/usb")
	if err != nil || len(got) != 1 || got[0].serial != "DXB00010" || got[0].path != "/dev/bus/usb/001/007" || got[0].model.name != "dvxplorer" {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := listIn(filepath.Join(sys, "none"), ""); err != nil || len(got) != 0 {
		t.Errorf("no bus: %v, %v", got, err)
	}
	if _, err := event.Open("inivation:NONE"); err == nil {
		t.Error("a camera that is not there opens")
	}
	if _, err := event.Open("inivation:?speed=1"); err == nil || !strings.Contains(err.Error(), "known is started") {
		t.Errorf("a wrong parameter: %v", err)
	}
}
