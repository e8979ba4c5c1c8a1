// Package blob keeps files by key, in the place that BLOB_URL names: a folder that all
// processes share, or a bucket of S3.
package blob

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"
)

// ErrNone says that there is no file of that key.
var ErrNone = errors.New("no such file")

// Store is a place for files.
type Store struct {
	open func() (*blob.Bucket, error)
}

// Open returns the place that url names: a folder, as file:///var/lib/plinth/files, or a bucket of S3, as
// s3://key:secret@bucket?region=eu-central-1&endpoint=https://s3.example. Nothing is touched before the first use, so
// that commands which need no files need no place.
func Open(url string) (*Store, error) {
	open, err := place(url)
	if err != nil {
		return nil, err
	}
	return &Store{open: sync.OnceValues(func() (*blob.Bucket, error) {
		b, err := open(context.Background())
		if err != nil {
			return nil, fmt.Errorf("open the place for files: %w", err)
		}
		return b, nil
	})}, nil
}

// Check writes a file, reads it and deletes it, and says what of that does not work.
func (s *Store) Check(ctx context.Context) error {
	key, text := "check/"+rand.Text(), []byte("to see that files can be kept\n")
	err := s.Write(ctx, key, func(w io.Writer) error { _, err := w.Write(text); return err })
	if err != nil {
		return fmt.Errorf("the place for files (BLOB_URL) cannot be written: %w", err)
	}
	r, _, err := s.Read(ctx, key)
	if err != nil {
		return fmt.Errorf("the place for files (BLOB_URL) does not give back what was written: %w", err)
	}
	read, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil || !bytes.Equal(read, text) {
		return errors.Join(errors.New("the place for files (BLOB_URL) does not give back what was written"), err)
	}
	if err := s.DeleteAll(ctx, key); err != nil {
		return fmt.Errorf("in the place for files (BLOB_URL) nothing can be deleted: %w", err)
	}
	return nil
}

// partsAtOnce bounds what one write holds in memory: a bucket gets a file in parts of 5 MB.
const partsAtOnce = 2

// Write stores what fn writes under key, in place of what was there. When fn fails nothing is stored.
func (s *Store) Write(ctx context.Context, key string, fn func(w io.Writer) error) error {
	b, err := s.open()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // before the close, it throws away what was written
	w, err := b.NewWriter(ctx, key, &blob.WriterOptions{ContentType: "application/octet-stream", MaxConcurrency: partsAtOnce})
	if err != nil {
		return fmt.Errorf("write file: %w", err)
	}
	if err := fn(w); err != nil {
		cancel()
		_ = w.Close()
		return err
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("write file: %w", err)
	}
	return nil
}

// Read opens the file of key and says how long it is; ErrNone when there is none. The caller closes it.
func (s *Store) Read(ctx context.Context, key string) (io.ReadCloser, int64, error) {
	b, err := s.open()
	if err != nil {
		return nil, 0, err
	}
	r, err := b.NewReader(ctx, key, nil)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return nil, 0, ErrNone
	}
	if err != nil {
		return nil, 0, fmt.Errorf("read file: %w", err)
	}
	return r, r.Size(), nil
}

// Each calls fn with the key of every file whose key begins with prefix, in order.
func (s *Store) Each(ctx context.Context, prefix string, fn func(key string) error) error {
	return s.EachChanged(ctx, prefix, func(key string, _ time.Time) error { return fn(key) })
}

// EachChanged is Each with the time that each file was written at.
func (s *Store) EachChanged(ctx context.Context, prefix string, fn func(key string, changed time.Time) error) error {
	b, err := s.open()
	if err != nil {
		return err
	}
	return each(ctx, b, prefix, func(o *blob.ListObject) error { return fn(o.Key, o.ModTime) })
}

// Size is how many bytes the files hold whose key begins with prefix, without those that begin with except, in one
// listing of them.
func (s *Store) Size(ctx context.Context, prefix, except string) (int64, error) {
	b, err := s.open()
	if err != nil {
		return 0, err
	}
	var sum int64
	err = each(ctx, b, prefix, func(o *blob.ListObject) error {
		if !strings.HasPrefix(o.Key, except) {
			sum += o.Size
		}
		return nil
	})
	return sum, err
}

func each(ctx context.Context, b *blob.Bucket, prefix string, fn func(o *blob.ListObject) error) error {
	list := b.List(&blob.ListOptions{Prefix: prefix})
	for {
		o, err := list.Next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("list files: %w", err)
		}
		if err := fn(o); err != nil {
			return err
		}
	}
}

// DeleteAll removes every file whose key begins with prefix.
func (s *Store) DeleteAll(ctx context.Context, prefix string) error {
	return s.DeleteWhere(ctx, prefix, func(string, time.Time) bool { return true })
}

// DeleteWhere removes those files whose key begins with prefix that which says yes to, of their key and the time they
// were written at.
func (s *Store) DeleteWhere(ctx context.Context, prefix string, which func(key string, changed time.Time) bool) error {
	b, err := s.open()
	if err != nil {
		return err
	}
	return each(ctx, b, prefix, func(o *blob.ListObject) error {
		if !which(o.Key, o.ModTime) {
			return nil
		}
		if err := b.Delete(ctx, o.Key); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
			return fmt.Errorf("delete file: %w", err)
		}
		return nil
	})
}
