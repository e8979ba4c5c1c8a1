package privacy

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"

	"plinth/internal/blob"
	"plinth/internal/db"
	"plinth/internal/files"
	"plinth/internal/scope"
)

// attached is where a copy takes files from: all of an organization's, or those that one person attached in it.
type attached struct {
	tenant uuid.UUID
	person *uuid.UUID
	folder string // in the copy
}

// page lists files behind the one with the id after, of those that were there when the copy was made.
func (p *Privacy) page(ctx context.Context, from attached, made time.Time, after uuid.UUID) (out []files.Kept, err error) {
	err = p.DB.InTenant(ctx, scope.System(from.tenant), func(ctx context.Context, tx db.Tx) error {
		out, err = files.KeptTx(ctx, tx, from.tenant, from.person, made, after, p.pageSize())
		return err
	})
	return out, err
}

// withFiles is a finished copy with the files behind it, put together while it is fetched: files would take their place
// twice otherwise, and longer than a job may run. How long it is nobody knows before its end. A file that was taken away
// since the copy was made is not in it. It is nil where there are no files.
func (p *Privacy) withFiles(ctx context.Context, folder string, size int64, made time.Time, all []attached) (io.ReadCloser, error) {
	some := false
	for _, from := range all {
		first, err := p.page(ctx, from, made, uuid.Nil)
		if err != nil {
			return nil, err
		}
		some = some || len(first) > 0
	}
	if !some {
		return nil, nil
	}
	out, in := io.Pipe()
	go func() {
		_ = in.CloseWithError(p.pour(ctx, in, folder, size, made, all)) // never fails
	}()
	return out, nil
}

func (p *Privacy) pour(ctx context.Context, to io.Writer, folder string, size int64, made time.Time, all []attached) error {
	z := zip.NewWriter(to)
	if err := p.pourCopy(ctx, z, folder, size); err != nil {
		return fmt.Errorf("take over the copy: %w", err)
	}
	for _, from := range all {
		if err := p.pourFiles(ctx, z, from, made); err != nil {
			return fmt.Errorf("add the files to the copy: %w", err)
		}
	}
	return z.Close()
}

// pourCopy takes over what the finished copy has, packed as it is.
func (p *Privacy) pourCopy(ctx context.Context, z *zip.Writer, folder string, size int64) error {
	file := p.Files.At(ctx, archiveKey(folder), size)
	r, err := zip.NewReader(&blocks{file: file}, size)
	if err == nil {
		for _, f := range r.File {
			err = errors.Join(err, z.Copy(f))
		}
	}
	return errors.Join(err, file.Close())
}

func (p *Privacy) pourFiles(ctx context.Context, z *zip.Writer, from attached, made time.Time) error {
	for after := uuid.Nil; ; {
		page, err := p.page(ctx, from, made, after)
		if err != nil {
			return err
		}
		for _, f := range page {
			if err := p.pourFile(ctx, z, from.folder+f.Path, f.Key); err != nil {
				return err
			}
			after = f.ID
		}
		if len(page) < int(p.pageSize()) {
			return nil
		}
	}
}

func (p *Privacy) pourFile(ctx context.Context, z *zip.Writer, name, key string) error {
	r, _, err := p.Files.Read(ctx, key)
	if errors.Is(err, blob.ErrNone) {
		return nil // taken away at this moment
	}
	if err != nil {
		return err
	}
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
	if err == nil {
		_, err = io.Copy(w, r)
	}
	return errors.Join(err, r.Close())
}

// blocks reads a file from anywhere, a megabyte at a time, as the reader of an archive asks for much in small pieces.
type blocks struct {
	file *blob.File
	at   int64
	held []byte
}

const block = 1 << 20

// ReadAt is for one caller at a time.
func (b *blocks) ReadAt(p []byte, off int64) (n int, err error) {
	for n < len(p) {
		from := off + int64(n)
		if from < b.at || from >= b.at+int64(len(b.held)) {
			if err := b.load(from); err != nil {
				return n, err
			}
		}
		n += copy(p[n:], b.held[from-b.at:])
	}
	return n, nil
}

func (b *blocks) load(from int64) error {
	if _, err := b.file.Seek(from, io.SeekStart); err != nil {
		return err
	}
	if b.held == nil {
		b.held = make([]byte, block)
	}
	n, err := io.ReadFull(b.file, b.held[:cap(b.held)])
	b.at, b.held = from, b.held[:n]
	if n > 0 && (errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)) {
		return nil
	}
	return err
}
