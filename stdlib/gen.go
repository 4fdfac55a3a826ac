package stdlib

// Run it again whenever the exported names or comments of a tabled package change. It writes table_*.go here and
// kernel/interp/docs.json.
//go:generate go run -C ../tools ./stdlibgen
