package files

import (
	"strings"
	"testing"

	"plinth/internal/fault"
)

func TestKinds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, head, served, refused string }{
		{"a.png", "\x89PNG\r\n\x1a\n....", "image/png", ""},
		{"a", "\x89PNG\r\n\x1a\n....", "image/png", ""},
		{"a.jpeg", "\xff\xd8\xff\xe0", "image/jpeg", ""},
		{"a.gif", "GIF89a....", "image/gif", ""},
		{"a.webp", "RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp", ""},
		{"a.heic", "\x00\x00\x00\x18ftypheic", opaque, ""},
		{"a.mp4", "\x00\x00\x00\x18ftypisom", opaque, ""},
		{"a.pdf", "%PDF-1.7", "application/pdf", ""},
		{"a.zip", "PK\x03\x04", "application/zip", ""},
		{"a.docx", "PK\x03\x04", "application/zip", ""},
		{"a.tar", strings.Repeat("\x00", 257) + "ustar", opaque, ""},
		{"a.txt", "Grüße 🙂\n", plain, ""},
		{"a.log", "\x1b[31mred\x1b[0m", plain, ""},
		{"Makefile", "all:\n\tgo build", plain, ""},
		{"a.log", "\xff\xfea\x00b\x00", opaque, ""},
		{"a.html", "<!DOCTYPE html><script>alert(1)</script>", opaque, ""},
		{"a.svg", `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`, opaque, ""},
		{"a.txt", "hello <script>alert(1)</script>", opaque, ""},

		{"a.txt", "", "", "empty"},
		{"photo.png", "<html>", "", "called .png and is a page"},
		{"photo.jpg", "\x89PNG\r\n\x1a\n", "", "called .jpg and is a PNG picture"},
		{"report.pdf", "<script>alert(1)</script>%PDF-1.4", "", "called .pdf and is a page"},
		{"report.pdf", "PK\x03\x04", "", "called .pdf and is a ZIP archive"},
		{"a.zip", "words", "", "called .zip and is text"},
		{"a.txt", "a\x00b", "", "not taken"},
		{"a.bin", "MZ\x90\x00", "", "not taken"},
		{"a", "\x7fELF\x02\x01", "", "not taken"},
		{"a.txt", "\x80\x81\x82", "", "not taken"},
		{"setup.exe", "just words", "", "end in .exe"},
		{"a.HTA", "<html>", "", "end in .hta"},
		{"a.lnk", "x", "", "end in .lnk"},
	} {
		k, err := tell(c.name, []byte(c.head))
		if c.refused == "" {
			if err != nil || k.served != c.served {
				t.Errorf("%s %.20q: served as %q, %v", c.name, c.head, k.served, err)
			}
			continue
		}
		if f := fault.As(err); f == nil || f.Kind != fault.Invalid || !strings.Contains(f.Fields[Field], c.refused) {
			t.Errorf("%s %.20q: %v, want %q", c.name, c.head, err, c.refused)
		}
	}
}

// Two kinds at once are sent as the one they begin with, which no browser runs.
func TestTwoKindsAtOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ head, served string }{
		"GIF and script":      {"GIF89a=1;alert(1)//", "image/gif"},
		"GIF and page":        {"GIF89a<html><script>alert(1)</script>", "image/gif"},
		"PDF and page":        {"%PDF-1.4\n<html><script>alert(1)</script></html>", "application/pdf"},
		"JPEG and page":       {"\xff\xd8\xff\xfe<script>alert(1)</script>", "image/jpeg"},
		"ZIP and page":        {"PK\x03\x04<html><script>alert(1)</script>", "application/zip"},
		"script with comment": {"/*\x89PNG*/alert(1)", ""},
	} {
		k, err := tell("file", []byte(c.head))
		if k.served != c.served || (c.served == "") != (err != nil) {
			t.Errorf("%s: %q, %v", name, k.served, err)
		}
	}
}

func TestTextMayEndInTheMiddleOfALetter(t *testing.T) {
	t.Parallel()
	whole := strings.Repeat("ü", headSize)
	if text([]byte("ü")[:1]) {
		t.Error("half a letter alone is text")
	}
	if !text([]byte(("a" + whole)[:headSize])) {
		t.Error("a letter cut by the end of what was read is no text")
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 300)
	for sent, want := range map[string]string{
		"":                              "file",
		"bench-e217.csv":                "bench-e217.csv",
		"Grüße an Ωμέγα 图.png":          "Grüße an Ωμέγα 图.png",
		"../../etc/passwd":              "passwd",
		`C:\Users\dana\photo.jpg`:       "photo.jpg",
		"/":                             "file",
		"..":                            "file",
		".env":                          "env",
		"a\x00b.txt":                    "ab.txt",
		"photo.png\x00.exe":             "photo.png.exe",
		"a\r\nContent-Type: text/html":  "a Content-Type_ text_html"[len("a Content-Type_ text_"):],
		"a\tb\n.txt":                    "a b.txt",
		"invoice\u202efdp.exe":          "invoicefdp.exe",
		"zero\u200bwidth\ufeff.txt":     "zerowidth.txt",
		"a<b>:\"|?*.txt":                "a_b______.txt",
		" spaced . ":                    "spaced",
		"CON":                           "_CON",
		"nul.txt":                       "_nul.txt",
		"com1.log":                      "_com1.log",
		"command.log":                   "command.log",
		long + ".png":                   strings.Repeat("x", 116) + ".png",
		"a." + long:                     "a." + strings.Repeat("x", 118),
		strings.Repeat("ü", 300):        strings.Repeat("ü", 120),
		"\xff\xfe.txt":                  "txt",
		"\u200b\u202e":                  "file",
		"a\u2028b":                      "a b",
		"archive.tar.gz":                "archive.tar.gz",
		"e\u0301.txt":                   "e\u0301.txt",
		"<script>alert(1)</script>.png": "script_.png",
	} {
		got := CleanName(sent)
		if got != want {
			t.Errorf("%q became %q, want %q", sent, got, want)
		}
		if again := CleanName(got); again != got {
			t.Errorf("%q became %q the second time", got, again)
		}
	}
}

func FuzzCleanName(f *testing.F) {
	for _, s := range []string{"a.txt", "../x", "CON.", "\u202e", strings.Repeat(".", 200), "a. .b", "\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, sent string) {
		got := CleanName(sent)
		if got == "" || len([]rune(got)) > maxName+1 || strings.ContainsAny(got, "/\\\x00\r\n\u202e") || strings.Trim(got, " .") == "" {
			t.Errorf("%q became %q", sent, got)
		}
	})
}
