// Package picture makes small square pictures of the images that people send, and keeps them among the files. What is
// kept is always drawn and encoded anew, so that nothing of the file that was sent is left in it but what it shows.
package picture

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"time"

	"github.com/google/uuid"
	"golang.org/x/image/draw"

	"plinth/internal/blob"
	"plinth/internal/fault"
)

// Field is the name of the form field that a picture is sent in, for faults beside it.
const Field = "picture"

// What is taken at most.
const (
	MaxBytes  = 5 << 20
	MaxPixels = 25_000_000 // told by the file's header, before anything is decoded
)

// The sides of what is kept, in pixels: for rows and cards, and for pages about one thing.
const (
	Small = 64
	Large = 256
)

// waitFor is how long a picture waits until others are made.
const waitFor = 10 * time.Second

// Pictures makes and keeps pictures.
type Pictures struct {
	files *blob.Store
	// slot lets one picture at a time be decoded: one of 25 megapixels may take 400 MB while it is.
	slot chan struct{}
}

// New returns the pictures among files.
func New(files *blob.Store) *Pictures {
	return &Pictures{files: files, slot: make(chan struct{}, 1)}
}

// Made is a picture in its two sizes. A name stands for one file sent by one form: the same form sent twice makes the
// same picture, and an image that was removed and sent again has another name.
type Made struct {
	Name         string // as stored with its owner: what nobody guesses, a dot, and the format
	small, large []byte
}

// Make makes a picture for folder of what was sent with a form. Its faults are about Field, in words for people.
func (p *Pictures) Make(ctx context.Context, folder string, form uuid.UUID, sent []byte) (Made, error) {
	if form == uuid.Nil {
		return Made{}, fault.New(fault.Invalid, "This form is incomplete. Reload the page and try again.")
	}
	f, err := check(sent)
	if err != nil {
		return Made{}, err
	}
	square, err := p.square(ctx, f, sent)
	if err != nil {
		return Made{}, err
	}
	small := image.NewRGBA(image.Rect(0, 0, Small, Small))
	draw.CatmullRom.Scale(small, small.Bounds(), square, square.Bounds(), draw.Src, nil)
	return encode(nameOf(folder, form, sent), small, square)
}

// nameOf is 26 letters and digits.
func nameOf(folder string, form uuid.UUID, sent []byte) string {
	sum := sha256.New()
	_, _ = sum.Write([]byte(folder))
	_, _ = sum.Write(form[:])
	_, _ = sum.Write(sent)
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum.Sum(nil))[:26])
}

// square is the middle of the image, upright.
func (p *Pictures) square(ctx context.Context, f format, sent []byte) (*image.RGBA, error) {
	free, err := p.wait(ctx)
	if err != nil {
		return nil, err
	}
	defer free()
	img, err := f.decode(bytes.NewReader(sent))
	if err != nil {
		return nil, unreadable(err)
	}
	// On white, also what is transparent: many logos are made for paper, and would be lost on a dark page.
	square := image.NewRGBA(image.Rect(0, 0, Large, Large))
	draw.Draw(square, square.Bounds(), image.White, image.Point{}, draw.Src)
	draw.CatmullRom.Scale(square, square.Bounds(), img, middle(img.Bounds()), draw.Over, nil)
	if f.oriented {
		// The middle square stays the middle however the image is turned, so only the small one is.
		square = turned(square, orientation(sent))
	}
	return square, nil
}

// wait waits for the slot, which whoever got it sets free.
func (p *Pictures) wait(ctx context.Context) (free func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, waitFor)
	defer cancel()
	select {
	case p.slot <- struct{}{}:
		return func() { <-p.slot }, nil
	case <-ctx.Done():
		return nil, fault.Wrap(fault.Unavailable, "Many pictures are being made at the moment. Please try again.", ctx.Err())
	}
}

func middle(b image.Rectangle) image.Rectangle {
	side := min(b.Dx(), b.Dy())
	x, y := b.Min.X+(b.Dx()-side)/2, b.Min.Y+(b.Dy()-side)/2
	return image.Rect(x, y, x+side, y+side)
}

// encode chooses the format that is smaller: PNG for logos, JPEG for photos.
func encode(name string, small, large *image.RGBA) (Made, error) {
	asPNG := func(to io.Writer, img image.Image) error {
		return (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(to, img)
	}
	asJPEG := func(to io.Writer, img image.Image) error { return jpeg.Encode(to, img, &jpeg.Options{Quality: 88}) }
	var drawn, photo, little bytes.Buffer
	if err := errors.Join(asPNG(&drawn, large), asJPEG(&photo, large)); err != nil {
		return Made{}, fmt.Errorf("encode picture: %w", err)
	}
	made, in := Made{Name: name + ".png", large: drawn.Bytes()}, asPNG
	if photo.Len() < drawn.Len() {
		made, in = Made{Name: name + ".jpg", large: photo.Bytes()}, asJPEG
	}
	if err := in(&little, small); err != nil {
		return Made{}, fmt.Errorf("encode picture: %w", err)
	}
	made.small = little.Bytes()
	return made, nil
}
