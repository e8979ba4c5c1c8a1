package webtest

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"testing"

	"golang.org/x/net/html"
)

// File is one that a form sends.
type File struct {
	Field, Name, Type string
	Data              []byte
}

// Upload fills the form that posts to action, chooses a file in it, and sends it.
func (p *Page) Upload(action string, f File) *Page {
	p.b.t.Helper()
	return p.b.follow(p.b.Upload(action, p.Form(action), f, nil))
}

// Upload sends a form with a file, once and without following; header may be nil.
func (b *Browser) Upload(path string, form url.Values, f File, header http.Header) *Page {
	b.t.Helper()
	return b.UploadAll(path, form, []File{f}, header)
}

// UploadAll is Upload with several files, of the same field.
func (b *Browser) UploadAll(path string, form url.Values, files []File, header http.Header) *Page {
	b.t.Helper()
	kind, body := Multipart(b.t, form, files)
	return b.send(http.MethodPost, path, kind, body, header)
}

// Multipart is a form with files as a browser sends it, with its content type.
func Multipart(t testing.TB, form url.Values, files []File) (kind string, body []byte) {
	t.Helper()
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	for name, values := range form {
		for _, v := range values {
			if name == files[0].Field {
				continue // the empty value that no browser sends
			}
			if err := w.WriteField(name, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, f := range files {
		part, err := w.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {multipart.FileContentDisposition(f.Field, f.Name)}, "Content-Type": {f.Type},
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(f.Data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.FormDataContentType(), out.Bytes()
}

// PNG is an image of one colour, for the field picture; each shade makes another.
func PNG(t testing.TB, shade uint8) File {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 120, 80))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for x := range 60 {
		img.SetRGBA(x, 40, color.RGBA{shade, 90, 90, 255})
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return File{Field: "picture", Name: "me.png", Type: "image/png", Data: out.Bytes()}
}

// Images are the paths of the images that the page shows.
func (p *Page) Images() []string {
	var out []string
	walkAll(p.tree(), func(n *html.Node) {
		if n.Data == "img" {
			out = append(out, attr(n, "src"))
		}
	})
	return out
}
