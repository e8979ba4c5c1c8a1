package transfer

import (
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/google/uuid"

	"plinth/internal/blob"
	"plinth/internal/db"
	"plinth/internal/files"
	"plinth/internal/transfer/transferdb"
)

// index is what has to be known of all of an archive whichever line of it is read. Looking through the archive writes it, with
// where that stands, so that no turn has to read a table for it again.
type index struct {
	IDs      idList // of the tickets, theirs, in the order of the lines
	Parents  idList // theirs; the nil id is none
	Numbers  []int32
	Comments []int32 // how many each ticket has
	Blockers []uint32
	Blocked  idList               // theirs, of each of the Blockers
	Talk     map[uuid.UUID]uint32 // comments that have files: their lines
	Files    map[uuid.UUID]bool   // theirs
	Found    ArchiveFound
}

// idList holds ids one behind the other, as they are quickly kept.
type idList []byte

func (l idList) at(i int) uuid.UUID { return uuid.UUID(l[i*16 : i*16+16]) }

func (l idList) add(id uuid.UUID) idList { return append(l, id[:]...) }

func (l idList) len() int { return len(l) / 16 }

// mostTies is how often tickets of an archive may wait for one another.
const mostTies = 1_000_000

// The steps of looking through an archive.
const (
	lookTickets int16 = iota
	lookFiles
	lookComments
	lookedThrough
)

const indexFile = "index-"

// indexKey is where the index lies when looking through the archive stands at a line of a step.
func (in *running) indexKey(step int16, at int64) string {
	return fmt.Sprintf("%s%s%d-%d.gob", folderIn(in.s.TenantID, in.id), indexFile, step, at)
}

func (t *Transfer) saveIndex(ctx context.Context, key string, x *index) error {
	return t.Store.Write(ctx, key, func(w io.Writer) error { return gob.NewEncoder(w).Encode(x) })
}

// whole says whether an index has all that it counts.
func (x *index) whole() bool {
	n := len(x.Numbers)
	return len(x.IDs) == 16*n && len(x.Parents) == 16*n && len(x.Comments) == n && len(x.Blocked) == 16*len(x.Blockers) && x.Talk != nil
}

// loadIndex reads the index of where an import stands; blob.ErrNone when there is none that can be read.
func (t *Transfer) loadIndex(ctx context.Context, key string) (*index, error) {
	r, _, err := t.Store.Read(ctx, key)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }() // it was only read
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read the index of an archive: %w", err)
	}
	x := &index{}
	if err := gob.NewDecoder(bytes.NewReader(text)).Decode(x); err != nil || !x.whole() {
		t.Log.WarnContext(ctx, "the index of an archive is broken, and made anew", "error", err)
		return nil, blob.ErrNone
	}
	return x, nil
}

// use lets the sorter know of what the index has.
func (s *sorter) use(x *index) {
	s.index, s.tickets = x, make(map[uuid.UUID]uint32, x.IDs.len())
	if x.Files == nil {
		x.Files = map[uuid.UUID]bool{}
	}
	for i := range x.IDs.len() {
		s.tickets[x.IDs.at(i)] = uint32(i + 1)
	}
}

// look goes on with looking through an archive from a line of a step. With errTurn it stands at the place that it returns.
func (s *sorter) look(all *files.Files, step int16, from int64, until func() time.Time) (int16, int64, error) {
	end := time.Time{}
	for ; step < lookedThrough; step, from = step+1, 0 {
		at := from
		each := func(n uint32, fn func() error) error {
			if end.IsZero() {
				end = until() // what lies before the first line costs time too
			}
			if err := fn(); err != nil {
				return err
			}
			if at = int64(n); n%500 == 0 && time.Now().After(end) {
				return errTurn
			}
			return nil
		}
		var err error
		switch step {
		case lookTickets:
			numbers := map[int32]bool{}
			for _, n := range s.index.Numbers {
				numbers[n] = true
			}
			err = linesFrom(s.bundle, "tickets.jsonl", from, MaxRows, func(n uint32, a *archivedTicket) error {
				return each(n, func() error { return s.lookTicket(n, a, numbers) })
			})
		case lookFiles:
			err = linesFrom(s.bundle, "attachments.jsonl", from, mostInArchive, func(n uint32, a *archivedFile) error {
				return each(n, func() error { return s.file(n, a, &s.index.Found, all) })
			})
		case lookComments:
			err = linesFrom(s.bundle, "comments.jsonl", from, mostComments, func(n uint32, a *archivedComment) error {
				return each(n, func() error { return s.lookComment(n, a) })
			})
		}
		if err != nil {
			return step, at, err
		}
	}
	return step, 0, nil
}

func (s *sorter) lookTicket(n uint32, a *archivedTicket, numbers map[int32]bool) error {
	x := s.index
	switch {
	case a.ID == uuid.Nil: // which says of a parent that there is none
		return badArchive(fmt.Sprintf("Line %d of tickets.jsonl has no id.", n))
	case s.tickets[a.ID] != 0:
		return badArchive(fmt.Sprintf("Line %d of tickets.jsonl is a ticket that was there before.", n))
	case numbers[a.Number]:
		return badArchive(fmt.Sprintf("Line %d of tickets.jsonl has a number that was there before.", n))
	}
	if _, err := s.ticket(n, a, 0); err != nil {
		return err
	}
	s.tickets[a.ID], numbers[a.Number] = n, true
	x.IDs, x.Numbers, x.Comments = x.IDs.add(a.ID), append(x.Numbers, a.Number), append(x.Comments, 0)
	parent := uuid.Nil
	if a.Parent != nil {
		parent = *a.Parent
	}
	x.Parents = x.Parents.add(parent)
	for _, id := range a.Blocks {
		x.Blockers, x.Blocked = append(x.Blockers, n), x.Blocked.add(id)
	}
	if len(x.Blockers) > mostTies {
		return badArchive(fmt.Sprintf("The tickets of this archive wait for one another more than %d times.", mostTies))
	}
	x.Found.Tickets, x.Found.Last = int64(n), max(x.Found.Last, a.Number)
	return nil
}

