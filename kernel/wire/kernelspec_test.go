package wire

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The folders are those of jupyter_core 5 (paths.py: jupyter_data_dir, SYSTEM_JUPYTER_PATH).
func TestDataFolder(t *testing.T) {
	for _, c := range []struct {
		spec   Spec
		system string
		env    map[string]string
		want   string // or a part of the error
	}{
		{Spec{}, "linux", map[string]string{"HOME": "/home/a"}, "/home/a/.local/share/jupyter"},
		{Spec{}, "linux", map[string]string{"HOME": "/home/a", "XDG_DATA_HOME": "/x"}, "/x/jupyter"},
		{Spec{Scope: "user"}, "linux", map[string]string{"HOME": "/h", "JUPYTER_DATA_DIR": "/j"}, "/j"},
		{Spec{}, "darwin", map[string]string{"HOME": "/Users/a"}, "/Users/a/Library/Jupyter"},
		{Spec{}, "windows", map[string]string{"APPDATA": "/roaming"}, "/roaming/jupyter"},
		{Spec{Scope: "sys-prefix"}, "linux", map[string]string{"VIRTUAL_ENV": "/v", "CONDA_PREFIX": "/c"}, "/v/share/jupyter"},
		{Spec{Scope: "sys-prefix"}, "linux", map[string]string{"CONDA_PREFIX": "/c"}, "/c/share/jupyter"},
		{Spec{Scope: "sys-prefix"}, "linux", nil, "no environment is active"},
		{Spec{Scope: "system"}, "linux", nil, "/usr/local/share/jupyter"},
		{Spec{Scope: "system"}, "windows", map[string]string{"PROGRAMDATA": "/pd"}, "/pd/jupyter"},
		{Spec{Scope: "user", Prefix: "/p"}, "darwin", nil, "/p/share/jupyter"},
		{Spec{}, "linux", nil, "HOME is not set"},
		{Spec{Scope: "galaxy"}, "linux", nil, "galaxy"},
	} {
		got, err := c.spec.dataFolder(c.system, func(k string) string { return c.env[k] })
		if err != nil {
			got = err.Error()
		}
		if got = filepath.ToSlash(got); got != c.want && (err == nil || !strings.Contains(got, c.want)) {
			t.Errorf("%+v on %s with %v: %s, want %s", c.spec, c.system, c.env, got, c.want)
		}
	}
}

func TestInstallAndUninstall(t *testing.T) {
	dir := t.TempDir()
	binary := filepath.Join(dir, "go-build1", "snnrepl")
	if err := os.MkdirAll(filepath.Dir(binary), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(binary, []byte("a program"), 0o755); err != nil {
		t.Fatal(err)
	}
	spec := Spec{Prefix: filepath.Join(dir, "prefix"), Binary: binary, Env: map[string]string{"LIVESPIKE_DEVICE": "cpu"}}
	for range 2 { // the second replaces the first
		folder, err := spec.Install()
		if err != nil {
			t.Fatal(err)
		}
		if want := filepath.Join(dir, "prefix", "share", "jupyter", "kernels", "livespike"); folder != want {
			t.Fatalf("installed into %s, want %s", folder, want)
		}
		var k kernelJSON
		text, err := os.ReadFile(filepath.Join(folder, "kernel.json"))
		if err == nil {
			err = json.Unmarshal(text, &k)
		}
		if err != nil || k.Language != "go" || k.InterruptMode != "message" || k.Env["LIVESPIKE_DEVICE"] != "cpu" {
			t.Errorf("%s: %v", text, err)
		}
		if want := filepath.Join(folder, "snnrepl"); k.Argv[0] != want {
			t.Errorf("starts %s, want the copy %s", k.Argv[0], want)
		}
		if text, err := os.ReadFile(k.Argv[0]); string(text) != "a program" {
			t.Errorf("the copy holds %q, %v", text, err)
		}
		for _, logo := range []string{"logo-svg.svg", "logo-64x64.png", "logo-32x32.png"} {
			if _, err := os.Stat(filepath.Join(folder, logo)); err != nil {
				t.Error(err)
			}
		}
	}
	roof := filepath.Join(dir, "prefix", "share", "jupyter", "kernels")
	if left, err := os.ReadDir(roof); err != nil || len(left) != 1 {
		t.Errorf("beside the kernel lie %v, %v", left, err)
	}
	if _, err := spec.Uninstall(); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(roof); err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
	if _, err := spec.Uninstall(); err == nil || !strings.Contains(err.Error(), "no kernel is installed") {
		t.Errorf("a second time: %v", err)
	}
}

func TestUninstallKeepsOthers(t *testing.T) {
	spec := Spec{Prefix: t.TempDir(), Name: "python3"}
	folder, err := spec.Folder()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "kernel.json"), []byte(`{"argv":["python3","-m","ipykernel"]}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := spec.Uninstall(); err == nil || !strings.Contains(err.Error(), "not one of ours") {
		t.Errorf("uninstalled: %v", err)
	}
	for _, name := range []string{"../x", "a b", ".."} {
		if _, err := (Spec{Name: name}).Folder(); err == nil {
			t.Errorf("name %q was accepted", name)
		}
	}
}
