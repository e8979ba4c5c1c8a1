package uitest

import (
	"strings"
	"testing"
)

func TestProblems(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ page, want string }{
		"clean":             {`<label for="a">A</label><input id="a" name="a"><button>Go</button>`, ""},
		"label round it":    {`<label><input type="checkbox" name="a"> A</label>`, ""},
		"style attribute":   {`<p style="color:red">x</p>`, "attribute style"},
		"handler":           {`<p onclick="go()">x</p>`, "attribute onclick"},
		"htmx handler":      {`<p hx-on:click="go()">x</p>`, "attribute hx-on:click"},
		"script link":       {`<a href="javascript:go()">x</a>`, "holds script"},
		"inline script":     {`<script>go()</script>`, "<script> inside"},
		"style element":     {`<style>p{}</style>`, "<style> inside"},
		"field, no label":   {`<input name="a">`, `name="a"> has no label`},
		"button, no name":   {`<button><svg></svg></button>`, "has no name"},
		"id twice":          {`<p id="a"></p><p id="a"></p>`, "used 2 times"},
		"missing reference": {`<html><body><p aria-describedby="b">x</p></body></html>`, "not on the page"},
		"wrong arguments":   {`<p>%!d(MISSING)</p>`, "wrong arguments"},
		"unknown method":    {`<form method="delete"></form>`, "no method a browser sends"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := strings.Join(Problems(tt.page), "\n")
			if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("Problems(%s) = %q, want something with %q", tt.page, got, tt.want)
			}
		})
	}
}
