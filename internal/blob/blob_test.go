package blob_test

import (
	"errors"
	"io"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"plinth/internal/blob"
)

func put(t *testing.T, s *blob.Store, key, text string) {
	t.Helper()
	err := s.Write(t.Context(), key, func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// everywhere runs a test in each kind of place: a folder, and a bucket of a server that speaks S3.
func everywhere(t *testing.T, test func(t *testing.T, s *blob.Store)) {
	t.Helper()
	for name, url := range map[string]string{"folder": "file://" + t.TempDir() + "/made", "bucket": bucket(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := blob.Open(url)
			if err != nil {
				t.Fatal(err)
			}
			test(t, s)
		})
	}
}

// bucket starts a server with an empty bucket; the server ends with the test.
func bucket(t *testing.T) string {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("files"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)
	return "s3://key:secret@files?region=eu-central-1&endpoint=" + url.QueryEscape(server.URL)
}

func TestFilesAreKept(t *testing.T) {
	t.Parallel()
	everywhere(t, filesAreKept)
}

func filesAreKept(t *testing.T, s *blob.Store) {
	t.Helper()
	put(t, s, "a/1", "one")
	put(t, s, "a/2", "two")
	put(t, s, "b/1", "other")
	put(t, s, "a/1", "anew")
	r, size, err := s.Read(t.Context(), "a/1")
	if err != nil || size != 4 {
		t.Fatalf("%d bytes, %v", size, err)
	}
	text, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil || string(text) != "anew" {
		t.Errorf("read %q, %v", text, err)
	}
	if err := s.DeleteAll(t.Context(), "a/"); err != nil {
		t.Fatal(err)
	}
	var left []string
	err = s.Each(t.Context(), "", func(key string) error {
		left = append(left, key)
		return nil
	})
	if err != nil || !slices.Equal(left, []string{"b/1"}) {
		t.Errorf("left: %q, %v", left, err)
	}
	if _, _, err := s.Read(t.Context(), "a/1"); !errors.Is(err, blob.ErrNone) {
		t.Errorf("a deleted file is read: %v", err)
	}
}

func TestHalfAFileIsNotKept(t *testing.T) {
	t.Parallel()
	everywhere(t, halfAFileIsNotKept)
}

func halfAFileIsNotKept(t *testing.T, s *blob.Store) {
	t.Helper()
	broken := errors.New("broken off")
	err := s.Write(t.Context(), "half", func(w io.Writer) error {
		_, _ = io.WriteString(w, "begun")
		return broken
	})
	if !errors.Is(err, broken) {
		t.Fatalf("the write says %v", err)
	}
	if _, _, err := s.Read(t.Context(), "half"); !errors.Is(err, blob.ErrNone) {
		t.Errorf("half a file is read: %v", err)
	}
}

func TestOnlyWhatIsOldIsDeleted(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, s *blob.Store) {
		put(t, s, "a/1", "one")
		put(t, s, "a/2", "two")
		var asked []string
		err := s.DeleteWhere(t.Context(), "a/", func(key string, changed time.Time) bool {
			asked = append(asked, key)
			if since := time.Since(changed); since < -time.Minute || since > time.Hour {
				t.Errorf("%s was written %v ago", key, since)
			}
			return key == "a/1"
		})
		if err != nil || !slices.Equal(asked, []string{"a/1", "a/2"}) {
			t.Errorf("asked for %q: %v", asked, err)
		}
		if _, _, err := s.Read(t.Context(), "a/1"); !errors.Is(err, blob.ErrNone) {
			t.Errorf("what was to go is there: %v", err)
		}
		if r, _, err := s.Read(t.Context(), "a/2"); err != nil {
			t.Errorf("what was to stay is gone: %v", err)
		} else {
			_ = r.Close()
		}
	})
}

// A large file goes to a bucket in parts, and comes back as one.
func TestLargeFiles(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, s *blob.Store) {
		text := strings.Repeat("0123456789abcdef", 1<<20) // 16 MB
		put(t, s, "large", text)
		r, size, err := s.Read(t.Context(), "large")
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil || string(got) != text || size != int64(len(text)) {
			t.Errorf("%d bytes of %d, told as %d: %v", len(got), len(text), size, err)
		}
	})
}

// A file is read from any place in it, and nothing of it before that.
func TestPlacesInAFile(t *testing.T) {
	t.Parallel()
	everywhere(t, placesInAFile)
}

func placesInAFile(t *testing.T, s *blob.Store) {
	t.Helper()
	put(t, s, "digits", "0123456789")
	f := s.At(t.Context(), "digits", 10)
	for _, c := range []struct {
		offset int64
		whence int
		at     int64
		want   string
	}{
		{3, io.SeekStart, 3, "345"}, {1, io.SeekCurrent, 7, "789"}, {-2, io.SeekEnd, 8, "89"}, {0, io.SeekStart, 0, "012"}, {0, io.SeekCurrent, 3, "345"}, {0, io.SeekEnd, 10, ""},
		{90, io.SeekStart, 90, ""},
	} {
		at, err := f.Seek(c.offset, c.whence)
		if err != nil || at != c.at {
			t.Fatalf("seek %d from %d: at %d, %v", c.offset, c.whence, at, err)
		}
		got, err := io.ReadAll(io.LimitReader(f, 3))
		if err != nil || string(got) != c.want {
			t.Errorf("at %d there is %q, %v", at, got, err)
		}
	}
	if _, err := f.Seek(-1, io.SeekStart); err == nil {
		t.Error("sought before the beginning")
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	gone := s.At(t.Context(), "nothing", 10)
	if n, err := gone.Seek(0, io.SeekEnd); n != 10 || err != nil {
		t.Errorf("seeking alone asks for the file: %d, %v", n, err)
	}
	_, _ = gone.Seek(0, io.SeekStart)
	if _, err := gone.Read(make([]byte, 1)); !errors.Is(err, blob.ErrNone) {
		t.Errorf("what is not there is read: %v", err)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, s *blob.Store) {
		if err := s.Check(t.Context()); err != nil {
			t.Error(err)
		}
		err := s.Each(t.Context(), "", func(key string) error { return errors.New("left: " + key) })
		if err != nil {
			t.Error(err)
		}
	})
	file := t.TempDir() + "/file"
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for what, url := range map[string]string{"no folder": "file://" + file, "no bucket": strings.Replace(bucket(t), "@files", "@nothing", 1)} {
		s, err := blob.Open(url)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "BLOB_URL") || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestOtherPlacesAreRefused(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"", "file://", "ftp://x/y", "/var/lib", "s3://", "s3://files", "s3://files?endpoint=http://127.0.0.1", "s3://files/below?region=x",
		"s3://key:hidden@files?region=x&profile=other", "s3://key:hidden@files?region=x&secret=hidden", "s3://%zz:hidden@files?region=x",
	} {
		if _, err := blob.Open(url); err == nil || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%q: %v", url, err)
		}
	}
}
