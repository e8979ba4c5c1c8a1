package views

import (
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"plinth/internal/projects"
	"plinth/internal/scope"
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
