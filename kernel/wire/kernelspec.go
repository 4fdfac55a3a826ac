package wire

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
)

//go:generate go run logo/generate.go

//go:embed logo/*.svg logo/*.png
var logos embed.FS

// KernelName is the name that front ends and notebooks know the kernel by. It never changes.
const KernelName = "livespike"

// Spec is how a kernel is installed. The zero value installs livespike for the user.
type Spec struct {
	Name        string            // "" is livespike
	DisplayName string            // "" is Livespike (Go), with the name behind it unless that is livespike
	Scope       string            // "user" (also ""), "sys-prefix" or "system"
	Prefix      string            // installs below PREFIX/share/jupyter, whatever the scope
	Env         map[string]string // environment of the kernel
	Binary      string            // the program to start
}

// kernelJSON is the file that front ends read. It has no kernel_protocol_version: jupyter_client 8 warns of fields that it
// does not know, and that one matters to a handshake which the kernel does not offer.
type kernelJSON struct {
	Argv          []string          `json:"argv"`
	DisplayName   string            `json:"display_name"`
	Language      string            `json:"language"`
	InterruptMode string            `json:"interrupt_mode"`
	Env           map[string]string `json:"env"`
	Metadata      map[string]any    `json:"metadata"`
}

// nameSyntax is what Jupyter accepts as the name of a kernel.
var nameSyntax = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)

// Folder is where the kernel is or will be installed.
func (s Spec) Folder() (string, error) {
	name := s.Name
	if name == "" {
		name = KernelName
	}
	if !nameSyntax.MatchString(name) || strings.Trim(name, ".") == "" {
		return "", fmt.Errorf("wire: kernel name %q: letters, digits, dot, minus and underscore only", name)
	}
	data, err := s.dataFolder(runtime.GOOS, os.Getenv)
	if err != nil {
		return "", fmt.Errorf("wire: %w", err)
	}
	return filepath.Join(data, "kernels", name), nil
}

// dataFolder is Jupyter's data folder of the scope, as jupyter_core's paths have it.
func (s Spec) dataFolder(system string, env func(string) string) (string, error) {
	if s.Prefix != "" {
		return filepath.Join(s.Prefix, "share", "jupyter"), nil
	}
	switch s.Scope {
	case "", "user":
		return userDataFolder(system, env)
	case "sys-prefix":
		for _, variable := range []string{"VIRTUAL_ENV", "CONDA_PREFIX"} {
			if dir := env(variable); dir != "" {
				return filepath.Join(dir, "share", "jupyter"), nil
			}
		}
		return "", errors.New("no environment is active: neither VIRTUAL_ENV nor CONDA_PREFIX is set")
	case "system":
		if system != "windows" {
			return "/usr/local/share/jupyter", nil
		}
		if dir := env("PROGRAMDATA"); dir != "" {
			return filepath.Join(dir, "jupyter"), nil
		}
		return "", errors.New("PROGRAMDATA is not set")
	}
	return "", fmt.Errorf("scope %q, need user, sys-prefix or system", s.Scope)
}

func userDataFolder(system string, env func(string) string) (string, error) {
	if dir := env("JUPYTER_DATA_DIR"); dir != "" {
		return dir, nil
	}
	home := env("HOME")
	switch system {
	case "windows":
		if dir := env("APPDATA"); dir != "" {
			return filepath.Join(dir, "jupyter"), nil
		}
		return "", errors.New("APPDATA is not set")
	case "darwin":
		if home != "" {
			return filepath.Join(home, "Library", "Jupyter"), nil
		}
	default:
		if dir := env("XDG_DATA_HOME"); dir != "" {
			return filepath.Join(dir, "jupyter"), nil
		}
		if home != "" {
			return filepath.Join(home, ".local", "share", "jupyter"), nil
		}
	}
	return "", errors.New("HOME is not set")
}

// RuntimeFolder is where Jupyter keeps connection files.
func RuntimeFolder() (string, error) {
	if dir := os.Getenv("JUPYTER_RUNTIME_DIR"); dir != "" {
		return dir, nil
	}
	data, err := userDataFolder(runtime.GOOS, os.Getenv)
	if err != nil {
		return "", fmt.Errorf("wire: %w", err)
	}
	return filepath.Join(data, "runtime"), nil
}

