package blob

import (
	"context"
	"errors"
	"fmt"
	"io"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"
)

// File reads a stored file from any place in it. It is not for use by several at once.
type File struct {
	ctx  context.Context //nolint:containedctx // of the request that it is read for, as an io.Reader takes none
	s    *Store
	key  string
	size int64
	at   int64
	r    *blob.Reader // at the place at; nil until something is read
}

// At returns the file of key, which the caller knows to be size bytes long. Nothing is opened before the first Read, and
// then only from the place that was sought; a Read fails with ErrNone when there is no such file. The caller closes it.
func (s *Store) At(ctx context.Context, key string, size int64) *File {
	return &File{ctx: ctx, s: s, key: key, size: size}
}

// Read reads on from where the file stands.
func (f *File) Read(p []byte) (int, error) {
	if f.at >= f.size {
		return 0, io.EOF
	}
	if f.r == nil {
		if err := f.open(); err != nil {
			return 0, err
		}
	}
	n, err := f.r.Read(p)
	f.at += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("read file: %w", err)
	}
	return n, err
}

func (f *File) open() error {
	b, err := f.s.open()
	if err != nil {
		return err
	}
	r, err := b.NewRangeReader(f.ctx, f.key, f.at, -1, nil)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return ErrNone
	}
	if err != nil {
		return fmt.Errorf("read file: %w", err)
	}
	f.r = r
	return nil
}

// Seek says where the next Read begins. Seeking alone opens nothing.
func (f *File) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += f.at
	case io.SeekEnd:
		offset += f.size
	}
	if offset < 0 {
		return 0, errors.New("seek before the beginning of a file")
	}
	if offset == f.at {
		return offset, nil
	}
	f.at = offset
	return offset, f.Close()
}

// Close lets go of what was opened.
func (f *File) Close() error {
	if f.r == nil {
		return nil
	}
	r := f.r
	f.r = nil
	return r.Close()
}
