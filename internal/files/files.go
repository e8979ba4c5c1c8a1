// Package files owns attachments: what they are called, what they are, where they lie, and how much an organization has
// of them. Who may see a ticket is asked by the projects, which call the functions here in the transaction that asked.
package files

import (
	"time"

	"github.com/google/uuid"

	"plinth/internal/billing"
	"plinth/internal/blob"
	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/files/filesdb"
	"plinth/internal/limit"
	"plinth/internal/picture"
	"plinth/internal/scope"
	"plinth/internal/secret"
	"plinth/jobs"
)

// Files has the operations. Its fields are set once, where the program is put together.
type Files struct {
	DB       *db.DB
	Queue    *jobs.Queue
	Store    *blob.Store
	Pictures *picture.Pictures
	Plans    *billing.Catalogue
	Limits   *limit.Limiter
	Keys     *secret.Keys
	// MaxBytes is how large one file may be; zero is DefaultMax.
	MaxBytes int64
	// Now is nil for the real clock.
	Now func() time.Time
}

// Field is the name of the form field that files are sent in, for faults beside it.
const Field = "file"

// DefaultMax is how large one file may be where nothing else is said.
const DefaultMax = 25_000_000

// MostAtOnce is how many files one form may send.
const MostAtOnce = 20

// How long what nobody has is kept: who removed a file may take that back for RestoreFor; after PurgeAfter it is gone, and
// so is what was sent for a comment that was never said, or for a ticket that was never made.
const (
	RestoreFor = 12 * time.Hour
	PurgeAfter = 24 * time.Hour
)

// The states of a thumbnail.
const (
	NoThumbnail = "none"
	Waiting     = "waiting"
	Ready       = "ready"
	Failed      = "failed"
)

// Attachment is a file of a ticket or of a comment.
type Attachment struct {
	ID          uuid.UUID
	CommentID   *uuid.UUID // nil: of the ticket itself
	DraftID     *uuid.UUID // the form of a comment or ticket that its author is still writing; nil once it is said
	AuthorID    uuid.UUID
	Name        string
	ContentType string
	Size        int64
	Thumbnail   string // a state
	Width       int32  // of the thumbnail, once it is Ready
	Height      int32
	CreatedAt   time.Time
}

// Drawn says whether the file is an image of which there is a thumbnail.
func (a Attachment) Drawn() bool { return a.Thumbnail == Ready }

// QueueTicket reads, in the round trip of a ticket's page, the files of the ticket and of its comments, the oldest first,
// and those that the person sent for a comment they have not said yet.
func QueueTicket(r *db.Reads, s scope.Scope, key string, number int, into *[]Attachment) {
	db.Rows(r, into, filesdb.ListAttachments, s.TenantID, s.Person.ID, key, number)
}

// OfTicket are the files of the ticket itself.
func OfTicket(all []Attachment) []Attachment {
	return choose(all, func(a Attachment) bool { return a.CommentID == nil && a.DraftID == nil })
}

// OfComment are the files of a comment.
func OfComment(all []Attachment, comment uuid.UUID) []Attachment {
	return choose(all, func(a Attachment) bool { return a.CommentID != nil && *a.CommentID == comment })
}

// OfDraft are the files of a comment that is being written.
func OfDraft(all []Attachment, form string) []Attachment {
	return choose(all, func(a Attachment) bool { return a.DraftID != nil && a.DraftID.String() == form })
}

func choose(all []Attachment, which func(Attachment) bool) []Attachment {
	var out []Attachment
	for _, a := range all {
		if which(a) {
			out = append(out, a)
		}
	}
	return out
}

// Most is how large one file may be, in bytes.
func (f *Files) Most() int64 {
	if f == nil || f.MaxBytes == 0 {
		return DefaultMax
	}
	return f.MaxBytes
}

// now is cut to what Postgres keeps.
func (f *Files) now() time.Time {
	if f.Now == nil {
		return time.Now().Truncate(time.Microsecond)
	}
	return f.Now().Truncate(time.Microsecond)
}

// Folder is where the files of an organization's tickets lie. All of an organization's files lie under tenants/<id>/.
func Folder(tenant uuid.UUID) string { return "tenants/" + tenant.String() + "/attachments/" }

// thumbnailKey is where the thumbnail of the file at key lies.
func thumbnailKey(key string) string { return key + ".thumb" }

func tooLarge(most int64) error {
	return &fault.Error{Kind: fault.TooLarge, Fields: map[string]string{Field: "This file is larger than " + size(most) + ". Choose a smaller one."}}
}
