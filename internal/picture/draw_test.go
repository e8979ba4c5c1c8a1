package picture_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"
)

func known() map[string]color.RGBA {
	return map[string]color.RGBA{
		"red": {220, 20, 20, 255}, "blue": {20, 20, 220, 255}, "green": {20, 160, 20, 255}, "white": {255, 255, 255, 255},
	}
}

// halves is red on the left and blue on the right.
func halves(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			name := "red"
			if x >= w/2 {
				name = "blue"
			}
			img.SetRGBA(x, y, known()[name])
		}
	}
	return img
}

// quarters is red, blue, green and white.
func quarters() image.Image {
	img := image.NewRGBA(image.Rect(0, 0, 200, 200))
	for y := range 200 {
		for x := range 200 {
			img.SetRGBA(x, y, known()[[]string{"red", "blue", "green", "white"}[y/100*2+x/100]])
		}
	}
	return img
}

// colours names the colours in the four quarters of an image.
func colours(img image.Image) (names [4]string) {
	b := img.Bounds()
	for i := range names {
		r, g, bl, _ := img.At(b.Min.X+b.Dx()*(1+i%2*2)/4, b.Min.Y+b.Dy()*(1+i/2*2)/4).RGBA()
		least := 1 << 30
		for name, c := range known() {
			d := func(a uint32, b uint8) int { return (int(a>>8) - int(b)) * (int(a>>8) - int(b)) }
			if far := d(r, c.R) + d(g, c.G) + d(bl, c.B); far < least {
				least, names[i] = far, name
			}
		}
	}
	return names
}

func asPNG(t *testing.T, img image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func asJPEG(t *testing.T, img image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// asGIF is one of two pictures.
func asGIF(t *testing.T) []byte {
	t.Helper()
	frame := image.NewPaletted(image.Rect(0, 0, 30, 20), color.Palette{color.White, color.Black})
	var out bytes.Buffer
	if err := gif.EncodeAll(&out, &gif.GIF{Image: []*image.Paletted{frame, frame}, Delay: []int{10, 10}}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// place stands for where a photo was taken.
const place = "52.5200N 13.4050E"

// withEXIF puts the notes of a camera into a JPEG file: how it was held (nothing for 0), and a place.
func withEXIF(plain []byte, order binary.AppendByteOrder, orientation byte) []byte {
	tiff := []byte("MM")
	if order == binary.AppendByteOrder(binary.LittleEndian) {
		tiff = []byte("II")
	}
	tiff = order.AppendUint32(order.AppendUint16(tiff, 42), 8)
	entry := func(tag, kind uint16, value []byte) []byte {
		out := order.AppendUint32(order.AppendUint16(order.AppendUint16(nil, tag), kind), 1)
		return append(out, value...)
	}
	entries := [][]byte{entry(0x010f, 2, []byte("abc\x00"))}
	if orientation != 0 {
		entries = append(entries, entry(0x0112, 3, append(order.AppendUint16(nil, uint16(orientation)), 0, 0)))
	}
	tiff = order.AppendUint16(tiff, uint16(len(entries)))
	for _, e := range entries {
		tiff = append(tiff, e...)
	}
	tiff = append(append(tiff, 0, 0, 0, 0), place...)
	body := append([]byte("Exif\x00\x00"), tiff...)
	head := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(body)+2))
	out := append(bytes.Clone(plain[:2]), head...)
	return append(append(out, body...), plain[2:]...)
}

// bombPNG says that it is so large, in a head that is right.
func bombPNG(w, h uint32) []byte {
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte("IHDR"), w), h)
	head = append(head, 8, 2, 0, 0, 0)
	out := binary.BigEndian.AppendUint32([]byte("\x89PNG\r\n\x1a\n"), uint32(len(head)-4))
	out = append(out, head...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(head))
}

// bombWebP says outside that it has one pixel, and inside that it has 268 million.
func bombWebP() []byte {
	const side = 16_383
	part := func(kind string, data []byte) []byte {
		if len(data)%2 == 1 {
			data = append(data, 0)
		}
		return append(binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(data))), data...)
	}
	inner := append([]byte{0x2f}, binary.LittleEndian.AppendUint32(nil, side|side<<14)...)
	body := append([]byte("WEBP"), part("VP8X", make([]byte, 10))...)
	body = append(body, part("VP8L", inner)...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

func unbase64(t *testing.T, text string) []byte {
	t.Helper()
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
