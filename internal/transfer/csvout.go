package transfer

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"plinth/internal/events"
	"plinth/internal/projects"
)

// stamp is how times stand in a table: to the microsecond that is kept, in UTC.
const stamp = "2006-01-02T15:04:05.000000Z"

// Columns are the columns of a table of tickets.
func Columns() []string {
	return []string{"Key", "Title", "Description", "Status", "Priority", "Assignee", "Assignee e-mail", "Author", "Author e-mail", "Labels", "Due", "Estimate",
		"Parent", "Created", "Updated", "Started", "Closed"}
}

// writeHead begins a table. The mark in front tells Excel that it is UTF-8.
func writeHead(w io.Writer) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	return writeRows(w, [][]string{Columns()})
}

// writeTickets writes a line for each ticket. No cell is one that a spreadsheet takes for a formula.
func writeTickets(w io.Writer, key string, all []projects.Taken) error {
	rows := make([][]string, len(all))
	for i, t := range all {
		rows[i] = []string{
			key + "-" + strconv.Itoa(int(t.Number)), t.Title, t.Body, t.StatusName, projects.Priority(t.Priority).Name(), t.Assignee, t.AssigneeTo, t.Author, t.AuthorFrom,
			listCell(t.Labels), dayCell(t.DueOn), numberCell(t.Estimate), t.Parent, timeCell(&t.CreatedAt), timeCell(&t.UpdatedAt), timeCell(t.StartedAt), timeCell(t.ClosedAt),
		}
	}
	return writeRows(w, rows)
}

func writeRows(w io.Writer, rows [][]string) error {
	out := csv.NewWriter(w)
	for _, row := range rows {
		for i, cell := range row {
			row[i] = events.InertCell(cell)
		}
		if err := out.Write(row); err != nil {
			return fmt.Errorf("write a table: %w", err)
		}
	}
	out.Flush()
	return out.Error()
}

// listCell is a list in one cell: a line of a table by itself, so that a name with a comma stays one name.
func listCell(list []string) string {
	if len(list) == 0 {
		return ""
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	_ = w.Write(list) // a buffer takes everything
	w.Flush()
	return strings.TrimSuffix(out.String(), "\n")
}

func dayCell(day *time.Time) string {
	if day == nil {
		return ""
	}
	return day.Format(time.DateOnly)
}

func timeCell(at *time.Time) string {
	if at == nil {
		return ""
	}
	return at.UTC().Format(stamp)
}

func numberCell(n *int16) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(int(*n))
}
