package privacy

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"plinth/internal/db"
	"plinth/internal/events"
)

const jsonEnding = ".json"

// archive puts the pages below a folder together, one file for the pages of each. It holds none of them in memory.
func (p *Privacy) archive(ctx context.Context, parts string, to io.Writer) error {
	a := archive{z: zip.NewWriter(to)}
	err := p.Files.Each(ctx, parts, func(key string) error {
		r, _, err := p.Files.Read(ctx, key)
		if err != nil {
			return err
		}
		return errors.Join(a.add(path.Dir(strings.TrimPrefix(key, parts)), r), r.Close())
	})
	if err := errors.Join(err, a.end()); err != nil {
		return fmt.Errorf("put the copy together: %w", err)
	}
	return nil
}

// archive writes files of which each has several pages.
type archive struct {
	z    *zip.Writer
	name string // of the file that is written
	file io.Writer
}

// add writes a page behind the ones before, when they are of the same file.
func (a *archive) add(name string, page io.Reader) error {
	between := ",\n"
	if name != a.name {
		if err := a.endFile(); err != nil {
			return err
		}
		file, err := a.z.Create(name)
		if err != nil {
			return err
		}
		a.name, a.file, between = name, file, "[\n"
	}
	if err := a.json(between); err != nil {
		return err
	}
	_, err := io.Copy(a.file, page)
	return err
}

// json writes what holds the rows of a JSON file together; other files need nothing.
func (a *archive) json(text string) error {
	if path.Ext(a.name) != jsonEnding {
		return nil
	}
	_, err := io.WriteString(a.file, text)
	return err
}

func (a *archive) endFile() error { return a.json("\n]\n") }

func (a *archive) end() error { return errors.Join(a.endFile(), a.z.Close()) }

// writeJSON writes the rows of a page as they stand between the brackets of the file.
func writeJSON(w io.Writer, docs []db.Doc) error {
	var out bytes.Buffer
	for i, d := range docs {
		if i > 0 {
			out.WriteString(",\n")
		}
		out.WriteString("  ")
		if err := json.Indent(&out, d.Doc, "  ", "  "); err != nil {
			return fmt.Errorf("write JSON: %w", err)
		}
	}
	_, err := out.WriteTo(w)
	return err
}

// writeCSV writes the columns of the rows of a page, with their names above when it is the first.
func writeCSV(w io.Writer, columns []string, docs []db.Doc, first bool) error {
	out := csv.NewWriter(w)
	if first {
		if err := out.Write(columns); err != nil {
			return fmt.Errorf("write CSV: %w", err)
		}
	}
	for _, d := range docs {
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(d.Doc, &fields); err != nil {
			return fmt.Errorf("write CSV: %w", err)
		}
		row := make([]string, len(columns))
		for i, name := range columns {
			row[i] = events.InertCell(cell(fields[name]))
		}
		if err := out.Write(row); err != nil {
			return fmt.Errorf("write CSV: %w", err)
		}
	}
	out.Flush()
	return out.Error()
}

// cell is a value as it stands in a table: a text without its quotes, nothing for null, and lists as they are.
func cell(value json.RawMessage) string {
	var text *string
	if err := json.Unmarshal(value, &text); err != nil {
		return string(value)
	}
	if text == nil {
		return ""
	}
	return *text
}
