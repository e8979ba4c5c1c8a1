package views

import (
	"context"
	"net/url"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/internal/transfer"
	"plinth/views/ui"
)

func importPath(s scope.Scope, page transfer.ImportPage, parts ...string) string {
	return projectPath(s, page.Project.Key, append([]string{"import", page.Import.ID.String()}, parts...)...)
}

// importTickets is the list of what came with an import.
func importTickets(s scope.Scope, key string, id uuid.UUID) string {
	return listURL(projectPath(s, key, "tickets"), url.Values{"import": {id.String()}})
}

// withoutImport is a list's address with all of its filter but the import.
func withoutImport(f filterBox) string {
	q := f.Query
	q.Import = uuid.Nil
	if v := q.Values(); len(v) > 0 {
		return listURL(f.Path, v)
	}
	return f.All
}

// pastPath is the page of an import in the list of a project.
func pastPath(s scope.Scope, page transfer.ImportsPage, p transfer.Past) string {
	if p.Kind == transfer.CSV {
		return projectPath(s, page.Project.Key, "import", p.ID.String())
	}
	return ui.OrgPath(s.Slug, "imports", p.ID.String())
}

// importThrown asks whether a file may go, and says what goes with it and what stays; open is the text of what leads there.
func importThrown(ctx context.Context, path string, i transfer.Import) (open string, box ui.ConfirmBox) {
	box = ui.ConfirmBox{ID: "throw", Title: ui.T(ctx, "Throw this file away?"), Action: path + "/throw", Button: ui.T(ctx, "Throw it away")}
	switch {
	case !i.Kept():
		box.Title, box.Button = ui.T(ctx, "Take it off the list?"), ui.T(ctx, "Take it off")
		box.Text = ui.T(ctx, "Its file is gone already, and nothing of it has come in.")
		return ui.T(ctx, "Take it off the list"), box
	case i.Empty():
		box.Text = ui.T(ctx, "The file is deleted, with what was read of it. Nothing of it has come in.")
	default:
		box.Text = ui.T(ctx, "The file is deleted, so nobody can go on with it. What has come in already stays.")
	}
	return ui.T(ctx, "Throw this file away"), box
}

// importUndoable says whether there is something to take back.
func importUndoable(i transfer.Import) bool {
	return i.Made > 0 && (i.State == transfer.Done || i.State == transfer.Failed || i.State == transfer.Running)
}

// importPolls lets the page look again by itself while there is work under way.
func importPolls(s scope.Scope, page transfer.ImportPage) templ.Attributes {
	switch page.Import.State {
	case transfer.Checking, transfer.Running, transfer.Undoing:
		return templ.Attributes{"hx-get": importPath(s, page), "hx-trigger": "every 1s", "hx-select": "#main", "hx-target": "#main", "hx-swap": "outerHTML"}
	}
	return nil
}

// importDoing says what is under way, with its numbers.
func importDoing(ctx context.Context, i transfer.Import) (text string, done, total int64) {
	switch {
	case i.State == transfer.Checking:
		return ui.T(ctx, "Looking through the file: %s rows so far.", ui.Num(ctx, i.At)), i.At, max(i.Total, i.At*2, 1)
	case i.State == transfer.Undoing:
		return ui.T(ctx, "Taking it back: %s of %s tickets.", ui.Num(ctx, i.At), ui.Num(ctx, i.Made)), i.At, max(i.Made, 1)
	case i.Step == 1:
		return ui.T(ctx, "Putting tickets below their parents."), i.Total, max(i.Total, 1)
	}
	return ui.T(ctx, "Bringing tickets in: %s of %s rows.", ui.Num(ctx, i.At), ui.Num(ctx, i.Total)), i.At, max(i.Total, 1)
}

func importState(ctx context.Context, p transfer.Past) string {
	switch p.State {
	case transfer.Done:
		return ui.TN(ctx, int(p.Made), "%d ticket came in", "%d tickets came in")
	case transfer.Undone:
		if p.Remaining > 0 {
			return ui.TN(ctx, int(p.Remaining), "taken back; %d ticket stayed", "taken back; %d tickets stayed")
		}
		return ui.T(ctx, "taken back")
	case transfer.Failed:
		return ui.T(ctx, "stopped")
	case transfer.Mapping, transfer.Checked:
		return ui.T(ctx, "waits for you")
	}
	return ui.T(ctx, "under way")
}

