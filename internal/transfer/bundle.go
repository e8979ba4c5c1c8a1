package transfer

import (
	"archive/zip"
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/blob"
	"plinth/internal/fault"
	"plinth/internal/projects"
)

// What an archive may be.
const (
	MaxArchive    = 256 << 20 // bytes
	maxEntries    = 20_000
	maxDirectory  = 16 << 20  // bytes of its list of files
	maxLines      = 512 << 20 // bytes of its tickets and of its comments, unpacked
	maxShortLines = 64 << 20  // bytes of its people and of its attachments
	maxManifest   = 1 << 20
	mostComments  = 1_000_000
	mostInArchive = 10_000  // files of attachments
	maxFiles      = 2 << 30 // bytes of them, unpacked
)

func badArchive(text string) error { return fault.New(fault.Invalid, text) }

// bundle is an opened archive.
type bundle struct {
	file    *blob.File
	parts   *blockReader
	entries map[string]*zip.File
	manifest
	project archivedProject
}

// archivedProject is the project in plinth.json.
type archivedProject struct {
	Key         string `json:"key"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Hue         string `json:"hue"`
	Visibility  string `json:"visibility"`
	Statuses    []struct {
		Slug  projects.Status `json:"slug"`
		Name  string          `json:"name"`
		Kind  projects.Kind   `json:"kind"`
		Limit *int32          `json:"limit"`
	} `json:"statuses"`
	Labels []projects.Label `json:"labels"`
}

var entryName = regexp.MustCompile(`^(plinth\.json|(people|tickets|comments|attachments)\.jsonl|files/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$`)

// openBundle opens an archive and reads what it is of. What has files that no archive of ours has, or one of them twice, is
// refused before anything of it is unpacked. Nothing of it is ever written under a name that it brings.
func (t *Transfer) openBundle(ctx context.Context, key string, size int64) (*bundle, error) {
	if key == "" {
		return nil, badArchive(noFile)
	}
	b := &bundle{file: t.Store.At(ctx, key, size), entries: map[string]*zip.File{}}
	b.parts = &blockReader{file: b.file, size: size, left: maxDirectory}
	z, err := zip.NewReader(b.parts, size)
	b.parts.left = 1 << 62
	if err == nil {
		err = b.list(z)
	}
	if err == nil {
		err = b.read()
	}
	if err != nil {
		_ = b.file.Close() // it was only read
		if fault.As(err) == nil {
			err = fault.Wrap(fault.Invalid, notRead, err)
		}
		return nil, b.lost(err)
	}
	return b, nil
}

const notRead = "This is no archive that can be read."

// lost is err, unless it came of the place for files, which may do better at the next try: then it is what that said, and
// nobody is told that their archive is wrong.
func (b *bundle) lost(err error) error {
	if err != nil && b.parts.failed != nil {
		return fmt.Errorf("read the archive: %w", b.parts.failed)
	}
	return err
}

func (b *bundle) list(z *zip.Reader) error {
	if len(z.File) > maxEntries {
		return badArchive(fmt.Sprintf("This archive has more than %d files.", maxEntries))
	}
	for _, f := range z.File {
		switch {
		case !entryName.MatchString(f.Name) || !f.Mode().IsRegular():
			return badArchive("This is no archive of a Plinth project: it has files that do not belong there.")
		case b.entries[f.Name] != nil:
			return badArchive("This archive has a file twice.")
		}
		b.entries[f.Name] = f
	}
	return nil
}

func (b *bundle) read() error {
	text, err := b.whole("plinth.json", maxManifest)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &b.manifest); err != nil || b.Format != Format {
		return badArchive("This is no archive of a Plinth project.")
	}
	if b.Version != Version {
		return badArchive(fmt.Sprintf("This archive is of version %d; version %d can be read.", b.Version, Version))
	}
	if b.Made = b.Made.UTC(); b.Made.Year() < 1 || b.Made.Year() > 9998 { // nor could it be written down again
		return badArchive("When this archive was made cannot be read.")
	}
	if err := json.Unmarshal(b.manifest.Project, &b.project); err != nil {
		return badArchive("What this archive says of its project cannot be read.")
	}
	return nil
}

// open opens a file of the archive. Its size and its sum are held against what is read of it.
func (b *bundle) open(name string) (io.ReadCloser, error) {
	f := b.entries[name]
	if f == nil {
		return nil, badArchive("This archive is not whole: " + name + " is missing.")
	}
	r, err := f.Open()
	if err != nil {
		return nil, b.lost(fault.Wrap(fault.Invalid, notRead, err))
	}
	return r, nil
}

func (b *bundle) whole(name string, most int64) ([]byte, error) {
	r, err := b.open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }() // it was only read
	text, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(text)) > most {
		return nil, badArchive(name + " in this archive is too large.")
	}
	return text, nil
}

// linesFrom reads the lines of a table in the archive into T, behind those that were read before. Lines are counted from 1.
func linesFrom[T any](b *bundle, name string, from int64, most uint32, fn func(n uint32, line *T) error) error {
	r, err := b.open(name)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // it was only read
	room := int64(maxLines)
	if name == "people.jsonl" || name == "attachments.jsonl" {
		room = maxShortLines
	}
	lines := bufio.NewScanner(io.LimitReader(r, room))
	lines.Buffer(make([]byte, 64<<10), maxRow)
	n := uint32(0)
	for lines.Scan() {
		if n++; n > most {
			return badArchive(fmt.Sprintf("%s has more than %d lines.", name, most))
		}
		if int64(n) <= from {
			continue
		}
		var line T
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return b.lost(badArchive(fmt.Sprintf("Line %d of %s cannot be read.", n, name)))
		}
		if err := fn(n, &line); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return b.lost(badArchive(fmt.Sprintf("%s cannot be read behind line %d.", name, n)))
	}
	if r, ok := r.(io.Reader); ok { // a table that is cut short by the limit has more to say
		if left, _ := r.Read(make([]byte, 1)); left > 0 {
			return badArchive(name + " in this archive is too large.")
		}
	}
	return nil
}

// The lines of an archive.
type (
	archivedPerson struct {
		ID    uuid.UUID `json:"id"`
		Name  string    `json:"name"`
		Email string    `json:"email"`
	}
	archivedTicket struct {
		ID        uuid.UUID   `json:"id"`
		Number    int32       `json:"number"`
		Title     string      `json:"title"`
		Body      string      `json:"body"`
		Status    string      `json:"status"`
		Priority  int16       `json:"priority"`
		Assignee  *uuid.UUID  `json:"assignee"`
		Author    uuid.UUID   `json:"author"`
		Rank      string      `json:"rank"`
		Due       *string     `json:"due"`
		Estimate  *int16      `json:"estimate"`
		Revision  int32       `json:"revision"`
		CreatedAt time.Time   `json:"created_at"`
		UpdatedAt time.Time   `json:"updated_at"`
		ClosedAt  *time.Time  `json:"closed_at"`
		StartedAt *time.Time  `json:"started_at"` // archives from before have none
		Parent    *uuid.UUID  `json:"parent"`
		Labels    []uuid.UUID `json:"labels"`
		Blocks    []uuid.UUID `json:"blocks"`
		Watchers  []struct {
			Person   uuid.UUID `json:"person"`
			Watching bool      `json:"watching"`
			Since    time.Time `json:"since"`
		} `json:"watchers"`
	}
	archivedComment struct {
		ID        uuid.UUID  `json:"id"`
		Ticket    uuid.UUID  `json:"ticket"`
		Author    uuid.UUID  `json:"author"`
		Body      string     `json:"body"`
		Revision  int32      `json:"revision"`
		CreatedAt time.Time  `json:"created_at"`
		UpdatedAt time.Time  `json:"updated_at"`
		EditedAt  *time.Time `json:"edited_at"`
		Reactions []struct {
			Kind   string    `json:"kind"`
			Person uuid.UUID `json:"person"`
			At     time.Time `json:"at"`
		} `json:"reactions"`
	}
	archivedFile struct {
		ID      uuid.UUID  `json:"id"`
		Ticket  uuid.UUID  `json:"ticket"`
		Comment *uuid.UUID `json:"comment"`
		Author  uuid.UUID  `json:"author"`
		Name    string     `json:"name"`
		Bytes   int64      `json:"bytes"`
	}
)

// blockReader reads a file from anywhere, some of it at a time, as the reader of an archive asks for much in small pieces. No
// more than left is read.
type blockReader struct {
	file   *blob.File
	size   int64
	at     int64
	held   []byte
	left   int64
	failed error // what the place for files said last
}

// ReadAt is for one caller at a time.
func (b *blockReader) ReadAt(p []byte, off int64) (n int, err error) {
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

func (b *blockReader) load(from int64) error {
	if b.left <= 0 {
		return badArchive("This archive has too many files.")
	}
	if from >= b.size {
		return io.EOF
	}
	b.held = nil
	if _, err := b.file.Seek(from, io.SeekStart); err != nil {
		b.failed = err
		return err
	}
	part := make([]byte, min(256<<10, b.size-from))
	n, err := io.ReadFull(b.file, part)
	if err != nil { // a file that ends too early is none that was sent so
		b.failed = err
		return err
	}
	b.at, b.held, b.left = from, part, b.left-int64(n)
	return nil
}

// clean is a text as Postgres keeps it.
func clean(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\ufffd"), "\x00", "")
}
