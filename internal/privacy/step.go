package privacy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"time"

	"github.com/google/uuid"

	"plinth/internal/blob"
	"plinth/internal/db"
	"plinth/internal/scope"
)

// making is a copy under way: of a person's data, or of all that an organization has. Who owns the row where it stands
// says how to move and how to finish it.
type making struct {
	folder string // of its files, with a slash behind
	parts  []part
	at     place
	move   func(ctx context.Context, to place) error
	finish func(ctx context.Context, bytes int64) error
}

// place is where a copy stands: which page of which part is to be written.
type place struct {
	step, page int32
	after      uuid.UUID // the last row written
}

// part is a file of the copy. Each step writes a page of one.
type part struct {
	name   string    // without its ending
	tenant uuid.UUID // whose rows are read; the nil id outside of organizations
	read   reader
	table  []string // the columns of a CSV file beside it; none where there is no such file
	// kept is the key of a file that goes into the copy as it is, with the ending it has; "" is none. Such a part has no reader.
	kept func(ctx context.Context) (key string, err error)
}

// reader reads a page: up to size rows behind the one with the id after.
type reader func(ctx context.Context, tx db.Tx, after uuid.UUID, size int32) ([]db.Doc, error)

// one reads what is a single thing and has no pages.
func one(read func(ctx context.Context, tx db.Tx) ([]byte, error)) reader {
	return func(ctx context.Context, tx db.Tx, _ uuid.UUID, _ int32) ([]db.Doc, error) {
		doc, err := read(ctx, tx)
		if err != nil || doc == nil {
			return nil, err
		}
		return []db.Doc{{Doc: doc}}, nil
	}
}

// turn goes on with a copy for a while, and says whether there is more to do; load reads where it stands. Each page is
// noted when it is written, so that whoever goes on begins there; a page that is written twice is the same file.
func (p *Privacy) turn(ctx context.Context, load func(context.Context) (*making, error)) (more bool, err error) {
	begun := time.Now()
	for {
		m, err := load(ctx)
		if err != nil {
			return false, err
		}
		if int(m.at.step) >= len(m.parts) {
			return false, p.finish(ctx, m)
		}
		if err := p.writePage(ctx, m); err != nil {
			return false, err
		}
		if time.Since(begun) >= p.runFor() {
			return true, nil
		}
	}
}

func (p *Privacy) writePage(ctx context.Context, m *making) error {
	what := m.parts[m.at.step]
	if what.kept != nil {
		if err := p.copyKept(ctx, m, what); err != nil {
			return err
		}
		return m.move(ctx, place{step: m.at.step + 1})
	}
	docs, err := p.read(ctx, what, m.at.after)
	if err != nil {
		return err
	}
	if len(docs) > 0 {
		if err := p.store(ctx, m, what, docs); err != nil {
			return err
		}
	}
	next := place{step: m.at.step + 1}
	if len(docs) == int(p.pageSize()) && docs[0].ID != uuid.Nil {
		next = place{step: m.at.step, page: m.at.page + 1, after: docs[len(docs)-1].ID}
	}
	return m.move(ctx, next)
}

// copyKept puts a file that is kept already into the copy; what was taken away at this moment is none.
func (p *Privacy) copyKept(ctx context.Context, m *making, what part) error {
	key, err := what.kept(ctx)
	if err != nil || key == "" {
		return err
	}
	r, _, err := p.Files.Read(ctx, key)
	if errors.Is(err, blob.ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	err = p.Files.Write(ctx, m.pageKey(what.name+path.Ext(key)), func(w io.Writer) error {
		_, err := io.Copy(w, r)
		return err
	})
	return errors.Join(err, r.Close())
}

func (p *Privacy) read(ctx context.Context, what part, after uuid.UUID) (docs []db.Doc, err error) {
	fn := func(ctx context.Context, tx db.Tx) error {
		docs, err = what.read(ctx, tx, after, p.pageSize())
		return err
	}
	if what.tenant == uuid.Nil {
		return docs, p.DB.InGlobal(ctx, fn)
	}
	return docs, p.DB.InTenant(ctx, scope.System(what.tenant), fn)
}

// store writes a page of each file that the part becomes.
func (p *Privacy) store(ctx context.Context, m *making, what part, docs []db.Doc) error {
	err := p.Files.Write(ctx, m.pageKey(what.name+jsonEnding), func(w io.Writer) error { return writeJSON(w, docs) })
	if err != nil || what.table == nil {
		return err
	}
	return p.Files.Write(ctx, m.pageKey(what.name+".csv"), func(w io.Writer) error { return writeCSV(w, what.table, docs, m.at.page == 0) })
}

// The pages of a file lie in a folder that is called like it.
func (m *making) pageKey(file string) string {
	return fmt.Sprintf("%s%s/%08d", partsOf(m.folder), file, m.at.page)
}

func partsOf(folder string) string    { return folder + "parts/" }
func archiveKey(folder string) string { return folder + "data.zip" }

// finish puts the pages together and lets the owner of the copy say that it is ready.
func (p *Privacy) finish(ctx context.Context, m *making) error {
	var written counter
	err := p.Files.Write(ctx, archiveKey(m.folder), func(w io.Writer) error { return p.archive(ctx, partsOf(m.folder), io.MultiWriter(w, &written)) })
	if err != nil {
		return err
	}
	if err := m.finish(ctx, int64(written)); err != nil {
		return err
	}
	return p.Files.DeleteAll(ctx, partsOf(m.folder))
}

type counter int64

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}