func importFieldOptions(ctx context.Context) []ui.Option {
	names := map[transfer.Field]string{
		transfer.FieldKey: ui.T(ctx, "Key there"), transfer.FieldTitle: ui.T(ctx, "Title"), transfer.FieldBody: ui.T(ctx, "Description"), transfer.FieldStatus: ui.T(ctx, "Status"),
		transfer.FieldPriority: ui.T(ctx, "Priority"), transfer.FieldAssignee: ui.T(ctx, "Assignee"), transfer.FieldAuthor: ui.T(ctx, "Author"), transfer.FieldLabels: ui.T(ctx, "Labels"),
		transfer.FieldDue: ui.T(ctx, "Due date"), transfer.FieldEstimate: ui.T(ctx, "Estimate"), transfer.FieldParent: ui.T(ctx, "Key of the parent"),
		transfer.FieldCreated: ui.T(ctx, "Written at"), transfer.FieldUpdated: ui.T(ctx, "Changed at"), transfer.FieldStarted: ui.T(ctx, "Begun at"), transfer.FieldClosed: ui.T(ctx, "Closed at"),
	}
	out := []ui.Option{{Value: "", Text: ui.T(ctx, "Leave out")}}
	for _, f := range transfer.Fields() {
		out = append(out, ui.Option{Value: string(f), Text: names[f]})
	}
	return out
}

// importColumn is what a column is at the moment: as it was sent, or as it is planned.
func importColumn(page transfer.ImportPage, f ui.Form, i int) string {
	if sent := f.Values["column"]; i < len(sent) {
		return sent[i]
	}
	if i < len(page.Import.Plan.Columns) {
		return string(page.Import.Plan.Columns[i])
	}
	return ""
}

// importSample is the first text of a column.
func importSample(page transfer.ImportPage, row, column int) string {
	rows := page.Import.Layout.Rows
	if row < len(rows) && column < len(rows[row]) {
		return rows[row][column]
	}
	return ""
}

func importStatusOptions(ctx context.Context, page transfer.ImportPage, word string) []ui.Option {
	out := statusOptions(page.Statuses)
	for _, k := range projects.Kinds() {
		out = append(out, ui.Option{Value: transfer.Made + string(k), Text: ui.T(ctx, "Make “%s”: %s", word, importKind(ctx, k))})
	}
	return out
}

func importKind(ctx context.Context, k projects.Kind) string {
	switch k {
	case projects.KindBacklog:
		return ui.T(ctx, "for later")
	case projects.KindProgress:
		return ui.T(ctx, "in progress")
	case projects.KindReview:
		return ui.T(ctx, "in review")
	case projects.KindDone:
		return ui.T(ctx, "done")
	case projects.KindCanceled:
		return ui.T(ctx, "cancelled")
	case projects.KindTodo:
	}
	return ui.T(ctx, "to do")
}

func importPeopleOptions(ctx context.Context, page transfer.ImportPage) []ui.Option {
	out := []ui.Option{{Value: uuid.Nil.String(), Text: ui.T(ctx, "Nobody; the name is kept in the text")}}
	for _, p := range page.People {
		out = append(out, ui.Option{Value: p.ID.String(), Text: p.Name})
	}
	return out
}

func importFrom(ctx context.Context, i transfer.Import) string {
	text := ui.T(ctx, "%d columns, written in %s.", len(i.Layout.Columns), i.Layout.Encoding)
	if name := transfer.PresetNamed(i.Layout.Preset); name != "" {
		return ui.T(ctx, "This looks like an export of %s.", name) + " " + text
	}
	return text
}

func importTitle(ctx context.Context, i transfer.Import) string {
	if i.State == transfer.Undone {
		return ui.T(ctx, "Taken back")
	}
	return ui.T(ctx, "Imported")
}

// importName is a column's name, or its place where it has none.
func importName(ctx context.Context, name string, i int) string {
	if name == "" {
		return ui.T(ctx, "Column %d", i+1)
	}
	return name
}

// importRows says in how many rows a word stands.
func importRows(ctx context.Context, u transfer.Unknown) string {
	return ui.TN(ctx, u.Rows, "%d row", "%d rows")
}

// broughtIn says who brought a text in that bears somebody's name, and from which file.
func broughtIn(ctx context.Context, in projects.BroughtIn) string {
	return ui.T(ctx, "brought in by %s from %s", in.Person, in.File)
}
