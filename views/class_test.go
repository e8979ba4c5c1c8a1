package views_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	written  = regexp.MustCompile(`class="([^"{]*)"|Class: "([^"]*)"`)
	selector = regexp.MustCompile(`\.((?:\\.|[\w-])+)`)
)

// A class without a rule is a slip of the pen, or a rule that was lost: the page looks broken and nothing says so.
func TestEveryClassHasARule(t *testing.T) {
	t.Parallel()
	sheet, err := os.ReadFile("../static/css/app.css")
	if err != nil {
		t.Fatal(err)
	}
	ruled := map[string]bool{}
	for _, m := range selector.FindAllStringSubmatch(string(sheet), -1) {
		ruled[strings.ReplaceAll(m[1], `\`, "")] = true
	}
	seen := 0
	err = filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".templ" {
			return err
		}
		page, err := os.ReadFile(path)
		for _, m := range written.FindAllStringSubmatch(string(page), -1) {
			for _, class := range strings.Fields(m[1] + " " + m[2]) {
				// A mail brings its rules along.
				if seen++; !ruled[class] && !(strings.HasPrefix(path, "mail/") && strings.Contains(string(page), "."+class)) {
					t.Errorf("%s: no rule for the class %q", path, class)
				}
			}
		}
		return err
	})
	if err != nil || seen < 500 {
		t.Errorf("saw %d classes: %v", seen, err)
	}
}
