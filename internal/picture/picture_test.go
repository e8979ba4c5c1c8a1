package picture_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"plinth/internal/blob"
	"plinth/internal/fault"
	"plinth/internal/picture"
)

const folder = "people/1/"

func newPictures(t *testing.T) (*picture.Pictures, *blob.Store) {
	t.Helper()
	files, err := blob.Open("file://" + t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return picture.New(files), files
}

// made makes and keeps a picture and reads it again in its large size.
func made(t *testing.T, p *picture.Pictures, sent []byte) (string, image.Image, []byte) {
	t.Helper()
	m, err := p.Make(t.Context(), folder, uuid.New(), sent)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Keep(t.Context(), folder, m); err != nil {
		t.Fatal(err)
	}
	file, err := p.Open(t.Context(), folder, m.Name, picture.File(m.Name, picture.Large))
	if err != nil {
		t.Fatal(err)
	}
	img, kind, err := image.Decode(bytes.NewReader(file.Data))
	if err != nil || "image/"+kind != file.Type {
		t.Fatalf("a %s is sent as %s: %v", kind, file.Type, err)
	}
	return m.Name, img, file.Data
}

func TestEveryKindIsMadeSquare(t *testing.T) {
	t.Parallel()
	p, _ := newPictures(t)
	for name, sent := range map[string][]byte{
		"png": asPNG(t, halves(400, 200)), "jpeg": asJPEG(t, halves(200, 400)), "gif": asGIF(t), "tiny": asPNG(t, halves(2, 2)),
		"webp lossless": unbase64(t, "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="),
		"webp lossy":    unbase64(t, "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA"),
	} {
		_, img, _ := made(t, p, sent)
		if got := img.Bounds(); got != image.Rect(0, 0, picture.Large, picture.Large) {
			t.Errorf("%s: the picture is %v", name, got)
		}
	}
}

// Of a wide image the middle is shown: its left and right halves meet in the middle of the square.
func TestTheMiddleIsShown(t *testing.T) {
	t.Parallel()
	p, _ := newPictures(t)
	_, img, _ := made(t, p, asPNG(t, halves(1000, 100)))
	if got := colours(img); !cmp.Equal(got, [4]string{"red", "blue", "red", "blue"}) {
		t.Errorf("the corners are %v", got)
	}
}

// A camera held otherwise says so; each of the eight ways comes upright. The corners are those of an image whose top is
// red then blue, and whose bottom is green then white.
func TestCamerasHeldOtherwise(t *testing.T) {
	t.Parallel()
	p, _ := newPictures(t)
	want := map[byte][4]string{
		0: {"red", "blue", "green", "white"}, 1: {"red", "blue", "green", "white"}, 2: {"blue", "red", "white", "green"},
		3: {"white", "green", "blue", "red"}, 4: {"green", "white", "red", "blue"}, 5: {"red", "green", "blue", "white"},
		6: {"green", "red", "white", "blue"}, 7: {"white", "blue", "green", "red"}, 8: {"blue", "white", "red", "green"},
		9: {"red", "blue", "green", "white"},
	}
	for o, corners := range want {
		for _, order := range []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian} {
			_, img, kept := made(t, p, withEXIF(asJPEG(t, quarters()), order, o))
			if got := colours(img); got != corners {
				t.Errorf("orientation %d, %v: %v, want %v", o, order, got, corners)
			}
			if bytes.Contains(kept, []byte("Exif")) || bytes.Contains(kept, []byte(place)) {
				t.Error("what the camera noted is in the picture that is kept")
			}
		}
	}
}

