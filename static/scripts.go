package static

// PublicScripts are the scripts of pages for people who are not signed in.
func PublicScripts() []string {
	return urls("passkey", "busy", "focus", "loadline", "reveal")
}

// Scripts are the scripts of signed-in pages and of the back-office, in the order
// in which they must run; htmx stands first because the others listen to it.
func Scripts() []string {
	return urls("htmx", "passkey", "upload", "busy", "focus", "loadline", "reveal", "dialog", "menu", "toast", "theme",
		"confirm", "choose", "keys", "pick", "palette", "board", "live", "editor", "comment")
}

func urls(names ...string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = URL("js/" + name + ".js")
	}
	return out
}
