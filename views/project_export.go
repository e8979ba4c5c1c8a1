package views

import (
	"context"
	"strings"

	"plinth/internal/events"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/internal/transfer"
	"plinth/views/ui"
)

// exportHere is the page's own address, with what it is narrowed down to.
func exportHere(s scope.Scope, key string, f projects.Filter, parts ...string) string {
	return listURL(projectPath(s, key, append([]string{"export"}, parts...)...), f.Values())
}

// exportWhich says which tickets are taken along.
func exportWhich(ctx context.Context, page transfer.ExportPage, f projects.Filter) string {
	count := ticketsCounted(ctx, page.Count)
	if f.Empty() {
		return ui.T(ctx, "All of the project: %s.", count)
	}
	return ui.T(ctx, "What the list shows with its filter: %s.", count)
}

// exportName is what a copy is called.
func exportName(ctx context.Context, e transfer.Export) string {
	switch {
	case e.Kind == transfer.ZIP:
		return ui.T(ctx, "Whole project")
	case e.Filter != "":
		return ui.T(ctx, "Tickets of a filtered list")
	}
	return ui.T(ctx, "All tickets")
}

// exportProblem says why there is no copy.
func exportProblem(ctx context.Context, e transfer.Export) string {
	text := ui.T(ctx, "It could not be finished. Nothing of it is kept.")
	if e.Problem != "" {
		text += " " + e.Problem
	}
	return text
}

func exportRunning(page transfer.ExportPage, kind string) bool {
	for _, e := range page.Exports {
		if e.State == transfer.Running && (kind == "" || e.Kind == kind) {
			return true
		}
	}
	return false
}

func exportSize(ctx context.Context, e transfer.Export) string {
	if e.Kind == transfer.ZIP {
		return ui.TN(ctx, int(e.Done), "%d ticket, and the files", "%d tickets, and the files")
	}
	return ui.TN(ctx, int(e.Done), "%d ticket", "%d tickets") + ", " + ui.Bytes(ctx, e.Bytes)
}

// listExport is where the tickets of a list are taken out, with its filter.
func listExport(f filterBox) string {
	return listURL(strings.TrimSuffix(f.Path, "tickets")+"export", f.Query.Filter.Values())
}

// transferWords say what went out of a project or came into it, before and behind its name.
func transferWords(ctx context.Context, e events.Entry) (before, after string) {
	n := auditNumber(e.Changes()["tickets"][1])
	switch e.Action {
	case "project.export_asked":
		return ui.T(ctx, "prepared a copy of"), ""
	case "project.export_fetched":
		return ui.T(ctx, "took a copy of"), ""
	case "project.imported":
		return ui.TN(ctx, n, "brought %d ticket into", "brought %d tickets into"), ""
	}
	return ui.TN(ctx, n, "undid an import of %d ticket into", "undid an import of %d tickets into"), ""
}
