package main

// module is the path of the module whose packages are tabled beside the standard ones.
const module = "github.com/livespike/livespike"

// ours are the patterns of this module's packages that scripts may import.
var ours = []string{"./snn/...", "./io/...", "./plot/..."}

// hidden are packages below those patterns that are for hosts and tests, not for scripts.
var hidden = map[string]bool{
	module + "/plot/term": true,
}

// standard are the packages of the standard library that scripts may import. cmp, maps and slices are generic through
// and through: their tables hold no symbol and list the names.
var standard = []string{
	"bufio", "bytes", "cmp", "container/heap", "container/list", "container/ring", "context", "encoding/binary", "encoding/csv", "encoding/json", "errors", "fmt",
	"image", "image/color", "image/png", "io", "io/fs", "iter", "log", "maps", "math", "math/bits", "math/cmplx",
	"math/rand", "math/rand/v2", "os", "path/filepath", "regexp", "slices", "sort", "strconv", "strings", "sync",
	"sync/atomic", "time", "unicode", "unicode/utf8",
}

// replaced are symbols that would end or mislead the host; stdlib/restricted.go holds what scripts get instead.
var replaced = map[string]string{
	"os.Exit":        "osExit",
	"os.FindProcess": "osFindProcess",
	"log.Fatal":      "logFatal",
	"log.Fatalf":     "logFatalf",
	"log.Fatalln":    "logFatalln",
	"log.Logger":     "logLogger",
	"log.New":        "logNew",
	"log.Default":    "logDefault",
}
