package transfer

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"plinth/internal/blob"
	"plinth/internal/fault"
)

// What the place for files does not give is no fault of an archive: the next try may read it.
func TestAnArchiveThatCannotBeFetched(t *testing.T) {
	t.Parallel()
	store, err := blob.Open("file://" + t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var data bytes.Buffer
	z := zip.NewWriter(&data)
	for _, f := range [][2]string{
		{"people.jsonl", strings.Repeat("{}\n", 300_000)}, {"plinth.json", `{"format":"plinth-project","version":1,"project":{}}`},
	} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: f[0], Method: zip.Store})
		if err == nil {
			_, err = io.WriteString(w, f[1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	keep := func(data []byte) {
		t.Helper()
		if err := store.Write(t.Context(), "one", func(w io.Writer) error { _, err := w.Write(data); return err }); err != nil {
			t.Fatal(err)
		}
	}
	transfer, size := &Transfer{Store: store}, int64(data.Len())
	keep(data.Bytes())
	b, err := transfer.openBundle(t.Context(), "one", size)
	if err != nil {
		t.Fatal(err)
	}
	people := func() error {
		return linesFrom(b, "people.jsonl", 0, MaxRows*9, func(uint32, *archivedPerson) error { return nil })
	}
	if err := people(); err != nil {
		t.Fatal(err)
	}
	if err := store.DeleteAll(t.Context(), "one"); err != nil {
		t.Fatal(err)
	}
	if err := people(); !errors.Is(err, blob.ErrNone) || fault.As(err) != nil {
		t.Errorf("a table that is gone: %v", err)
	}
	keep(data.Bytes()[:size/2])
	if _, err := transfer.openBundle(t.Context(), "one", size); err == nil || fault.As(err) != nil {
		t.Errorf("an archive that breaks off: %v", err)
	}
	keep(data.Bytes()[:size/2])
	if _, err := transfer.openBundle(t.Context(), "one", size/2); !fault.Is(err, fault.Invalid) {
		t.Errorf("an archive that was sent so: %v", err)
	}
}

// An index that is broken is none: the archive is looked through again.
func TestABrokenIndexIsNone(t *testing.T) {
	t.Parallel()
	store, err := blob.Open("file://" + t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	transfer := &Transfer{Store: store, Log: slog.New(slog.DiscardHandler)}
	good := &index{IDs: make(idList, 32), Parents: make(idList, 32), Numbers: []int32{1, 2}, Comments: []int32{0, 0}, Talk: map[uuid.UUID]uint32{}}
	if err := transfer.saveIndex(t.Context(), "good", good); err != nil {
		t.Fatal(err)
	}
	if x, err := transfer.loadIndex(t.Context(), "good"); err != nil || x.IDs.len() != 2 {
		t.Errorf("a good one: %v", err)
	}
	good.Comments = good.Comments[:1]
	if err := transfer.saveIndex(t.Context(), "short", good); err != nil {
		t.Fatal(err)
	}
	for key, text := range map[string]string{"empty": "", "odd": "no gob"} {
		if err := store.Write(t.Context(), key, func(w io.Writer) error { _, err := io.WriteString(w, text); return err }); err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range []string{"short", "empty", "odd", "missing"} {
		if _, err := transfer.loadIndex(t.Context(), key); !errors.Is(err, blob.ErrNone) {
			t.Errorf("%s: %v", key, err)
		}
	}
}

func TestCirclesAreOpened(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ up, want []uint32 }{
		"none":        {[]uint32{0}, []uint32{0}},
		"a chain":     {[]uint32{0, 2, 3, 0}, []uint32{0, 2, 3, 0}},
		"itself":      {[]uint32{0, 1, 1}, []uint32{0, 0, 1}},
		"a circle":    {[]uint32{0, 3, 1, 2}, []uint32{0, 3, 1, 0}},
		"a way to it": {[]uint32{0, 2, 3, 4, 2, 1}, []uint32{0, 2, 3, 4, 0, 1}},
		"two":         {[]uint32{0, 2, 1, 4, 3}, []uint32{0, 2, 0, 4, 0}},
	} {
		openCircles(c.up)
		if diff := cmp.Diff(c.want, c.up); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	long := make([]uint32, 200_001) // as long as it may be: in no time, and not by each from each
	for i := range long {
		long[i] = uint32((i + 1) % len(long))
	}
	long[200_000] = 1
	openCircles(long)
	if long[200_000] != 0 || long[199_999] != 200_000 {
		t.Errorf("a long circle: %d, %d", long[200_000], long[199_999])
	}
}
