package sim

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// LoadWorld is a built-in world by its name, or one from a file: an SVG drawing (see ParseSVG) when its name ends in
// .svg, otherwise a map of characters (see ParseMap). "" is the arena. A name with a dot or a separator is a file.
func LoadWorld(name string) (*World, error) {
	if name == "" {
		name = "arena"
	}
	if !strings.ContainsAny(name, `./\`) {
		return NamedWorld(name)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, &fileError{fmt.Errorf("sim: world: %w", err)}
	}
	base := filepath.Base(name)
	title := strings.TrimSuffix(base, filepath.Ext(base))
	parse := ParseMap
	if strings.EqualFold(filepath.Ext(base), ".svg") {
		parse = ParseSVG
	}
	w, err := parse(title, string(text))
	if err != nil {
		return nil, &fileError{fmt.Errorf("%w (%s)", err, name)}
	}
	return w, nil
}

// fileError is what is wrong with the file of a world, not with how it was asked for.
type fileError struct{ error }

func (e *fileError) Unwrap() error { return e.error }

// IsFile reports whether an error of LoadWorld or ParseConfig is about the file of a world.
func IsFile(err error) bool {
	var file *fileError
	return errors.As(err, &file)
}
