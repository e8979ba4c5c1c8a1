package ui

import (
	"context"
	"crypto/rand"
	"net/url"
	"slices"
)

// Form is what a form shows again after it was sent: what was typed, and what is wrong with it.
// The zero Form is an empty form.
type Form struct {
	Values url.Values
	// Errors holds a text per field name.
	Errors map[string]string
	// Summary is an error that belongs to no field, or "".
	Summary string
	// Order is the order of the fields on the page, for the summary; fields not named follow by name.
	Order []string
}

// Value is what was typed into a field, or "".
func (f Form) Value(name string) string { return f.Values.Get(name) }

// Err is what is wrong with a field, or "".
func (f Form) Err(name string) string { return f.Errors[name] }

// Failed tells whether anything is wrong.
func (f Form) Failed() bool { return f.Summary != "" || len(f.Errors) > 0 }

// Has tells whether value is among those sent for name: for boxes and choices.
func (f Form) Has(name, value string) bool { return slices.Contains(f.Values[name], value) }

// Ordered names the fields in the order of the page.
func (f Form) Ordered(names ...string) Form {
	f.Order = names
	return f
}

// Or fills what was not sent: for a form that changes something that exists.
func (f Form) Or(values url.Values) Form {
	if f.Values == nil {
		f.Values = values
	}
	return f
}

// In fills a field with what was typed and what is wrong with it, by its name. Passwords never come back.
func (f Form) In(in Input) Input {
	if sent, ok := f.Values[in.Name]; ok && len(sent) > 0 && in.Type != "password" {
		in.Value = sent[0]
	}
	in.Error = f.Err(in.Name)
	return in
}

// wrong lists the fields with an error, in the order of the page.
func (f Form) wrong() []string {
	var names []string
	for _, name := range f.Order {
		if f.Errors[name] != "" {
			names = append(names, name)
		}
	}
	var rest []string
	for name := range f.Errors {
		if !slices.Contains(names, name) {
			rest = append(rest, name)
		}
	}
	slices.Sort(rest)
	return append(names, rest...)
}

func (f Form) headline(ctx context.Context) string {
	if f.Summary != "" {
		return f.Summary
	}
	return TN(ctx, len(f.Errors), "One thing needs another look", "%d things need another look")
}

// once is the value of the hidden field that makes a second sending of the same form harmless.
func (f Form) once() string {
	if v := f.Value("once"); v != "" {
		return v
	}
	return rand.Text()
}

// Input describes a field. Name and Label are required; ID defaults to Name.
type Input struct {
	ID, Name, Label, Type, Value, Hint, Error string
	Autocomplete, Placeholder, Inputmode      string
	Required, Disabled, Readonly, Autofocus   bool
	// Optional says so beside the label.
	Optional bool
	// Large is for forms that are a page of their own; Reveal adds the button that shows a password;
	// HideLabel keeps the label for those who listen.
	Large, Reveal, HideLabel bool
	Maxlength, Rows          int
	Min, Max, Step           string
	Options                  []Option
	// Attrs are further attributes, such as hx-get.
	Attrs map[string]any
}

// Option is one choice of a Select or RadioGroup.
type Option struct {
	Value, Text, Hint string
	Disabled          bool
}

func (in Input) id() string {
	if in.ID != "" {
		return in.ID
	}
	return in.Name
}

func (in Input) kind() string {
	if in.Type == "" {
		return "text"
	}
	return in.Type
}

func (in Input) describedBy() string {
	switch {
	case in.Error != "" && in.Hint != "":
		return in.id() + "-e " + in.id() + "-h"
	case in.Error != "":
		return in.id() + "-e"
	case in.Hint != "":
		return in.id() + "-h"
	}
	return ""
}
