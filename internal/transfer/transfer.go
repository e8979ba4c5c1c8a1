// Package transfer takes tickets out of projects and brings them in: as tables for spreadsheets, and as whole projects with
// their files. It owns what is under way; tickets belong to projects, which read and write them.
package transfer

import (
	"log/slog"
	"time"

	"plinth/internal/blob"
	"plinth/internal/db"
	"plinth/internal/files"
	"plinth/internal/flags"
	"plinth/internal/limit"
	"plinth/internal/projects"
	"plinth/jobs"
)

// Transfer has the operations. Its fields are set once, where the program is put together.
type Transfer struct {
	DB       *db.DB
	Queue    *jobs.Queue
	Projects *projects.Projects
	Files    *files.Files
	Store    *blob.Store
	Limits   *limit.Limiter
	Flags    *flags.Flags // says whether archives are taken
	Log      *slog.Logger
	Now      func() time.Time // nil is time.Now
	// RunFor is when a job lets others have their turn; zero is ten seconds. PageSize is how many tickets one file of a copy
	// under way holds; zero is 2,000. Tests make both small.
	RunFor   time.Duration
	PageSize int
}

// The states of copies and imports.
const (
	Mapping  = "mapping"  // an import waits for somebody to say what its columns are
	Checking = "checking" // it is looked through
	Checked  = "checked"  // it was looked through, and waits for somebody to begin it
	Running  = "running"
	Ready    = "ready" // a copy can be fetched
	Done     = "done"  // an import is in
	Undoing  = "undoing"
	Undone   = "undone"
	Failed   = "failed"
)

// The kinds of copies and imports.
const (
	CSV = "csv" // the tickets of a list, as a table
	ZIP = "zip" // a whole project
)

// readSize is how many tickets one question asks for: with the longest texts that is 20 MB.
const readSize = 200

// now is cut to what Postgres keeps.
func (t *Transfer) now() time.Time {
	if t.Now == nil {
		return time.Now().Truncate(time.Microsecond)
	}
	return t.Now().Truncate(time.Microsecond)
}

func (t *Transfer) runFor() time.Duration {
	if t.RunFor == 0 {
		return 10 * time.Second
	}
	return t.RunFor
}

func (t *Transfer) pageSize() int {
	if t.PageSize == 0 {
		return 2000
	}
	return t.PageSize
}