func (s *sorter) lookComment(n uint32, a *archivedComment) error {
	if a.ID == uuid.Nil {
		return badArchive(fmt.Sprintf("Line %d of comments.jsonl has no id.", n))
	}
	if _, err := s.comment(n, a); err != nil {
		return err
	}
	s.index.Found.Comments++
	s.index.Comments[s.tickets[a.Ticket]-1]++
	if _, ok := s.index.Talk[a.ID]; ok {
		s.index.Talk[a.ID] = n
	}
	return nil
}

// keepLooking notes where looking through an archive stands, and lets others have their turn.
func (t *Transfer) keepLooking(ctx context.Context, in *running, s *sorter, step int16, at int64) error {
	if err := t.saveIndex(ctx, in.indexKey(step, at), s.index); err != nil {
		return err
	}
	err := t.locked(ctx, in, in.Step, in.At, func(ctx context.Context, tx db.Tx) error {
		return transferdb.New().MoveImport(ctx, tx, transferdb.MoveImportParams{TenantID: in.s.TenantID, ID: in.id, Step: step, At: at})
	})
	if err != nil || step == in.Step && at == in.At {
		return err
	}
	return t.Store.DeleteAll(ctx, in.indexKey(in.Step, in.At))
}

// knowAll gives the sorter the index of an archive that was looked through. One of before there were any is looked through.
func (t *Transfer) knowAll(ctx context.Context, in *running, s *sorter) error {
	x, err := t.loadIndex(ctx, in.indexKey(lookedThrough, 0))
	if !errors.Is(err, blob.ErrNone) {
		if err == nil {
			s.use(x)
		}
		return err
	}
	s.use(&index{Talk: map[uuid.UUID]uint32{}})
	if _, _, err := s.look(t.Files, lookTickets, 0, func() time.Time { return time.Now().Add(time.Hour) }); err != nil {
		return err
	}
	return t.saveIndex(ctx, in.indexKey(lookedThrough, 0), s.index)
}

// tie is one of a ticket to another: below it, or waited for by it.
type tie struct {
	from, to uint32 // lines
	parent   bool
}

// ties are all of an archive, without circles and in the order of its lines: parents, and then what waits for what.
func (s *sorter) ties() []tie {
	x := s.index
	up := make([]uint32, x.IDs.len()+1)
	for i := range x.IDs.len() {
		up[i+1] = s.tickets[x.Parents.at(i)]
	}
	openCircles(up)
	var out []tie
	for line, above := range up {
		if above != 0 {
			out = append(out, tie{uint32(line), above, true})
		}
	}
	var waits []tie
	seen := map[uint32]bool{}
	for i, line := range x.Blockers {
		if i == 0 || x.Blockers[i-1] != line {
			seen = map[uint32]bool{line: true}
		}
		if other := s.tickets[x.Blocked.at(i)]; other != 0 && !seen[other] {
			seen[other] = true
			waits = append(waits, tie{line, other, false})
		}
	}
	return append(out, withoutCircles(x.IDs.len(), waits)...)
}

// withoutCircles leaves out what closes a circle of lines, from 1 to n, that wait for one another. ties are in the order of the
// lines that they lead from, each leading to another line.
func withoutCircles(n int, ties []tie) []tie {
	next := make([]int, n+2) // which tie of a line is followed next
	for _, one := range ties {
		next[one.from+1]++
	}
	for line := 1; line < len(next); line++ {
		next[line] += next[line-1]
	}
	end := slices.Clone(next[1:]) // of the ties of a line
	const onWay, done = 1, 2
	state, kept := make([]byte, n+1), make([]bool, len(ties))
	var way []uint32
	for line := range uint32(n + 1) {
		if state[line] == 0 {
			way, state[line] = append(way, line), onWay
		}
		for len(way) > 0 {
			at := way[len(way)-1]
			if next[at] == end[at] {
				way, state[at] = way[:len(way)-1], done
				continue
			}
			one := next[at]
			next[at]++
			to := ties[one].to
			if kept[one] = state[to] != onWay; state[to] == 0 {
				way, state[to] = append(way, to), onWay
			}
		}
	}
	out := ties[:0]
	for i, one := range ties {
		if kept[i] {
			out = append(out, one)
		}
	}
	return out
}

// openCircles takes away the last row of each circle. up has for each row, from 1, the one above it; 0 is none.
func openCircles(up []uint32) {
	walk := make([]uint32, len(up)) // in which each row was come by
	for row := 1; row < len(up); row++ {
		at := uint32(row)
		for at != 0 && walk[at] == 0 {
			walk[at], at = uint32(row), up[at]
		}
		if at == 0 || walk[at] != uint32(row) {
			continue
		}
		last := at
		for next := up[at]; next != at; next = up[next] {
			last = max(last, next)
		}
		up[last] = 0
	}
}
