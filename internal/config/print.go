package config

import (
	"cmp"
	"fmt"
	"io"
	"net/url"
	"reflect"
	"strings"
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
		if field.Tag.Get("env") == "-" || !field.IsExported() {
			continue // no variable of its own
		}
		if _, err := fmt.Fprintf(w, "%-24s %s\n", field.Tag.Get("env"), shown(value)); err != nil {
			return fmt.Errorf("print configuration: %w", err)
		}
	}
	return nil
}

func shown(v reflect.Value) string {
	if secret, is := v.Interface().(Secret); is {
		return secret.Shown()
	}
	if v.Kind() == reflect.Slice {
		all := make([]string, v.Len())
		for i := range all {
			all[i] = shown(v.Index(i))
		}
		return cmp.Or(strings.Join(all, ", "), "(not set)")
	}
	return cmp.Or(fmt.Sprint(v.Interface()), "(not set)")
}

// Shown is what may be told of the secret: of a URL all but what opens it, of anything else nothing.
func (s Secret) Shown() string {
	if s == "" {
		return "(not set)"
	}
	if strings.HasPrefix(string(s), "file://") {
		return string(s)
	}
	u, err := url.Parse(string(s))
	if err != nil || u.Host == "" {
		return redacted
	}
	user := u.User.Username()
	if user != "" {
		user += ":" + redacted + "@"
	}
	return u.Scheme + "://" + user + u.Host + u.Path + where(u)
}

// where says of a bucket where it is.
func where(u *url.URL) string {
	if u.Scheme != "s3" {
		return ""
	}
	text := "?region=" + u.Query().Get("region")
	if e, err := url.Parse(u.Query().Get("endpoint")); err == nil && e.Host != "" {
		text += "&endpoint=" + e.Scheme + "://" + e.Host
	}
	return text
}
