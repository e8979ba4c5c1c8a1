package blob_test

import (
	"errors"
	"io"
	"slices"
	"testing"

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

func TestFilesAreKept(t *testing.T) {
	t.Parallel()
	s, err := blob.Open("file://" + t.TempDir() + "/made")
	if err != nil {
		t.Fatal(err)
	}
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
	s, err := blob.Open("file://" + t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken off")
	err = s.Write(t.Context(), "half", func(w io.Writer) error {
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

func TestOnlyAFolderIsTaken(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"", "file://", "ftp://x/y", "/var/lib"} {
		if _, err := blob.Open(url); err == nil {
			t.Errorf("%q is taken", url)
		}
	}
}