func TestDamagedNotesAreNoObstacle(t *testing.T) {
	t.Parallel()
	p, _ := newPictures(t)
	whole := withEXIF(asJPEG(t, quarters()), binary.BigEndian, 3)
	for at := 2; at < 60; at++ { // each byte of the notes and of what leads to them
		broken := bytes.Clone(whole)
		broken[at] = 0xff
		if _, err := p.Make(t.Context(), folder, uuid.New(), broken); err != nil && fault.KindOf(err) != fault.Invalid {
			t.Errorf("byte %d: %v", at, err)
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	p, _ := newPictures(t)
	whole := asPNG(t, halves(300, 300))
	for name, c := range map[string]struct {
		sent []byte
		want string
	}{
		"nothing":                 {nil, "Choose a picture first"},
		"text":                    {[]byte("just words, called photo.png"), "not a picture of a kind"},
		"SVG":                     {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), "not a picture of a kind"},
		"HTML behind a signature": {append([]byte("\x89PNG\r\n\x1a\n"), "<script>alert(1)</script>"...), "cannot be read"},
		"half a file":             {whole[:len(whole)/2], "cannot be read"},
		"half a JPEG":             {asJPEG(t, quarters())[:600], "cannot be read"},
		"a signature alone":       {[]byte("\xff\xd8\xff"), "cannot be read"},
		"900 megapixels":          {bombPNG(30_000, 30_000), "more than 25 megapixels"},
		"a little too much":       {bombPNG(5001, 5000), "more than 25 megapixels"},
		"no pixels":               {bombPNG(0, 10), "cannot be read"},
		"WebP with two sizes":     {bombWebP(), "more than 25 megapixels"},
		"a WebP head":             {[]byte("RIFF\x04\x00\x00\x00WEBP"), "cannot be read"},
		"too large":               {append(bytes.Clone(whole), make([]byte, picture.MaxBytes)...), "larger than 5 MB"},
	} {
		_, err := p.Make(t.Context(), folder, uuid.New(), c.sent)
		f := fault.As(err)
		if f == nil || !strings.Contains(f.Fields[picture.Field], c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if _, err := p.Make(t.Context(), folder, uuid.Nil, whole); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a form without an id: %v", err)
	}
}

// The same form makes the same picture however often it is sent; the same image sent by another form is another picture.
func TestNames(t *testing.T) {
	t.Parallel()
	p, _ := newPictures(t)
	sent, form := asPNG(t, halves(20, 20)), uuid.New()
	name := func(folder string, form uuid.UUID, sent []byte) string {
		m, err := p.Make(t.Context(), folder, form, sent)
		if err != nil {
			t.Fatal(err)
		}
		return m.Name
	}
	first := name(folder, form, sent)
	if again := name(folder, form, sent); again != first {
		t.Errorf("sent twice: %s and %s", first, again)
	}
	for _, other := range []string{name(folder, uuid.New(), sent), name("people/2/", form, sent), name(folder, form, asPNG(t, halves(21, 20)))} {
		if other == first {
			t.Errorf("another picture is called %s too", other)
		}
	}
}

func TestWaitingInVainIsSaid(t *testing.T) {
	t.Parallel()
	p, _ := newPictures(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	refused := false
	for range 100 { // the slot is free, so either may be chosen
		_, err := p.Make(ctx, folder, uuid.New(), asPNG(t, halves(2, 2)))
		refused = refused || fault.Is(err, fault.Unavailable)
	}
	if !refused {
		t.Error("whoever has hung up is never sent away")
	}
}

func TestTidy(t *testing.T) {
	t.Parallel()
	p, files := newPictures(t)
	first, _, _ := made(t, p, asPNG(t, halves(20, 20)))
	second, _, _ := made(t, p, asPNG(t, halves(30, 30)))
	third, _, _ := made(t, p, asPNG(t, halves(40, 40))) // about to be referred to
	if err := files.Write(t.Context(), folder+"notes.txt", func(w io.Writer) error { _, err := io.WriteString(w, "not ours"); return err }); err != nil {
		t.Fatal(err)
	}
	if err := p.Tidy(t.Context(), folder, second, first); err != nil {
		t.Fatal(err)
	}
	for name, there := range map[string]bool{first: false, second: true, third: true} {
		_, err := p.Open(t.Context(), folder, name, picture.File(name, picture.Small))
		if there && err != nil || !there && !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v, there: %v", name, err, there)
		}
	}
	if _, err := p.Open(t.Context(), folder, second, picture.File(third, picture.Small)); !fault.Is(err, fault.NotFound) {
		t.Errorf("a file of another picture: %v", err)
	}
	for _, file := range []string{"", "notes.txt", "../1/notes.txt", "second.png", strings.ToUpper(picture.File(second, 64)), picture.File(second, 65)} {
		if _, err := p.Open(t.Context(), folder, second, file); !fault.Is(err, fault.NotFound) {
			t.Errorf("%q: %v", file, err)
		}
	}
	if r, _, err := files.Read(t.Context(), folder+"notes.txt"); err != nil {
		t.Errorf("what is no picture: %v", err)
	} else {
		_ = r.Close()
	}
}
