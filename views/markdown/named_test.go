package markdown_test

import (
	"bytes"
	"strings"
	"testing"

	"plinth/views/markdown"
)

func TestNamed(t *testing.T) {
	t.Parallel()
	to := markdown.Reader{
		Person: func(text string) (int, string) {
			if strings.HasPrefix(text, "Dana Whitfield") {
				return len("Dana Whitfield"), "/dana"
			}
			return 0, ""
		},
		Ticket: func(key string) (string, string, bool) { return "/" + key, `a "title" <b>`, key == "WEB-1" },
	}
	const dana = `<a class="mention" href="/dana" rel="nofollow">@Dana Whitfield</a>`
	const web = `<a class="ref" href="/WEB-1" title="a &#34;title&#34; &lt;b&gt;" rel="nofollow">WEB-1</a>`
	for source, want := range map[string]string{
		"Since 2.8 see WEB-1 and @Dana Whitfield.":       "<p>Since 2.8 see " + web + " and " + dana + ".</p>",
		"@Dana Whitfield\nWEB-1\nend":                    "<p>" + dana + "<br>" + web + "<br>end</p>",
		"**@Dana Whitfield** (WEB-1)":                    "<p><strong>" + dana + "</strong> (" + web + ")</p>",
		"`WEB-1` WEB-12 WEB-1a a/WEB-1 x@Dana Whitfield": "<p><code>WEB-1</code> WEB-12 WEB-1a a/WEB-1 x@Dana Whitfield</p>",
		"[WEB-1](/x)": `<p><a href="/x" rel="nofollow noopener">WEB-1</a></p>`,
	} {
		var b bytes.Buffer
		if err := to.Text(source).Render(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		if got := fold(b.String()); got != want {
			t.Errorf("%q became\n%s, want\n%s", source, got, want)
		}
	}
}
