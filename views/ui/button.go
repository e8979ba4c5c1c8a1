package ui

import (
	"github.com/a-h/templ"
)

// Btn describes a button or a link that looks like one. Text is required, also for a Square one, which
// keeps it for those who listen.
type Btn struct {
	Text string
	// Hidden follows Text for those who listen: "Open" + " default".
	Hidden string
	Icon   string
	// Kind is "", "primary", "ghost" or "error"; Size is "", "xs", "sm" or "lg".
	Kind, Size string
	Square     bool
	// URL makes LinkButton lead there; Button ignores it.
	URL string
	// Type is "submit" unless a Command or Popover is given, then "button".
	Type, Name, Value, Form string
	// Busy is the text while the form is being sent.
	Busy     string
	Disabled bool
	// Pressed is for a switch: "true" or "false".
	Pressed string
	// Dialog is the id of a dialog to open. On a LinkButton, URL is the page with the same content for browsers
	// that cannot open it. Close is the id of a dialog to close. Popover is the id of a menu.
	Dialog, Close, Popover string
	// Key is the keyboard key that presses it, such as "c" or "g b".
	Key   string
	Class string
	Attrs templ.Attributes
}

func (b Btn) class() string {
	class := "btn"
	switch b.Kind {
	case "primary":
		class += " btn-primary"
	case "ghost":
		class += " btn-ghost"
	case "error":
		class += " btn-error"
	}
	switch b.Size {
	case "xs":
		class += " btn-xs"
	case "sm":
		class += " btn-sm"
	case "lg":
		class += " btn-lg"
	}
	if b.Square {
		class += " btn-square"
	}
	if b.Class != "" {
		class += " " + b.Class
	}
	return class
}

func (b Btn) attrs() templ.Attributes {
	attrs := templ.Attributes{}
	set := func(name, value string) {
		if value != "" {
			attrs[name] = value
		}
	}
	set("name", b.Name)
	set("value", b.Value)
	set("form", b.Form)
	set("data-busy", b.Busy)
	set("aria-pressed", b.Pressed)
	set("data-key", b.Key)
	set("popovertarget", b.Popover)
	if b.Dialog != "" {
		attrs["command"], attrs["commandfor"] = "show-modal", b.Dialog
	}
	if b.Close != "" {
		attrs["command"], attrs["commandfor"] = "close", b.Close
	}
	for name, value := range b.Attrs {
		attrs[name] = value
	}
	return attrs
}

func (b Btn) linkAttrs() templ.Attributes {
	attrs := templ.Attributes{}
	if b.Dialog != "" {
		attrs["data-dialog"] = b.Dialog
	}
	if b.Key != "" {
		attrs["data-key"] = b.Key
	}
	for name, value := range b.Attrs {
		attrs[name] = value
	}
	return attrs
}

func (b Btn) kind() string {
	switch {
	case b.Type != "":
		return b.Type
	case b.Dialog != "" || b.Close != "" || b.Popover != "":
		return "button"
	}
	return "submit"
}
