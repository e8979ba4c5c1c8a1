package ui

import (
	"strconv"

	"github.com/a-h/templ"
)

// attrs collects what is only written when it is set.
func (in Input) attrs() templ.Attributes {
	attrs := templ.Attributes{}
	set := func(name, value string) {
		if value != "" {
			attrs[name] = value
		}
	}
	set("autocomplete", in.Autocomplete)
	set("placeholder", in.Placeholder)
	set("inputmode", in.Inputmode)
	set("min", in.Min)
	set("max", in.Max)
	set("step", in.Step)
	set("aria-describedby", in.describedBy())
	if in.Error != "" {
		attrs["aria-invalid"] = "true"
	}
	if in.Maxlength > 0 {
		attrs["maxlength"] = strconv.Itoa(in.Maxlength)
	}
	if in.Required {
		attrs["required"] = true
	}
	if in.Autofocus {
		attrs["autofocus"] = true
	}
	for name, value := range in.Attrs {
		attrs[name] = value
	}
	return attrs
}

func (in Input) groupAttrs() templ.Attributes {
	attrs := templ.Attributes{}
	if by := in.describedBy(); by != "" {
		attrs["aria-describedby"] = by
	}
	return attrs
}

func (in Input) rows() string {
	if in.Rows == 0 {
		return "4"
	}
	return strconv.Itoa(in.Rows)
}

func (in Input) boxValue() string {
	if in.Value == "" {
		return "on"
	}
	return in.Value
}
