package config

import (
	"fmt"
	"io"
	"net/url"
	"reflect"
)

// Print writes what is in force, a line per variable, with secrets redacted. Of a database URL the role, host and
// database are shown, because which role a pool runs as is the thing to look at.
func (c *Config) Print(w io.Writer) error {
	if err := printStruct(w, reflect.ValueOf(*c)); err != nil {
		return err
	}
	return c.print(w)
}

func printStruct(w io.Writer, v reflect.Value) error {
	for i := range v.NumField() {
		field, value := v.Type().Field(i), v.Field(i)
		if field.Anonymous {
			if err := printStruct(w, value); err != nil {
				return err
			}
			continue
		}
		if field.Tag.Get("env") == "-" {
			continue // no variable of its own
		}
		if _, err := fmt.Fprintf(w, "%-24s %s\n", field.Tag.Get("env"), shown(value)); err != nil {
			return fmt.Errorf("print configuration: %w", err)
		}
	}
	return nil
}

func shown(v reflect.Value) string {
	secret, is := v.Interface().(Secret)
	if !is {
		return fmt.Sprint(v.Interface())
	}
	if secret == "" {
		return "(not set)"
	}
	u, err := url.Parse(string(secret))
	if err != nil || u.Host == "" {
		return redacted
	}
	user := u.User.Username()
	if user != "" {
		user += ":" + redacted + "@"
	}
	return u.Scheme + "://" + user + u.Host + u.Path
}