// Install writes the kernel's folder, complete or not at all, and returns it. Installing again replaces it. A program
// that go run built is copied into the folder, because it is removed when it ends.
func (s Spec) Install() (folder string, err error) {
	folder, err = s.Folder()
	if err != nil {
		return "", err
	}
	roof := filepath.Dir(folder)
	if err := os.MkdirAll(roof, 0o755); err != nil {
		return "", fmt.Errorf("wire: %w", err)
	}
	fresh, err := os.MkdirTemp(roof, ".livespike-*") // beside the folder, so that it can be renamed
	if err != nil {
		return "", fmt.Errorf("wire: %w", err)
	}
	defer os.RemoveAll(fresh)
	if err := s.write(fresh, folder); err != nil {
		return "", fmt.Errorf("wire: %w", err)
	}
	if err := os.Chmod(fresh, 0o755); err != nil {
		return "", fmt.Errorf("wire: %w", err)
	}
	if err := replace(folder, fresh); err != nil {
		return "", fmt.Errorf("wire: %w", err)
	}
	return folder, nil
}

// write fills the folder that will be renamed to its final name.
func (s Spec) write(into, final string) error {
	binary, err := filepath.Abs(s.Binary)
	if err != nil {
		return err
	}
	if passing(binary) {
		name := filepath.Base(binary)
		if err := copyFile(filepath.Join(into, name), binary); err != nil {
			return err
		}
		if final, err = filepath.Abs(final); err != nil {
			return err
		}
		binary = filepath.Join(final, name)
	}
	env := s.Env
	if env == nil {
		env = map[string]string{}
	}
	display := s.DisplayName
	if display == "" {
		display = "Livespike (Go)"
		if s.Name != "" && s.Name != KernelName {
			display += " " + s.Name
		}
	}
	text, err := json.MarshalIndent(kernelJSON{
		Argv:        []string{binary, "kernel", "start", "-f", "{connection_file}"},
		DisplayName: display, Language: "go", InterruptMode: "message",
		Env: env, Metadata: map[string]any{"debugger": false},
	}, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(into, "kernel.json"), append(text, '\n'), 0o644); err != nil {
		return err
	}
	entries, err := logos.ReadDir("logo")
	if err != nil {
		return err
	}
	for _, e := range entries {
		logo, err := logos.ReadFile("logo/" + e.Name())
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(into, e.Name()), logo, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// passing reports whether a program lies where it will not stay: in a folder for temporary files or in the build cache,
// where go run leaves it.
func passing(binary string) bool {
	for _, roof := range []string{os.TempDir(), os.Getenv("GOTMPDIR"), os.Getenv("GOCACHE")} {
		if below, err := filepath.Rel(roof, binary); roof != "" && err == nil && filepath.IsLocal(below) {
			return true
		}
	}
	for part := range strings.SplitSeq(filepath.ToSlash(filepath.Dir(binary)), "/") {
		if strings.HasPrefix(part, "go-build") {
			return true
		}
	}
	return false
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// replace puts the folder fresh in the place of another, which may exist. The old one is kept until the new one stands.
func replace(folder, fresh string) error {
	old := fresh + ".old"
	switch err := os.Rename(folder, old); {
	case err == nil:
		defer os.RemoveAll(old)
	case !errors.Is(err, os.ErrNotExist):
		return err
	}
	if err := os.Rename(fresh, folder); err != nil {
		return errors.Join(err, os.Rename(old, folder))
	}
	return nil
}

// Uninstall removes the kernel's folder and returns it. It refuses a folder that is not a kernel of ours.
func (s Spec) Uninstall() (folder string, err error) {
	folder, err = s.Folder()
	if err != nil {
		return "", err
	}
	text, err := os.ReadFile(filepath.Join(folder, "kernel.json"))
	if errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("wire: %s: no kernel is installed there", folder)
	}
	if err != nil {
		return "", fmt.Errorf("wire: %w", err)
	}
	var k kernelJSON
	if err := json.Unmarshal(text, &k); err != nil || len(k.Argv) < 3 || k.Argv[1] != "kernel" || k.Argv[2] != "start" {
		return "", fmt.Errorf("wire: %s: that kernel is not one of ours", folder)
	}
	if err := os.RemoveAll(folder); err != nil {
		return "", fmt.Errorf("wire: %w", err)
	}
	return folder, nil
}
