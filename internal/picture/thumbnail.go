package picture

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/draw"

	"plinth/internal/blob"
	"plinth/internal/fault"
)

// What a thumbnail fits into, in pixels.
const (
	ThumbnailWidth  = 960
	ThumbnailHeight = 720
)

// Drawn says how large a thumbnail became.
type Drawn struct{ Width, Height int }

// Thumbnail makes a smaller image of the one at key, upright, whole and on white, and keeps it at to. Like every picture
// it is drawn and encoded anew, so that nothing is left of what the camera noted. Invalid when the file is no image, or
// one of more than MaxPixels; TooLarge when it has more than most bytes.
func (p *Pictures) Thumbnail(ctx context.Context, key, to string, most int64) (Drawn, error) {
	sent, err := p.whole(ctx, key, most)
	if err != nil {
		return Drawn{}, err
	}
	f, err := known(sent)
	if err != nil {
		return Drawn{}, err
	}
	free, err := p.wait(ctx)
	if err != nil {
		return Drawn{}, err
	}
	defer free()
	img, err := f.decode(bytes.NewReader(sent))
	if err != nil {
		return Drawn{}, unreadable(err)
	}
	held := 1
	if f.oriented {
		held = orientation(sent)
	}
	small := turned(fitted(img, held), held)
	data, err := smaller(small)
	if err != nil {
		return Drawn{}, err
	}
	err = p.files.Write(ctx, to, func(w io.Writer) error { _, err := w.Write(data); return err })
	return Drawn{Width: small.Bounds().Dx(), Height: small.Bounds().Dy()}, err
}

// whole reads a file of at most most bytes.
func (p *Pictures) whole(ctx context.Context, key string, most int64) ([]byte, error) {
	r, size, err := p.files.Read(ctx, key)
	if errors.Is(err, blob.ErrNone) {
		return nil, fault.Missing()
	}
	if err != nil {
		return nil, err
	}
	if size > most {
		return nil, errors.Join(TooLarge(nil), r.Close())
	}
	sent, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		return nil, fmt.Errorf("read image: %w", err)
	}
	return sent, nil
}

// fitted is the image as small as a thumbnail, still as the camera held it. A small one keeps its size.
func fitted(img image.Image, held int) *image.RGBA {
	b := img.Bounds()
	w, h, most := b.Dx(), b.Dy(), image.Pt(ThumbnailWidth, ThumbnailHeight)
	if held > 4 {
		most = image.Pt(ThumbnailHeight, ThumbnailWidth)
	}
	if w > most.X {
		w, h = most.X, h*most.X/w
	}
	if h > most.Y {
		w, h = w*most.Y/h, most.Y
	}
	small := image.NewRGBA(image.Rect(0, 0, max(w, 1), max(h, 1)))
	draw.Draw(small, small.Bounds(), image.White, image.Point{}, draw.Src)
	draw.CatmullRom.Scale(small, small.Bounds(), img, b, draw.Over, nil)
	return small
}

// smaller encodes in the format that is smaller: PNG for what was drawn, JPEG for photos.
func smaller(img image.Image) ([]byte, error) {
	var drawn, photo bytes.Buffer
	err := errors.Join(png.Encode(&drawn, img), jpeg.Encode(&photo, img, &jpeg.Options{Quality: 84}))
	if err != nil {
		return nil, fmt.Errorf("encode thumbnail: %w", err)
	}
	if photo.Len() < drawn.Len() {
		return photo.Bytes(), nil
	}
	return drawn.Bytes(), nil
}

// Held is a thumbnail in memory.
type Held struct {
	*bytes.Reader
	Type string // of the content
}

// Close does nothing: nothing is open.
func (Held) Close() error { return nil }

// Kept reads a thumbnail; NotFound when there is none.
func (p *Pictures) Kept(ctx context.Context, key string) (Held, error) {
	data, err := p.read(ctx, key)
	if err != nil {
		return Held{}, err
	}
	kind := "image/jpeg"
	if bytes.HasPrefix(data, []byte("\x89PNG")) {
		kind = "image/png"
	}
	return Held{Reader: bytes.NewReader(data), Type: kind}, nil
}
