package picture

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"

	"plinth/internal/fault"
)

// format is a kind of file that is taken.
type format struct {
	is       func(head []byte) bool
	size     func(sent []byte) (image.Config, error)
	decode   func(io.Reader) (image.Image, error)
	oriented bool // a camera may have noted how it was held
}

// formats is the list of what is taken, told by the content alone: what a file is called, and what the browser says it
// is, anybody can make up. Of a moving GIF the first picture counts.
func formats() []format {
	begins := func(with string) func([]byte) bool {
		return func(head []byte) bool { return bytes.HasPrefix(head, []byte(with)) }
	}
	header := func(config func(io.Reader) (image.Config, error)) func([]byte) (image.Config, error) {
		return func(sent []byte) (image.Config, error) { return config(bytes.NewReader(sent)) }
	}
	return []format{
		{is: begins("\x89PNG\r\n\x1a\n"), size: header(png.DecodeConfig), decode: png.Decode},
		{is: begins("\xff\xd8\xff"), size: header(jpeg.DecodeConfig), decode: jpeg.Decode, oriented: true},
		{is: begins("GIF8"), size: header(gif.DecodeConfig), decode: gif.Decode},
		{is: func(head []byte) bool { return begins("RIFF")(head) && len(head) >= 12 && string(head[8:12]) == "WEBP" }, size: webpSize, decode: webp.Decode},
	}
}

// check says which format a file has, before anything of it is decoded.
func check(sent []byte) (format, error) {
	switch {
	case len(sent) == 0:
		return format{}, fault.Field(Field, "Choose a picture first.")
	case len(sent) > MaxBytes:
		return format{}, TooLarge(nil)
	}
	return known(sent)
}

// known says which format a file has, and refuses one of more pixels than are decoded.
func known(sent []byte) (format, error) {
	for _, f := range formats() {
		if !f.is(sent) {
			continue
		}
		c, err := f.size(sent)
		if err != nil {
			return format{}, unreadable(err)
		}
		if c.Width < 1 || c.Height < 1 || int64(c.Width)*int64(c.Height) > MaxPixels {
			return format{}, fault.Field(Field, "This picture has more than 25 megapixels. Make it smaller and try again.")
		}
		return f, nil
	}
	return format{}, fault.Field(Field, "This is not a picture of a kind that works here. Choose a PNG, JPEG, GIF or WebP file.")
}

// TooLarge is the fault for a file beyond MaxBytes.
func TooLarge(cause error) error {
	return &fault.Error{Kind: fault.TooLarge, Fields: map[string]string{Field: "This file is larger than 5 MB. Choose a smaller one."}, Cause: cause}
}

func unreadable(cause error) error {
	return &fault.Error{Kind: fault.Invalid, Fields: map[string]string{Field: "This picture cannot be read: the file is damaged or incomplete."}, Cause: cause}
}

// webpSize is the largest of what a WebP file says of its size. The library believes the outer header, which is made up
// as easily as any, and then decodes an inner picture that may be larger.
func webpSize(sent []byte) (image.Config, error) {
	size, err := webp.DecodeConfig(bytes.NewReader(sent))
	if err != nil {
		return size, err
	}
	for rest := sent[12:]; len(rest) >= 8; {
		n := uint64(binary.LittleEndian.Uint32(rest[4:8]))
		end := min(8+n+n%2, uint64(len(rest)))
		if kind := string(rest[:4]); kind == "VP8 " || kind == "VP8L" {
			inner, err := webp.DecodeConfig(io.MultiReader(bytes.NewReader(riff(end)), bytes.NewReader(rest[:end])))
			if err != nil {
				return inner, err
			}
			size.Width, size.Height = max(size.Width, inner.Width), max(size.Height, inner.Height)
		}
		rest = rest[end:]
	}
	return size, nil
}

// riff is the head of a WebP file of one part.
func riff(part uint64) []byte {
	head := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(4+part))
	return append(head, "WEBP"...)
}
