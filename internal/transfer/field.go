package transfer

import (
	"slices"
	"strings"
)

// Field is what a column of a table says of tickets.
type Field string

// The fields. A column that is none of them is left out.
const (
	FieldNone     Field = ""
	FieldKey      Field = "key"
	FieldTitle    Field = "title"
	FieldBody     Field = "body"
	FieldStatus   Field = "status"
	FieldPriority Field = "priority"
	FieldAssignee Field = "assignee"
	FieldAuthor   Field = "author"
	FieldLabels   Field = "labels"
	FieldDue      Field = "due"
	FieldEstimate Field = "estimate"
	FieldParent   Field = "parent"
	FieldCreated  Field = "created"
	FieldUpdated  Field = "updated"
	FieldStarted  Field = "started"
	FieldClosed   Field = "closed"
)

// Fields lists the fields in the order in which they are offered.
func Fields() []Field {
	return []Field{
		FieldTitle, FieldBody, FieldStatus, FieldPriority, FieldAssignee, FieldAuthor, FieldLabels, FieldDue, FieldEstimate, FieldKey, FieldParent, FieldCreated,
		FieldUpdated, FieldStarted, FieldClosed,
	}
}

// several says whether more than one column may be the field: labels of Jira stand in one column each, and a person may be
// found by their address where their name is not known.
func (f Field) several() bool { return f == FieldLabels || f == FieldAssignee || f == FieldAuthor }

// Preset is where a table comes from, told by the names of its columns.
type Preset struct {
	ID     string
	Name   string
	marks  []string         // columns that say that it is this one
	fields map[string]Field // by the name of the column in small letters
}

// presets are the exports that are known, the most particular first.
func presets() []Preset {
	return []Preset{
		{ID: "plinth", Name: "Plinth", marks: []string{"key", "title", "assignee e-mail", "parent"}, fields: map[string]Field{
			"key": FieldKey, "title": FieldTitle, "description": FieldBody, "status": FieldStatus, "priority": FieldPriority, "assignee": FieldAssignee,
			"assignee e-mail": FieldAssignee, "author": FieldAuthor, "author e-mail": FieldAuthor, "labels": FieldLabels, "due": FieldDue, "estimate": FieldEstimate,
			"parent": FieldParent, "created": FieldCreated, "updated": FieldUpdated, "started": FieldStarted, "closed": FieldClosed,
		}},
		{ID: "linear", Name: "Linear", marks: []string{"id", "title", "team", "creator"}, fields: map[string]Field{
			"id": FieldKey, "title": FieldTitle, "description": FieldBody, "status": FieldStatus, "estimate": FieldEstimate, "priority": FieldPriority,
			"creator": FieldAuthor, "assignee": FieldAssignee, "labels": FieldLabels, "created": FieldCreated, "updated": FieldUpdated, "started": FieldStarted, "completed": FieldClosed,
			"due date": FieldDue, "parent issue": FieldParent,
		}},
		{ID: "jira", Name: "Jira", marks: []string{"summary", "issue key"}, fields: map[string]Field{
			"summary": FieldTitle, "issue key": FieldKey, "status": FieldStatus, "priority": FieldPriority, "assignee": FieldAssignee, "reporter": FieldAuthor,
			"created": FieldCreated, "updated": FieldUpdated, "resolved": FieldClosed, "due date": FieldDue, "labels": FieldLabels, "description": FieldBody,
			"parent key": FieldParent, "story points": FieldEstimate, "custom field (story points)": FieldEstimate, "custom field (story point estimate)": FieldEstimate,
		}},
		{ID: "github", Name: "GitHub", marks: []string{"number", "title", "state"}, fields: map[string]Field{
			"number": FieldKey, "title": FieldTitle, "body": FieldBody, "state": FieldStatus, "assignees": FieldAssignee, "assignee": FieldAssignee, "author": FieldAuthor,
			"user": FieldAuthor, "labels": FieldLabels, "createdat": FieldCreated, "created_at": FieldCreated, "updatedat": FieldUpdated, "updated_at": FieldUpdated,
			"closedat": FieldClosed, "closed_at": FieldClosed,
		}},
	}
}

// words are the names that columns of no known export have.
func words() map[string]Field {
	return map[string]Field{
		"title": FieldTitle, "name": FieldTitle, "summary": FieldTitle, "subject": FieldTitle, "task": FieldTitle, "description": FieldBody, "body": FieldBody,
		"text": FieldBody, "notes": FieldBody, "details": FieldBody, "status": FieldStatus, "state": FieldStatus, "list": FieldStatus, "priority": FieldPriority,
		"assignee": FieldAssignee, "assigned to": FieldAssignee, "owner": FieldAssignee, "author": FieldAuthor, "reporter": FieldAuthor, "creator": FieldAuthor,
		"created by": FieldAuthor, "labels": FieldLabels, "tags": FieldLabels, "due": FieldDue, "due date": FieldDue, "deadline": FieldDue, "estimate": FieldEstimate,
		"points": FieldEstimate, "story points": FieldEstimate, "key": FieldKey, "id": FieldKey, "number": FieldKey, "parent": FieldParent, "created": FieldCreated,
		"created at": FieldCreated, "updated": FieldUpdated, "updated at": FieldUpdated, "started": FieldStarted, "started at": FieldStarted, "closed": FieldClosed, "closed at": FieldClosed, "completed": FieldClosed,
	}
}

// guess says what columns are, by their names, and which preset they are of; no preset is the zero Preset.
func guess(columns []string) ([]Field, Preset) {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = strings.ToLower(strings.TrimSpace(c))
	}
	known := Preset{fields: words()}
	for _, p := range presets() {
		if !slices.ContainsFunc(p.marks, func(mark string) bool { return !slices.Contains(names, mark) }) {
			known = p
			break
		}
	}
	out := make([]Field, len(names))
	for i, name := range names {
		f := known.fields[name]
		if f.several() || !slices.Contains(out[:i], f) {
			out[i] = f
		}
	}
	return out, known
}

// PresetNamed is the name of a preset, or "" for none.
func PresetNamed(id string) string {
	for _, p := range presets() {
		if p.ID == id {
			return p.Name
		}
	}
	return ""
}
