package picture

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/blob"
	"plinth/internal/fault"
)

// PersonFolder is where a person's picture lies. All of a person's own files lie under people/<id>/.
func PersonFolder(user uuid.UUID) string { return "people/" + user.String() + "/" }

// LogoFolder is where an organization's logo lies. All of an organization's files lie under tenants/<id>/.
func LogoFolder(tenant uuid.UUID) string { return "tenants/" + tenant.String() + "/logo/" }

// Keep stores a picture in a folder. Until its owner refers to it nobody sees it.
func (p *Pictures) Keep(ctx context.Context, folder string, m Made) error {
	for size, data := range map[int][]byte{Small: m.small, Large: m.large} {
		err := p.files.Write(ctx, folder+File(m.Name, size), func(w io.Writer) error {
			_, err := w.Write(data)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// File is what the picture called name is called in one of its sizes: abc.png is abc-64.png.
func File(name string, size int) string {
	stem, ext, _ := strings.Cut(name, ".")
	return stem + "-" + strconv.Itoa(size) + "." + ext
}

var fileForm = regexp.MustCompile(`^([a-z2-7]{26})-(?:64|256)\.(jpg|png)$`)

// nameIn is the name of the picture that a file belongs to; "" when it belongs to none.
func nameIn(file string) string {
	m := fileForm.FindStringSubmatch(file)
	if m == nil {
		return ""
	}
	return m[1] + "." + m[2]
}

// Opened is a picture as it is sent to a browser.
type Opened struct {
	Type string // of the content
	Data []byte
}

// Open reads a file of the picture called name in a folder. NotFound when it is of another picture, as of one before, or
// of none.
func (p *Pictures) Open(ctx context.Context, folder, name, file string) (Opened, error) {
	if name == "" || nameIn(file) != name {
		return Opened{}, fault.Missing()
	}
	data, err := p.read(ctx, folder+file)
	if err != nil {
		return Opened{}, err
	}
	kind := "image/png"
	if strings.HasSuffix(file, ".jpg") {
		kind = "image/jpeg"
	}
	return Opened{Type: kind, Data: data}, nil
}

// readFor is how long reading a picture may take: a page is whole without it.
const readFor = 5 * time.Second

func (p *Pictures) read(ctx context.Context, key string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, readFor)
	defer cancel()
	r, _, err := p.files.Read(ctx, key)
	if errors.Is(err, blob.ErrNone) {
		return nil, fault.Missing()
	}
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		return nil, fmt.Errorf("read picture: %w", err)
	}
	return data, nil
}

// leftAfter is when a file that nobody refers to has been left behind, as by a process that died between writing it and
// saying so, and is not about to be referred to.
const leftAfter = time.Hour

// Tidy deletes from a folder the files of the picture that was dropped, and what was left behind; those of current stay.
func (p *Pictures) Tidy(ctx context.Context, folder, current, dropped string) error {
	return p.files.DeleteWhere(ctx, folder, func(key string, changed time.Time) bool {
		name := nameIn(strings.TrimPrefix(key, folder))
		return name != "" && name != current && (name == dropped || time.Since(changed) > leftAfter)
	})
}
