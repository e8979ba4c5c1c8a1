package picture

import (
	"bytes"
	"encoding/binary"
	"image"
)

// orientation reads how the camera was held (EXIF 2.3, tag 0x0112) from a JPEG file: 1, upright, to 8; 1 where nothing
// is said or it cannot be read.
func orientation(jpeg []byte) int {
	for rest := jpeg[2:]; len(rest) >= 4 && rest[0] == 0xff; {
		marker, n := rest[1], int(binary.BigEndian.Uint16(rest[2:4]))
		if marker == 0xda || n < 2 || len(rest) < 2+n { // the picture itself begins, or the file is damaged
			break
		}
		if tiff, ok := bytes.CutPrefix(rest[4:2+n], []byte("Exif\x00\x00")); ok && marker == 0xe1 {
			return orientationOf(tiff)
		}
		rest = rest[2+n:]
	}
	return 1
}

func orientationOf(tiff []byte) int {
	var order binary.ByteOrder = binary.LittleEndian
	switch {
	case len(tiff) < 8:
		return 1
	case string(tiff[:2]) == "MM":
		order = binary.BigEndian
	case string(tiff[:2]) != "II":
		return 1
	}
	first := uint64(order.Uint32(tiff[4:8]))
	if first+2 > uint64(len(tiff)) {
		return 1
	}
	const tag, short, size = 0x0112, 3, 12
	entries := tiff[first+2:]
	for range order.Uint16(tiff[first:]) {
		if len(entries) < size {
			break
		}
		if order.Uint16(entries) == tag && order.Uint16(entries[2:]) == short {
			if o := int(order.Uint16(entries[8:])); o >= 1 && o <= 8 {
				return o
			}
			break
		}
		entries = entries[size:]
	}
	return 1
}

// turned is an image as it is seen upright.
func turned(img *image.RGBA, orientation int) *image.RGBA {
	if orientation == 1 {
		return img
	}
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if orientation > 4 {
		out = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range out.Bounds().Dy() {
		for x := range out.Bounds().Dx() {
			out.SetRGBA(x, y, img.RGBAAt(from(orientation, x, y, w-1, h-1)))
		}
	}
	return out
}

// from is the place in the image of which the turned one shows at x, y. right and bottom are its last column and row.
func from(orientation, x, y, right, bottom int) (int, int) {
	switch orientation {
	case 2:
		return right - x, y
	case 3:
		return right - x, bottom - y
	case 4:
		return x, bottom - y
	case 5:
		return y, x
	case 6:
		return y, bottom - x
	case 7:
		return right - y, bottom - x
	case 8:
		return right - y, x
	}
	return x, y
}
