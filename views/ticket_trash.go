package views

import (
	"context"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/views/ui"
)

func refText(key string, number int) string { return key + "-" + strconv.Itoa(number) }

func trashNext(s scope.Scope, trash projects.Trash) string {
	return cursorURL(projectPath(s, trash.Project.Key, "trash"), url.Values{}, "after", trash.Next)
}

// trashFirst leads from a later page back to the first.
func trashFirst(s scope.Scope, trash projects.Trash) string {
	if !trash.Later {
		return ""
	}
	return projectPath(s, trash.Project.Key, "trash")
}

// trashLive keeps the first page up to date; a later one is left as it is.
func trashLive(s scope.Scope, trash projects.Trash) templ.Attributes {
	if trash.Later {
		return templ.Attributes{}
	}
	return live("project:"+trash.Project.Key, "#trash", projectPath(s, trash.Project.Key, "trash"))
}

// pastText says where the tickets of a project are that has none.
func pastText(ctx context.Context, list projects.TicketList) string {
	next := refText(list.Project.Key, int(list.Past.Number)+1)
	if list.Past.Thrown {
		return ui.T(ctx, "What was thrown away lies in the trash for 30 days and can be brought back. The next ticket is %s.", next)
	}
	return ui.T(ctx, "All that was here was moved to another project or deleted for good. The next ticket is %s.", next)
}
