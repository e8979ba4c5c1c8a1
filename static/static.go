// Package static holds everything a browser loads beside the pages: the style
// sheet, the scripts, the icons. Files are embedded and served under addresses
// that carry a hash of their content, so they can be cached for ever.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
)

//go:embed css/app.css js/*.js icons.svg favicon.svg
var files embed.FS

// Prefix is the path under which Handler must be mounted.
const Prefix = "/static/"

// cacheForever holds for a year, the longest that caches honour; a changed file has a new address.
const cacheForever = "public, max-age=31536000, immutable"

var types = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml; charset=utf-8",
}

type file struct {
	url   string
	kind  string
	etag  string
	plain []byte
	gzip  []byte
}

type index struct {
	byName map[string]*file
	byURL  map[string]*file
}

var load = sync.OnceValue(readAll)

// URL gives the address of an embedded file, for example
// URL("css/app.css") = "/static/css/app.0123456789ab.css". It panics for a name
// that is not embedded: that is a mistake in the program, not in a request.
func URL(name string) string {
	f, ok := load().byName[name]
	if !ok {
		panic("static: no file " + name)
	}
	return f.url
}

// Handler serves GET and HEAD for the addresses URL gives and answers 404 to
// everything else, so it never lists a folder nor serves a stale hash.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f, ok := load().byURL[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		serve(w, r, f)
	})
}

func serve(w http.ResponseWriter, r *http.Request, f *file) {
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Cache-Control", cacheForever)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Add("Vary", "Accept-Encoding")
	body, etag := f.plain, f.etag
	if acceptsGzip(r) {
		body, etag = f.gzip, f.etag+"-gz"
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("ETag", `"`+etag+`"`)
	if strings.Contains(r.Header.Get("If-None-Match"), f.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", fmt.Sprint(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	// A failed write means the browser went away; there is nobody to tell.
	_, _ = w.Write(body)
}

func acceptsGzip(r *http.Request) bool {
	for _, part := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name == "gzip" {
			q = strings.ReplaceAll(q, " ", "")
			return q != "q=0" && q != "q=0.0"
		}
	}
	return false
}

func readAll() index {
	idx := index{byName: map[string]*file{}, byURL: map[string]*file{}}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		f := newFile(name, data)
		idx.byName[name], idx.byURL[f.url] = f, f
		return nil
	})
	if err != nil {
		panic("static: reading embedded files: " + err.Error())
	}
	return idx
}

func newFile(name string, data []byte) *file {
	sum := sha256.Sum256(data)
	hash := hex.EncodeToString(sum[:])[:12]
	ext := path.Ext(name)
	return &file{
		url:   Prefix + strings.TrimSuffix(name, ext) + "." + hash + ext,
		kind:  types[ext],
		etag:  hash,
		plain: data,
		gzip:  squeeze(data),
	}
}

// squeeze compresses once at the first request; writing to memory cannot fail.
func squeeze(data []byte) []byte {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression)
	_, _ = w.Write(data)
	_ = w.Close()
	return out.Bytes()
}
