package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/livespike/livespike/kernel/wire"
)

// figures writes each picture that is shown into a folder: NAME-01.png, NAME-02.png, …
type figures struct {
	dir, name string
	count     int
	files     map[string]string // of a display that may be updated, by id
	create    func(name string) (io.WriteCloser, error)
}

func newFigures(dir, name string) *figures {
	return &figures{dir: dir, name: name, files: map[string]string{}, create: func(name string) (io.WriteCloser, error) {
		return os.Create(name)
	}}
}

// prepare makes the folder, so that a script does not run for figures that cannot be written.
func (f *figures) prepare() error {
	if f == nil {
		return nil
	}
	return os.MkdirAll(f.dir, 0o755)
}

// add writes a bundle's picture and returns the name of a file that is new; "" when there is no picture or it went into
// the file of the display it updates. A value that can only be drawn as SVG becomes an .svg file.
func (f *figures) add(id string, b wire.Bundle) (file string, err error) {
	data, extension := []byte(nil), ".png"
	if p, ok := b.Data["image/png"].([]byte); ok {
		data = p
	} else if s, ok := b.Data["image/svg+xml"].(string); ok {
		data, extension = []byte(s), ".svg"
	} else {
		return "", nil
	}
	known := f.files[id]
	file = known
	if file == "" {
		f.count++
		file = filepath.Join(f.dir, fmt.Sprintf("%s-%02d%s", f.name, f.count, extension))
		if id != "" {
			f.files[id] = file
		}
	}
	if err := f.write(file, data); err != nil {
		return "", fmt.Errorf("%s: %w", file, reason(err))
	}
	if known != "" {
		return "", nil
	}
	return file, nil
}

// write puts a file in place whole or not at all: a new one is written beside it and renamed.
func (f *figures) write(file string, data []byte) error {
	if err := f.prepare(); err != nil { // somebody may have removed it
		return err
	}
	temporary := filepath.Join(f.dir, "."+filepath.Base(file)+".new")
	w, err := f.create(temporary)
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	if closed := w.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(temporary, file)
	}
	if err != nil {
		os.Remove(temporary)
	}
	return err
}

// reason is an error without the name of the temporary file.
func reason(err error) error {
	var inFile *fs.PathError
	if errors.As(err, &inFile) {
		return inFile.Err
	}
	return err
}
