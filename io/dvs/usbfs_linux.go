//go:build linux && (amd64 || arm64 || riscv64 || loong64)

package dvs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Requests of usbfs.
//
// Source: include/uapi/linux/usbdevice_fs.h of the Linux kernel, on 64-bit machines.
const (
	usbControl   = 0xc0185500
	usbSubmit    = 0x8038550a
	usbDiscard   = 0x0000550b
	usbReapNow   = 0x4008550d
	usbClaim     = 0x8004550f
	usbClearHalt = 0x80045515

	urbBulk = 3
)

// urb is struct usbdevfs_urb.
type urb struct {
	kind, endpoint uint8
	status         int32
	flags          uint32
	buffer         uintptr
	length, actual int32
	_, _, _        int32 // frames, packets, errors of other kinds
	signal         uint32
	context        uintptr
}

const (
	transfers  = 32 // that wait in the kernel
	waitMillis = 100
	sysUSB     = "/sys/bus/usb/devices"
	udevRule   = `SUBSYSTEM=="usb", ATTR{idVendor}=="%04x", MODE="0666"`
)

// list finds the cameras in /sys.
func list() ([]found, error) { return listIn(sysUSB, "/dev/bus/usb") }

func listIn(sys, dev string) (cameras []found, _ error) {
	entries, err := os.ReadDir(sys)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // no bus at all
	} else if err != nil {
		return nil, fmt.Errorf("dvs: %w", err)
	}
	for _, e := range entries {
		attribute := func(name string) string {
			b, _ := os.ReadFile(filepath.Join(sys, e.Name(), name)) // interfaces and hubs have not all
			return strings.TrimSpace(string(b))
		}
		vendor, errV := strconv.ParseUint(attribute("idVendor"), 16, 16)
		product, errP := strconv.ParseUint(attribute("idProduct"), 16, 16)
		bus, errB := strconv.Atoi(attribute("busnum"))
		number, errN := strconv.Atoi(attribute("devnum"))
		if errors.Join(errV, errP, errB, errN) != nil {
			continue
		}
		if m, ok := modelOf(uint16(vendor), uint16(product)); ok {
			cameras = append(cameras, found{m, attribute("serial"), attribute("product"), fmt.Sprintf("%s/%03d/%03d", dev, bus, number)})
		}
	}
	return cameras, nil
}

// usbfs is a Device of the kernel. The transfers lie in memory that the garbage collector does not know.
type usbfs struct {
	fd       int
	endpoint uint8
	memory   []byte
	urbs     []urb
	running  bool

	mu     sync.Mutex
	closed bool
}

func openDevice(path string, endpoint uint8) (Device, error) {
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_CLOEXEC, 0)
	if errors.Is(err, unix.EACCES) {
		return nil, fmt.Errorf("dvs: %s: %w; a file /etc/udev/rules.d/65-event-camera.rules with the line %s allows it", path, err, fmt.Sprintf(udevRule, 0x152a))
	}
	if err != nil {
		return nil, fmt.Errorf("dvs: %s: %w", path, err)
	}
	d := &usbfs{fd: fd, endpoint: endpoint}
	number := uint32(0)
	if err := d.ioctl(usbClaim, unsafe.Pointer(&number)); err != nil {
		return nil, errors.Join(fmt.Errorf("dvs: %s: another program has the camera: %w", path, err), unix.Close(fd))
	}
	if d.memory, err = unix.Mmap(-1, 0, transfers*transferBytes+os.Getpagesize(), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE); err != nil {
		return nil, errors.Join(fmt.Errorf("dvs: %w", err), unix.Close(fd))
	}
	d.urbs = unsafe.Slice((*urb)(unsafe.Pointer(&d.memory[transfers*transferBytes])), transfers)
	return d, nil
}

func (d *usbfs) ioctl(request uintptr, arg unsafe.Pointer) error {
	for {
		_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(d.fd), request, uintptr(arg))
		switch errno {
		case 0:
			return nil
		case unix.EINTR:
		case unix.ENODEV, unix.ESHUTDOWN:
			return ErrGone
		default:
			return errno
		}
	}
}

func (d *usbfs) Control(kind, request uint8, value, index uint16, data []byte) error {
	transfer := struct {
		kind, request        uint8
		value, index, length uint16
		timeout              uint32 // ms
		data                 unsafe.Pointer
	}{kind, request, value, index, uint16(len(data)), 1000, unsafe.Pointer(unsafe.SliceData(data))}
	err := d.ioctl(usbControl, unsafe.Pointer(&transfer))
	runtime.KeepAlive(data)
	return err
}

func (d *usbfs) submit(u *urb, i int) error {
	*u = urb{kind: urbBulk, endpoint: d.endpoint, buffer: uintptr(unsafe.Pointer(&d.memory[i*transferBytes])), length: transferBytes, context: uintptr(i)}
	return d.ioctl(usbSubmit, unsafe.Pointer(u))
}

// Bulk is the next transfer that is complete; its place in the queue is given back at once.
func (d *usbfs) Bulk(_ uint8, data []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return 0, ErrGone
	}
	if !d.running {
		d.running = true
		for i := range d.urbs {
			if err := d.submit(&d.urbs[i], i); err != nil {
				return 0, err
			}
		}
	}
	ready := []unix.PollFd{{Fd: int32(d.fd), Events: unix.POLLOUT}}
	if n, err := unix.Poll(ready, waitMillis); n == 0 || errors.Is(err, unix.EINTR) {
		return 0, ErrTimeout
	} else if err != nil {
		return 0, err
	}
	var done *urb
	if err := d.ioctl(usbReapNow, unsafe.Pointer(&done)); errors.Is(err, unix.EAGAIN) {
		return 0, ErrTimeout
	} else if err != nil {
		return 0, err
	}
	i := int(done.context)
	n, status := int(done.actual), syscall.Errno(-done.status)
	if status == 0 && n <= len(data) {
		copy(data, d.memory[i*transferBytes:][:n])
	}
	if status == unix.EPIPE {
		endpoint := uint32(d.endpoint)
		if err := d.ioctl(usbClearHalt, unsafe.Pointer(&endpoint)); err != nil {
			return 0, err
		}
	}
	if status != unix.ENODEV && status != unix.ESHUTDOWN {
		if err := d.submit(done, i); err != nil {
			return 0, err
		}
	}
	switch {
	case status == 0 && n <= len(data):
		return n, nil
	case status == 0, status == unix.EOVERFLOW:
		return 0, ErrOverflow
	case status == unix.EPIPE:
		return 0, ErrStall
	case status == unix.ENODEV, status == unix.ESHUTDOWN:
		return 0, ErrGone
	}
	return 0, status
}

// Close takes the transfers back before their memory goes.
func (d *usbfs) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil
	}
	d.closed = true
	if d.running {
		for i := range d.urbs {
			_ = d.ioctl(usbDiscard, unsafe.Pointer(&d.urbs[i])) // it may be complete
		}
	}
	// The kernel ends what is left when the file closes, so that the memory is nobody's then.
	return errors.Join(unix.Close(d.fd), unix.Munmap(d.memory))
}
