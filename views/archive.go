package views

import (
	"context"
	"strings"

	"github.com/a-h/templ"

	"plinth/internal/scope"
	"plinth/internal/transfer"
	"plinth/views/ui"
)

func archivePage(ctx context.Context, s scope.Scope) ui.Page {
	return ui.Page{Title: ui.T(ctx, "Import a project"), NoPrimary: true, Crumbs: []ui.Crumb{{Text: ui.T(ctx, "Projects"), URL: ui.OrgPath(s.Slug, "projects")}, {Text: ui.T(ctx, "Import")}}}
}

func archivePolls(s scope.Scope, page transfer.ImportPage) templ.Attributes {
	if page.Import.State != transfer.Checking && page.Import.State != transfer.Running {
		return nil
	}
	return templ.Attributes{"hx-get": ui.OrgPath(s.Slug, "imports", page.Import.ID.String()), "hx-trigger": "every 1s", "hx-select": "#main", "hx-target": "#main", "hx-swap": "outerHTML"}
}

// archiveDoing says what is under way, with its numbers.
func archiveDoing(ctx context.Context, i transfer.Import) (text string, done, total int64) {
	a := i.Archive
	switch {
	case i.State == transfer.Checking:
		return ui.T(ctx, "Looking through the archive."), 0, 1
	case i.Step <= 1:
		return ui.T(ctx, "Bringing tickets in: %s of %s.", ui.Num(ctx, i.Made), ui.Num(ctx, a.Tickets)), i.Made, max(a.Tickets, 1)
	case i.Step == 2:
		return ui.T(ctx, "Bringing comments in: %s of %s.", ui.Num(ctx, i.At), ui.Num(ctx, a.Comments)), i.At, max(a.Comments, 1)
	}
	return ui.T(ctx, "Bringing files in: %s of %s.", ui.Num(ctx, i.At), ui.Num(ctx, a.Files)), i.At, max(a.Files, 1)
}

// archiveHolds says what an archive is of.
func archiveHolds(ctx context.Context, a transfer.ArchiveFound) string {
	return ui.T(ctx, "Made on %s in %s:", ui.LongDay(ctx, a.Made), a.Organization) + " " + strings.Join([]string{
		ui.TN(ctx, int(a.Tickets), "%d ticket", "%d tickets"), ui.TN(ctx, int(a.Comments), "%d comment", "%d comments"),
		ui.TN(ctx, int(a.Files), "%d file", "%d files") + " (" + ui.Bytes(ctx, a.Bytes) + ").",
	}, ", ")
}

func archiveStrangers(a transfer.ArchiveFound) string { return strings.Join(a.Strangers, ", ") }
