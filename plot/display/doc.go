// Package display shows pictures and rich text wherever the code runs: in a Livespike session, in a GoNB notebook, in a
// terminal, or as plain text.
//
//	handle := display.Show(plot.Image(frame)) // a picture below the cell
//	handle.Update(plot.Image(next))           // the same place, the next picture
//
// A value shows richly when it has one of the methods
//
//	PNG() ([]byte, error)        image/png
//	SVG() (string, error)        image/svg+xml
//	HTML() (string, error)       text/html
//	Markdown() (string, error)   text/markdown
//	Latex() (string, error)      text/latex
//	JSON() ([]byte, error)       application/json
//
// or is an image.Image. Everything else, and the text that accompanies every picture, is what fmt prints.
//
// Where it goes is decided once, at the first use: to the sink of the host if SetSink was called, else to the notebook
// if GoNB runs the program (environment variable GONB_PIPE), else as a picture if standard output is a terminal, else
// as text. All functions may be called from several goroutines.
package display
