package views

import "github.com/a-h/templ"

// live makes an element read itself anew from url when what it shows has changed elsewhere: what is such as
// "project:WEB", id how the element is found in the page.
func live(what, id, url string) templ.Attributes {
	return templ.Attributes{
		"data-live": what, "hx-get": url, "hx-trigger": "plinth:changed", "hx-select": id, "hx-swap": "outerMorph",
	}
}
