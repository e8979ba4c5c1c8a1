package files

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"plinth/internal/fault"
)

// headSize is how much of a file its kind is told by.
const headSize = 4 << 10

// kind is a kind of file that is taken.
type kind struct {
	noun    string // what people call it
	served  string // the content type it is sent with
	endings string // that belong to this kind alone
	is      func(head []byte) bool
	image   bool // a thumbnail is made of it
}

// Kinds of which other code must know.
const (
	opaque = "application/octet-stream" // browsers keep it and look no further
	plain  = "text/plain; charset=utf-8"
)

// kinds is the list of what is taken. A file is told by its content alone: what it is called, and what a browser says it
// is, anybody can make up. Text stands at the end, since it is told by what it does not have.
func kinds() []kind {
	return []kind{
		{noun: "a PNG picture", served: "image/png", endings: "png", is: begins("\x89PNG\r\n\x1a\n"), image: true},
		{noun: "a JPEG picture", served: "image/jpeg", endings: "jpg jpeg jpe jfif", is: begins("\xff\xd8\xff"), image: true},
		{noun: "a GIF picture", served: "image/gif", endings: "gif", is: either(begins("GIF87a"), begins("GIF89a")), image: true},
		{noun: "a WebP picture", served: "image/webp", endings: "webp", is: both(begins("RIFF"), at(8, "WEBP")), image: true},
		{noun: "a picture", served: opaque, endings: "heic heif avif tif tiff bmp psd", is: either(ftyp("heic", "heix", "mif1", "avif", "avis"), begins("II*\x00"), begins("MM\x00*"), begins("BM"), begins("8BPS"))},
		{noun: "a PDF", served: "application/pdf", endings: "pdf", is: begins("%PDF-")},
		{noun: "a ZIP archive", served: "application/zip", endings: "zip docx xlsx pptx odt ods odp odg epub vsdx 3mf kmz", is: either(begins("PK\x03\x04"), begins("PK\x05\x06"))},
		{noun: "an archive", served: opaque, endings: "gz tgz 7z xz bz2 zst tar rar lz4", is: either(begins("\x1f\x8b"), begins("7z\xbc\xaf\x27\x1c"), begins("\xfd7zXZ\x00"), begins("BZh"), begins("\x28\xb5\x2f\xfd"), begins("Rar!\x1a\x07"), begins("\x04\x22\x4d\x18"), at(257, "ustar"))},
		{noun: "an Office document", served: opaque, endings: "doc xls ppt msg vsd", is: begins("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")},
		{noun: "a film", served: opaque, endings: "mp4 m4v mov m4a 3gp webm mkv avi", is: either(at(4, "ftyp"), begins("\x1a\x45\xdf\xa3"), both(begins("RIFF"), at(8, "AVI ")))},
		{noun: "a sound", served: opaque, endings: "mp3 wav ogg oga ogv opus flac", is: either(begins("ID3"), begins("\xff\xfb"), begins("\xff\xf3"), begins("OggS"), begins("fLaC"), both(begins("RIFF"), at(8, "WAVE")))},
		{noun: "a page", served: opaque, endings: "", is: both(text, markup)},
		{noun: "text", served: plain, endings: "", is: text},
		{noun: "text", served: opaque, endings: "", is: either(begins("\xff\xfe"), begins("\xfe\xff"))}, // UTF-16, as some systems write their logs
	}
}

// startsSomething are endings that some system acts on when the file is opened, whatever is in it.
const startsSomething = "app application com cpl dll exe hta jar jnlp jse lnk msi msp pif scf scr url vbe vbs wsf wsh"

// tell says what kind of file head begins, called name, or why it is not taken.
func tell(name string, head []byte) (kind, error) {
	end := ending(name)
	switch {
	case len(head) == 0:
		return kind{}, fault.Field(Field, "This file is empty.")
	case slices.Contains(strings.Fields(startsSomething), end):
		return kind{}, fault.Field(Field, fmt.Sprintf("Files that end in .%s are not taken, because opening one starts something. Put it into a ZIP archive and attach that.", end))
	}
	all := kinds()
	i := slices.IndexFunc(all, func(k kind) bool { return k.is(head) })
	if i < 0 {
		return kind{}, fault.Field(Field, "Files of this kind are not taken. Put it into a ZIP archive and attach that.")
	}
	for _, k := range all {
		if slices.Contains(strings.Fields(k.endings), end) && k.noun != all[i].noun {
			return kind{}, fault.Field(Field, fmt.Sprintf("This file is called .%s and is %s. Give it the ending it should have.", end, all[i].noun))
		}
	}
	return all[i], nil
}

func begins(with string) func([]byte) bool {
	return func(head []byte) bool { return bytes.HasPrefix(head, []byte(with)) }
}

func at(offset int, with string) func([]byte) bool {
	return func(head []byte) bool { return len(head) >= offset && bytes.HasPrefix(head[offset:], []byte(with)) }
}

// ftyp tells the brands of one container format from each other (ISO/IEC 14496-12).
func ftyp(brands ...string) func([]byte) bool {
	return func(head []byte) bool {
		return at(4, "ftyp")(head) && len(head) >= 12 && slices.Contains(brands, string(head[8:12]))
	}
}

func either(all ...func([]byte) bool) func([]byte) bool {
	return func(head []byte) bool {
		return slices.ContainsFunc(all, func(is func([]byte) bool) bool { return is(head) })
	}
}

func both(a, b func([]byte) bool) func([]byte) bool {
	return func(head []byte) bool { return a(head) && b(head) }
}

// text has no NUL nor other characters that no editor writes, and is UTF-8 as far as it was read; the colours of a
// terminal are taken, because logs have them.
func text(head []byte) bool {
	for rest := head; len(rest) > 0; {
		r, n := utf8.DecodeRune(rest)
		if r == utf8.RuneError && n == 1 {
			return len(rest) < utf8.UTFMax && len(head) >= headSize && !utf8.FullRune(rest) // cut in the middle of a letter
		}
		if r < ' ' && !strings.ContainsRune("\t\n\r\f\b\x1b", r) {
			return false
		}
		rest = rest[n:]
	}
	return true
}

// markup tells what a browser would draw as a page, or run.
func markup(head []byte) bool {
	lower := bytes.ToLower(head)
	for _, tag := range []string{"<!doctype", "<html", "<head", "<body", "<svg", "<script", "<iframe", "<?xml", "<xsl:", "<math"} {
		if bytes.Contains(lower, []byte(tag)) {
			return true
		}
	}
	return false
}

// size is a number of bytes in words, in steps of 1000 as the plans count.
func size(n int64) string {
	switch {
	case n >= 1_000_000_000:
		return trimmed(float64(n)/1e9) + " GB"
	case n >= 1_000_000:
		return trimmed(float64(n)/1e6) + " MB"
	}
	return trimmed(float64(n)/1e3) + " KB"
}

func trimmed(f float64) string { return strings.TrimSuffix(fmt.Sprintf("%.1f", f), ".0") }
