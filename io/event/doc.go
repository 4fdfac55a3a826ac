// Package event reads, writes and processes what event cameras send: files in the formats of the field, live sources,
// and recordings made up on the spot.
//
//	camera := event.MustOpen("recording.aedat4")
//	for frame := range camera.Frames(5 * time.Millisecond) {
//		fmt.Println(frame.Sum())
//	}
//	camera.Close()
//
// Open takes a path, "-" for standard input, or the address of a source ("sim:bars?size=640x480"); Sources lists the
// schemes and Formats the file formats. What a file is, is decided by its content first and by its name second.
//
// Events come in batches: Next delivers them as they are stored, Read and Frames as float32 images of (height, width).
// "sim:" is a camera that looks at moving bars, dots, a turning bar or noise, for whoever has none; Scenes lists what it
// shows and its parameters. "sample:bars", or no address at all, is a recording of it inside the program.
//
// Nothing is lost in silence: whatever is skipped, out of range or out of order is counted in Stats, and a recording
// that breaks off delivers every whole event before the error that names the file and the offset.
package event
