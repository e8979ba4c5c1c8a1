package handlers

import (
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/events"
)

// writeFor is how long a reader may take for one part of an export.
const writeFor = time.Minute

// auditFile writes an export part by part; the head goes out with the first one.
type auditFile struct {
	w     http.ResponseWriter
	kind  auditKind
	name  string
	begun bool
}

func (f *auditFile) add(entries []events.LogEntry) error {
	control := http.NewResponseController(f.w)
	// A long export may take longer than the server lets an answer take; each part gets its own time.
	if err := control.SetWriteDeadline(time.Now().Add(writeFor)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	first := !f.begun
	if first {
		f.begun = true
		f.w.Header().Set("Content-Type", f.kind.mime)
		f.w.Header().Set("Content-Disposition", `attachment; filename="`+f.name+`"`)
	}
	if err := f.kind.write(f.w, entries, first); err != nil {
		return err
	}
	if err := control.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return nil
}

type auditKind struct {
	mime  string
	write func(w io.Writer, entries []events.LogEntry, first bool) error
}

func auditWriters() map[string]auditKind {
	return map[string]auditKind{
		"csv":   {"text/csv; charset=utf-8", auditCSV},
		"jsonl": {"application/jsonl; charset=utf-8", auditLines},
	}
}

func auditCSV(w io.Writer, entries []events.LogEntry, first bool) error {
	out := csv.NewWriter(w)
	if first {
		head := []string{"at", "actor", "actor_id", "action", "kind", "object", "object_id", "project", "ticket", "changes", "address", "device",
			"about", "erased", "request_id", "event_id", "seal", "seal_hash"}
		if err := out.Write(head); err != nil {
			return err
		}
	}
	for _, e := range entries {
		person := e.Person()
		row := []string{
			e.At.UTC().Format("2006-01-02T15:04:05.000000Z"), e.ActorName, idText(e.ActorID), e.Action, e.ObjectKind, e.ObjectName, idText(e.ObjectID),
			e.ProjectKey, numberText(int64(e.TicketNumber)), string(e.ChangesJSON), person["address"], person["device"],
			strings.TrimSpace(person["name"] + " " + person["email"]), strconv.FormatBool(e.Erased), e.RequestID, e.ID.String(), numberText(e.Seq), hex.EncodeToString(e.Hash),
		}
		for i, cell := range row {
			row[i] = events.InertCell(cell)
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// auditLine is an entry as JSON.
type auditLine struct {
	At       time.Time         `json:"at"`
	EventID  uuid.UUID         `json:"event_id"`
	Action   string            `json:"action"`
	Actor    string            `json:"actor,omitempty"`
	ActorID  *uuid.UUID        `json:"actor_id"`
	Kind     string            `json:"kind"`
	Object   string            `json:"object,omitempty"`
	ObjectID *uuid.UUID        `json:"object_id"`
	Project  string            `json:"project,omitempty"`
	Ticket   int32             `json:"ticket,omitempty"`
	Changes  json.RawMessage   `json:"changes"`
	Person   map[string]string `json:"person,omitempty"`
	Erased   bool              `json:"erased"`
	Request  string            `json:"request_id,omitempty"`
	Seal     int64             `json:"seal,omitempty"`
	SealHash string            `json:"seal_hash,omitempty"`
}

func auditLines(w io.Writer, entries []events.LogEntry, _ bool) error {
	out := json.NewEncoder(w)
	for _, e := range entries {
		if err := out.Encode(auditLine{
			At: e.At.UTC(), EventID: e.ID, Action: e.Action, Actor: e.ActorName, ActorID: e.ActorID, Kind: e.ObjectKind, Object: e.ObjectName, ObjectID: e.ObjectID,
			Project: e.ProjectKey, Ticket: e.TicketNumber, Changes: e.ChangesJSON, Person: e.Person(), Erased: e.Erased, Request: e.RequestID,
			Seal: e.Seq, SealHash: hex.EncodeToString(e.Hash),
		}); err != nil {
			return err
		}
	}
	return nil
}

func idText(id *uuid.UUID) string {
	if id == nil {
		return ""
	}
	return id.String()
}

func numberText(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}
