package files

import (
	"context"
	"encoding/binary"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/files/filesdb"
	"plinth/internal/scope"
)

// LinkFor is how long a signed link opens a file.
const LinkFor = time.Hour

const linkUse = "file link"

// Sign makes a link to a file that opens it for LinkFor without signing in, as for a tool that cannot. It names the person
// who asked for it, and opens what they may see at that moment. NotFound when they may not see it now.
func (f *Files) Sign(ctx context.Context, s scope.Scope, at Place, id uuid.UUID) (token, name string, err error) {
	row, err := f.row(ctx, s, at, id)
	if err != nil {
		return "", "", err
	}
	plain := append(append(append([]byte{}, s.TenantID[:]...), s.Person.ID[:]...), id[:]...)
	plain = binary.BigEndian.AppendUint64(plain, uint64(f.now().Add(LinkFor).Unix()))
	return f.Keys.Seal(linkUse, plain, nil), row.Name, nil
}

// OpenSigned opens the file that a link was signed for. NotFound when the link is made up or its time is over, and when
// the person it names may not see the file any more.
func (f *Files) OpenSigned(ctx context.Context, token string) (*Opened, error) {
	plain, err := f.Keys.Open(linkUse, token, nil)
	if err != nil || len(plain) != 3*16+8 {
		return nil, fault.Missing()
	}
	if f.now().Unix() >= int64(binary.BigEndian.Uint64(plain[48:])) {
		return nil, fault.Missing()
	}
	s := scope.System(uuid.UUID(plain[:16]))
	s.Person.ID = uuid.UUID(plain[16:32])
	id := uuid.UUID(plain[32:48])
	var at filesdb.AttachmentAtRow
	err = f.DB.ReadTenant(ctx, s, func(r *db.Reads) { db.Row(r, &at, filesdb.AttachmentAt, s.TenantID, s.Person.ID, id) })
	if err != nil {
		return nil, err
	}
	return f.Open(ctx, s, Place{Key: at.Project, Number: int(at.Number)}, id)
}
