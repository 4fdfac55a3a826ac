package interp

import (
	_ "embed"
	"encoding/json"
	"strings"
	"sync"
)

//go:embed docs.json
var docsJSON []byte

// symbolDoc is what is known of an exported name from its source.
type symbolDoc struct {
	Sig     string
	Doc     string
	Params  []string
	Example string
	See     string // without an example of its own: the name whose example has this one
}

// docs is the documentation of the packages in the tables, by pkg.Name or pkg.Type.Method. It is read when first asked
// for: start-up does not need it.
var docs = sync.OnceValue(func() map[string]symbolDoc {
	table := map[string]symbolDoc{}
	must(json.Unmarshal(docsJSON, &table))
	return table
})

// first is the first sentence of a doc comment.
func (d symbolDoc) first() string {
	text, _, _ := strings.Cut(d.Doc, "\n\n")
	text = strings.Join(strings.Fields(text), " ")
	if end := strings.Index(text, ". "); end >= 0 {
		return text[:end+1]
	}
	return text
}
