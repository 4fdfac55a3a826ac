// Package dvs reads event cameras on USB: iniVation's DVXplorer, DAVIS and DVS128 and Prophesee's EVK3 and EVK4.
//
//	camera := dvs.Open(640, 480)                   // the first camera, on Linux
//	camera := event.MustOpen("inivation:")         // the first of one maker
//	camera := event.MustOpen("inivation:DXB00010") // by its serial number
//
// None of this has been tried with a camera: it is unverified on hardware. The decoders are tested with streams that
// encoders in the tests have written after the makers' descriptions, and with a device that replays them and fails in
// every way that USB does. DVXplorer and DVS128 are set up and started; DAVIS and Prophesee's cameras want settings that
// are not part of this yet, and are refused with a sentence unless another program has started them and ?started=1 says so.
//
// Cameras are reached through the kernel's usbfs, without any library; other systems can give Start a Device of their
// own.
package dvs
