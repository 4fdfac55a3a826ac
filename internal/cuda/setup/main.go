// Setup builds Livespike for NVIDIA GPUs. It needs gcc; to run, the result needs a driver. No CUDA toolkit is involved.
//
//	go run ./internal/cuda/setup           builds ./snnrepl with the tag cuda and asks it for the devices
//	go run ./internal/cuda/setup -w        also stores CGO_CFLAGS by go env -w, for go build -tags cuda
//	go run ./internal/cuda/setup -flags    prints the CGO_CFLAGS only
//	go run ./internal/cuda/setup -gonb     prints what a GoNB notebook needs
//
// gorgonia.org/cu needs a header cuda.h. Its module carries one, for its generator, that does not compile: setup derives a
// usable one into the cache folder of the user, together with functions that look NVIDIA's library up when they are
// called, so that the program starts on machines without it. See the README of ../shim.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// The version of cu that this was written for, and how many C functions its Go files call.
const (
	version  = "v0.9.6"
	usedByCU = 163
)

func main() {
	write := flag.Bool("w", false, "store CGO_CFLAGS with go env -w")
	flags := flag.Bool("flags", false, "print CGO_CFLAGS and stop")
	gonb := flag.Bool("gonb", false, "print the lines for a GoNB cell and stop")
	out := flag.String("o", "snnrepl", "the `FILE` to build")
	flag.Parse()
	if err := run(*write, *flags, *gonb, *out); err != nil {
		fmt.Fprintln(os.Stderr, "setup:", err)
		os.Exit(1)
	}
}

func run(write, flagsOnly, gonb bool, out string) error {
	dir, err := moduleDir()
	if err != nil {
		return err
	}
	include, err := derive(dir)
	if err != nil {
		return err
	}
	cflags := "-O2 -g -I" + include
	switch {
	case flagsOnly:
		fmt.Println(cflags)
		return nil
	case gonb:
		fmt.Printf("%%goflags -tags=cuda\n%%env CGO_CFLAGS=%s\n", cflags)
		return nil
	}
	if _, err := exec.LookPath("gcc"); err != nil {
		return errors.New("gcc is not there; on Debian and Ubuntu: apt-get install gcc libc6-dev")
	}
	if write {
		if err := store(cflags); err != nil {
			return err
		}
	}
	fmt.Printf("CGO_CFLAGS=%q go build -tags cuda -o %s ./cmd/snnrepl\n", cflags, out)
	if err := command(cflags, "go", "build", "-tags", "cuda", "-o", out, "./cmd/snnrepl"); err != nil {
		return err
	}
	self, err := filepath.Abs(out)
	if err != nil {
		return err
	}
	fmt.Println(out, "gpu")
	return command(cflags, self, "gpu")
}

// store keeps the flags for later builds and says how to undo it.
func store(cflags string) error {
	before, err := exec.Command("go", "env", "CGO_CFLAGS").Output()
	if err != nil {
		return fmt.Errorf("go env: %w", err)
	}
	if err := exec.Command("go", "env", "-w", "CGO_CFLAGS="+cflags).Run(); err != nil {
		return fmt.Errorf("go env -w: %w", err)
	}
	fmt.Printf("stored CGO_CFLAGS=%s\nit was %s; undo with: go env -u CGO_CFLAGS\n", cflags, strings.TrimSpace(string(before)))
	return nil
}

func command(cflags, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1", "CGO_CFLAGS="+cflags)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}

// moduleDir is where the module cache has cu.
func moduleDir() (string, error) {
	out, err := exec.Command("go", "mod", "download", "gorgonia.org/cu").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go mod download gorgonia.org/cu: %s", strings.TrimSpace(string(out)))
	}
	out, err = exec.Command("go", "list", "-m", "-f", "{{.Version}} {{.Dir}}", "gorgonia.org/cu").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go list -m gorgonia.org/cu: %s", strings.TrimSpace(string(out)))
	}
	got, dir, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	if got != version {
		return "", fmt.Errorf("gorgonia.org/cu is %s; the header is derived from %s", got, version)
	}
	return dir, nil
}

// derive writes the header and the trampolines into the user's cache and gives the folder.
func derive(cu string) (string, error) {
	source, err := os.ReadFile(filepath.Join(cu, "cmd", "genlib", "cuda.h"))
	if err != nil {
		return "", err
	}
	header, err := deriveHeader(string(source))
	if err != nil {
		return "", err
	}
	sources, err := goSources(cu)
	if err != nil {
		return "", err
	}
	own, err := os.ReadFile(filepath.Join(cu, "batch.h"))
	if err != nil {
		return "", err
	}
	all := prototypes(header)
	if err := verify(all, sources, string(own)); err != nil {
		return "", err
	}
	forward, err := trampolines(all)
	if err != nil {
		return "", err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(cache, "livespike", "cuda-"+version)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	for name, text := range map[string]string{"cuda.h": header, "trampolines.h": forward} {
		if err := replace(filepath.Join(folder, name), text); err != nil {
			return "", err
		}
	}
	return folder, nil
}

// replace writes a file whole, and only if it differs: the compiler's cache looks at what is included.
func replace(path, text string) error {
	if old, err := os.ReadFile(path); err == nil && string(old) == text {
		return nil
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

func goSources(dir string) (map[string]string, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	sources := map[string]string{}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		sources[filepath.Base(path)] = string(text)
	}
	return sources, nil
}
